"""The other objects that a pod needs: what its spec names."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.loader.objects.containers import LISTS
from netsim.loader.objects.fields import Field, Fields
from netsim.model.references import Need, ObjectName, Reference

DEFAULT_ACCOUNT = "default"


def account(spec: Fields, namespace: str) -> ObjectName:
    """The ServiceAccount a pod runs as."""
    name = spec.text("serviceAccountName") or spec.text("serviceAccount") or DEFAULT_ACCOUNT
    return ObjectName("ServiceAccount", namespace, name)


def runtime_class(spec: Fields) -> Reference | None:
    """The RuntimeClass a pod asks for."""
    return _read_name(spec, "runtimeClassName", "RuntimeClass", "")


def read_references(spec: Fields, namespace: str) -> tuple[Reference, ...]:
    """Every object the pods need, in the order of the fields."""
    return tuple(_references(spec, namespace))


def _references(spec: Fields, namespace: str) -> Iterator[Reference]:
    single = (
        runtime_class(spec),
        _read_name(spec, "priorityClassName", "PriorityClass", ""),
        _read_name(spec, "serviceAccountName", "ServiceAccount", namespace),
    )
    yield from (found for found in single if found)
    for item in spec.items("imagePullSecrets"):
        # The kubelet pulls without a secret that is missing, and says so in an event.
        yield from _object(item, "name", "Secret", namespace, None, Need.OPTIONAL)
    for item in (each for name in LISTS for each in spec.items(name)):
        if fields := item.fields():
            yield from _of_container(fields, namespace)
    for item in spec.items("volumes"):
        if fields := item.fields():
            yield from _of_volume(fields, namespace)


def _read_name(spec: Fields, name: str, kind: str, namespace: str) -> Reference | None:
    field = spec.get(name)
    text = field.text() if field else None
    if field is None or not text:
        return None
    return Reference(ObjectName(kind, namespace, text), field.location)


def _of_container(fields: Fields, namespace: str) -> Iterator[Reference]:
    for item in fields.items("env"):
        inner = item.fields()
        source = inner.fields("valueFrom") if inner else None
        if source:
            yield from _read_keys(source, "secretKeyRef", "Secret", namespace)
            yield from _read_keys(source, "configMapKeyRef", "ConfigMap", namespace)
    for item in fields.items("envFrom"):
        if inner := item.fields():
            yield from _whole(inner, "secretRef", "name", "Secret", namespace)
            yield from _whole(inner, "configMapRef", "name", "ConfigMap", namespace)


def _read_keys(source: Fields, name: str, kind: str, namespace: str) -> Iterator[Reference]:
    field = source.get(name)
    fields = field.fields() if field else None
    if field and fields:
        yield from _object(field, "name", kind, namespace, fields.text("key"), _need(fields))


def _whole(
    fields: Fields, name: str, named: str, kind: str, namespace: str
) -> Iterator[Reference]:
    """All of an object, or the keys that ``items`` picks."""
    field = fields.get(name)
    inner = field.fields() if field else None
    if field is None or inner is None:
        return
    items = [each for item in inner.items("items") if (each := item.fields())]
    keys = [item.text("key") for item in items] or [None]
    for key in keys:
        yield from _object(field, named, kind, namespace, key, _need(inner))


def _of_volume(fields: Fields, namespace: str) -> Iterator[Reference]:
    yield from _whole(fields, "secret", "secretName", "Secret", namespace)
    yield from _whole(fields, "configMap", "name", "ConfigMap", namespace)
    yield from _whole(
        fields, "persistentVolumeClaim", "claimName", "PersistentVolumeClaim", namespace
    )
    for item in fields.fields("projected").items("sources"):
        if inner := item.fields():
            yield from _whole(inner, "secret", "name", "Secret", namespace)
            yield from _whole(inner, "configMap", "name", "ConfigMap", namespace)


def _need(fields: Fields) -> Need:
    field = fields.get("optional")
    return Need.OPTIONAL if field and field.boolean() else Need.REQUIRED


def _object(
    field: Field, named: str, kind: str, namespace: str, key: str | None, need: Need
) -> Iterator[Reference]:
    fields = field.fields()
    name = fields.get(named) if fields else None
    text = name.text() if name else None
    if name and text:
        yield Reference(ObjectName(kind, namespace, text), name.location, key, need)
