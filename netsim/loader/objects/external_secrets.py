"""What the External Secrets Operator reads: stores, and Secrets to make from them.

Source: the operator's API ``external-secrets.io/v1``.
"""

from __future__ import annotations

from netsim.loader.objects.fields import Field, Fields
from netsim.loader.objects.objects import Object, read_metadata
from netsim.model.references import ObjectName
from netsim.model.secrets import ExternalSecret, SecretStore

_DEFAULT_STORE = "SecretStore"


def read_secret_store(obj: Object) -> SecretStore | None:
    """A SecretStore or ClusterSecretStore."""
    metadata = read_metadata(obj)
    spec = obj.fields.fields("spec")
    if not spec.get("provider"):
        spec.missing("provider", "name the backend that holds the secrets")
    if metadata is None:
        return None
    return SecretStore(
        obj.kind, metadata.namespace, metadata.name, _namespaces(spec), metadata.location
    )


def _namespaces(spec: Fields) -> tuple[str, ...] | None:
    """The namespaces of the conditions; None as soon as one selects them by other means."""
    named: list[str] = []
    conditions = spec.items("conditions")
    for item in conditions:
        fields = item.fields()
        if fields is None or not fields.get("namespaces"):
            return None
        named += [text for each in fields.items("namespaces") if (text := each.text())]
        if fields.get("namespaceSelector") or fields.get("namespaceRegexes"):
            return None
    return tuple(named) if conditions else None


def read_external_secret(obj: Object) -> ExternalSecret | None:
    """An ExternalSecret; the Secret it makes has its own name unless the target names one."""
    metadata = read_metadata(obj)
    spec = obj.fields.fields("spec")
    reference = spec.get("secretStoreRef")
    target = spec.fields("target")
    if metadata is None:
        return None
    name = target.text("name") or metadata.name
    return ExternalSecret(
        metadata.namespace,
        metadata.name,
        _store(reference, metadata.namespace) if reference else None,
        ObjectName("Secret", metadata.namespace, name),
        _keys(spec, target),
        metadata.location,
        reference.location if reference else metadata.location,
    )


def _store(reference: Field, namespace: str) -> ObjectName | None:
    fields = reference.fields()
    name = fields.text("name") if fields else None
    if fields is None or not name:
        return None
    kind = fields.text("kind") or _DEFAULT_STORE
    return ObjectName(kind, namespace if kind == _DEFAULT_STORE else "", name)


def _keys(spec: Fields, target: Fields) -> tuple[str, ...] | None:
    if spec.items("dataFrom"):
        return None
    template = target.get("template")
    if template:
        return _template_keys(template, spec)
    return _data_keys(spec)


def _data_keys(spec: Fields) -> tuple[str, ...]:
    entries = (item.fields() for item in spec.items("data"))
    return tuple(key for fields in entries if fields and (key := fields.text("secretKey")))


def _template_keys(template: Field, spec: Fields) -> tuple[str, ...] | None:
    """A template's data replaces the keys (mergePolicy Replace), or is added to them."""
    fields = template.fields()
    if fields is None or fields.get("templateFrom"):
        return None
    data = fields.get("data")
    if data is None:
        return _data_keys(spec)
    inner = data.fields()
    made = tuple(inner.entries) if inner else ()
    merged = fields.text("mergePolicy") == "Merge"
    return (*_data_keys(spec), *made) if merged else made
