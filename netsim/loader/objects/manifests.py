"""Any object as an entry of the bundle: its name, and the objects it refers to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from netsim.loader.objects.fields import Fields
from netsim.loader.objects.objects import Object
from netsim.loader.registry import ObjectScope
from netsim.model.access import Binding
from netsim.model.api_resources import resource_of
from netsim.model.bundle import Body, Manifest
from netsim.model.location import Location
from netsim.model.pod_template import PodTemplate
from netsim.model.references import Need, ObjectName, Reference
from netsim.model.secrets import ExternalSecret
from netsim.model.tree import Mapping


def manifest(obj: Object, known: Sequence[Any]) -> Manifest | None:
    """The entry of an object that was read; None where it has no name."""
    metadata = obj.fields.fields("metadata")
    name = metadata.get("name") or metadata.get("generateName")
    if name is None:
        return None
    is_cluster = obj.reader.scope is ObjectScope.CLUSTER
    namespace = "" if is_cluster else _namespace(metadata, obj.namespace)
    own = ObjectName(obj.kind, namespace, metadata.text("name") or "")
    needs = tuple(need for each in known for need in _needs(each))
    provides = tuple(each.target for each in known if isinstance(each, ExternalSecret))
    body = _body(obj.fields)
    return Manifest(own, name.location, _written(metadata), needs, provides, body)


def unknown_manifest(kind: str, fields: Fields, default: str) -> Manifest | None:
    """The entry of an object of another kind, which may have no namespace, or an unknown one.

    A kind that every cluster serves in namespaces, as PersistentVolumeClaim is, is in the
    default one where it names none.
    """
    metadata = fields.get("metadata")
    inner = metadata.fields() if metadata else None
    name = inner.get("name") if inner else None
    if inner is None or name is None or not name.scalar_text:
        return None
    namespace = inner.get("namespace")
    api_version = fields.get("apiVersion")
    resource = resource_of(kind, api_version.scalar_text if api_version else None)
    home = default if resource and resource.is_namespaced else ""
    own = ObjectName(kind, namespace.scalar_text if namespace else home, name.scalar_text)
    written = namespace.location if namespace else None
    return Manifest(own, name.location, written, body=_body(fields))


def _body(fields: Fields) -> Body:
    report = fields.report
    return Body(Mapping(fields.entries, fields.line), report.file, report.offset)


def _namespace(metadata: Fields, default: str) -> str:
    field = metadata.get("namespace")
    return field.scalar_text if field else default


def _written(metadata: Fields) -> Location | None:
    field = metadata.get("namespace")
    return field.location if field else None


def _needs(known: Any) -> Iterator[Reference]:
    match known:
        case PodTemplate():
            yield from known.references
        case Binding():
            yield Reference(known.role, known.location)
            for account in known.accounts:
                yield Reference(account, known.location, need=Need.OPTIONAL)
        case ExternalSecret(store=ObjectName() as store):
            yield Reference(store, known.store_location)
