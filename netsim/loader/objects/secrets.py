"""Secrets and ConfigMaps."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from netsim.loader.objects.fields import Field, Fields
from netsim.loader.objects.objects import Object, read_metadata
from netsim.loader.tree.scalars import is_letter, resolve
from netsim.model.labels import Labels
from netsim.model.placeholders import has_placeholder
from netsim.model.secrets import ConfigMap, Secret, SecretEntry, TextEntry, Writer
from netsim.model.tree import Mapping, Scalar

_BLANK = r"<[^<>]*>"
_DEFAULT_TYPE = "Opaque"


def read_secret(obj: Object) -> Secret | None:
    """A Secret; of a key in both, ``stringData`` counts, as for the API server."""
    metadata = read_metadata(obj)
    fields = obj.fields
    fields.only("apiVersion", "kind", "metadata", "data", "stringData", "type", "immutable")
    entries = {
        key: SecretEntry(key, _decode(value, text), value.location)
        for key, value, text in _read_values(fields, "data")
    }
    for key, value, text in _read_values(fields, "stringData"):
        entries[key] = SecretEntry(key, text, value.location)
    if metadata is None:
        return None
    kind = fields.text("type") or _DEFAULT_TYPE
    values = tuple(entries.values())
    writer = Writer.HELM if _is_rendered(obj, metadata.labels) else Writer.UNKNOWN
    return Secret(metadata.namespace, metadata.name, kind, values, metadata.location, writer)


_CHART_LABELS = frozenset(("helm.sh/chart", "chart"))
_RENDERERS = (
    ("app.kubernetes.io/managed-by", "Helm"),
    ("heritage", "Helm"),
    ("heritage", "Tiller"),
)


def _is_rendered(obj: Object, labels: Labels) -> bool:
    """Whether this is what ``helm template`` wrote: helm.sh, "Labels and Annotations"."""
    if obj.report.is_rendered or any(pair in _RENDERERS for pair in labels.pairs):
        return True
    return not _CHART_LABELS.isdisjoint(key for key, _ in labels.pairs)


def _read_values(fields: Fields, name: str) -> Iterator[tuple[str, Field, str]]:
    """The keys and texts of a field; what is wrong with a value is said without showing it."""
    field = fields.get(name)
    if field and not isinstance(field.tree, Mapping):
        field.refuse("expected a mapping of keys to values")
    elif field:
        for key, value in fields.fields(name).all():
            tree = value.tree
            if not isinstance(tree, Scalar):
                value.refuse("expected text, found a collection")
            elif value.is_empty:
                yield key.text, value, ""
            elif isinstance(resolve(tree), str):
                yield key.text, value, tree.text
            elif is_letter(tree):
                value.warn("not text to kubectl, which refuses it: quote the value")
                yield key.text, value, tree.text
            else:
                value.refuse("expected text: quote the value")


def _decode(value: Field, text: str) -> str:
    if has_placeholder(text):
        return text
    if re.fullmatch(_BLANK, text):
        value.warn("a blank to be filled in, not base64: the API server refuses it")
        return text
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except binascii.Error:
        value.refuse("this is not base64: encode it, or move it to stringData")
        return ""


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
