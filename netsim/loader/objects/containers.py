"""Containers and volumes of a pod."""

from __future__ import annotations

from netsim.loader.objects.fields import Field, Fields
from netsim.model.pod_template import Container, Variable, Volume
from netsim.model.references import ObjectName

LISTS = ("initContainers", "containers")


def read_containers(spec: Fields) -> tuple[Container, ...]:
    """All containers of a pod, init containers first; unknown fields are ignored."""
    items = (item for name in LISTS for item in spec.items(name))
    return tuple(found for item in items if (found := _container(item)))


def _container(item: Field) -> Container | None:
    fields = item.fields()
    if fields is None:
        return None
    image = fields.get("image")
    return Container(
        fields.text("name") or "",
        (image.text("image") if image else None) or "",
        image.location if image else item.location,
        (*_texts(fields, "command"), *_texts(fields, "args")),
        tuple(found for each in fields.items("env") if (found := _variable(each))),
        tuple(mount for each in fields.items("volumeMounts") if (mount := _mount(each))),
        item.location,
    )


def _texts(fields: Fields, name: str) -> tuple[str, ...]:
    found = (item.text(name) for item in fields.items(name))
    return tuple(text for text in found if text is not None)


def _variable(item: Field) -> Variable | None:
    fields = item.fields()
    name = fields.text("name") if fields else None
    if fields is None or not name:
        return None
    value = fields.get("value")
    if value:
        return Variable(name, value.text(f"value of {name}"), value.location)
    return Variable(name, None if fields.get("valueFrom") else "", item.location)


def _mount(item: Field) -> tuple[str, str] | None:
    fields = item.fields()
    name = fields.text("name") if fields else None
    return (name, fields.text("mountPath") or "") if fields and name else None


def read_volumes(spec: Fields, namespace: str) -> tuple[Volume, ...]:
    """The volumes; those of one Secret or ConfigMap with it."""
    entries = (item.fields() for item in spec.items("volumes"))
    return tuple(
        Volume(name, _source(fields, namespace))
        for fields in entries
        if fields and (name := fields.text("name"))
    )


def _source(fields: Fields, namespace: str) -> ObjectName | None:
    if fields.get("secret"):
        name = fields.fields("secret").text("secretName")
        return ObjectName("Secret", namespace, name) if name else None
    if fields.get("configMap"):
        name = fields.fields("configMap").text("name")
        return ObjectName("ConfigMap", namespace, name) if name else None
    return None
