"""Secrets and ConfigMaps."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from netsim.loader.objects.fields import Field, Fields
from netsim.loader.objects.objects import Object, read_metadata
from netsim.model.secrets import ConfigMap, Secret, SecretEntry, TextEntry

_DEFAULT_TYPE = "Opaque"


def read_secret(obj: Object) -> Secret | None:
    """A Secret; of a key in both, ``stringData`` counts, as for the API server."""
    metadata = read_metadata(obj)
    fields = obj.fields
    fields.only("apiVersion", "kind", "metadata", "data", "stringData", "type", "immutable")
    entries = {entry.key: entry for entry in _encoded(fields)}
    entries |= {entry.key: entry for entry in _plain(fields)}
    if metadata is None:
        return None
    kind = fields.text("type") or _DEFAULT_TYPE
    values = tuple(entries.values())
    return Secret(metadata.namespace, metadata.name, kind, values, metadata.location)


def _encoded(fields: Fields) -> Iterator[SecretEntry]:
    for key, value in fields.fields("data").all():
        text = value.text()
        if text is not None:
            yield SecretEntry(key.text, _decoded(value, text), value.location)


def _decoded(value: Field, text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except binascii.Error:
        value.refuse("this is not base64: encode it, or move it to stringData")
        return ""


def _plain(fields: Fields) -> Iterator[SecretEntry]:
    for key, value in fields.fields("stringData").all():
        text = value.text()
        if text is not None:
            yield SecretEntry(key.text, text, value.location)


def read_config_map(obj: Object) -> ConfigMap | None:
    """A ConfigMap."""
    metadata = read_metadata(obj)
    fields = obj.fields
    fields.only("apiVersion", "kind", "metadata", "data", "binaryData", "immutable")
    entries = tuple(
        TextEntry(key.text, text, value.location)
        for key, value in fields.fields("data").all()
        if (text := value.text()) is not None
    )
    if metadata is None:
        return None
    binary = tuple(fields.fields("binaryData").entries)
    return ConfigMap(metadata.namespace, metadata.name, entries, binary, metadata.location)
