"""Bodies in protobuf: kubectl sends the objects that it makes itself this way.

Fields are numbered as in ``generated.proto`` of ``k8s.io/api``; only the kinds of ``_BODIES``
can be read. Answers are JSON, which every client accepts, too.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.fakes.apiserver.errors import unsupported_media_type
from tests.fakes.apiserver.kinds import Object

CONTENT_TYPE = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\x00"
_VARINT, _FIXED_64, _DELIMITED, _FIXED_32 = 0, 1, 2, 5


@dataclass(frozen=True, slots=True)
class _Map:
    """A map with strings for keys."""

    value: type[str | bytes]


_Message: TypeAlias = "dict[int, tuple[str, type[str | bytes] | _Map | _Message]]"

_STRINGS = _Map(str)
_METADATA: _Message = {
    1: ("name", str),
    2: ("generateName", str),
    3: ("namespace", str),
    5: ("uid", str),
    6: ("resourceVersion", str),
    11: ("labels", _STRINGS),
    12: ("annotations", _STRINGS),
}
_ACCESS: _Message = {
    1: ("namespace", str),
    2: ("verb", str),
    3: ("group", str),
    4: ("version", str),
    5: ("resource", str),
    6: ("subresource", str),
    7: ("name", str),
}
_PATH: _Message = {1: ("path", str), 2: ("verb", str)}
_ACCESS_SPEC: _Message = {
    1: ("resourceAttributes", _ACCESS),
    2: ("nonResourceAttributes", _PATH),
}
_RULES_SPEC: _Message = {1: ("namespace", str)}
_BODIES: dict[str, _Message] = {
    "ConfigMap": {2: ("data", _STRINGS), 3: ("binaryData", _Map(bytes))},
    "Secret": {2: ("data", _Map(bytes)), 3: ("type", str)},
    "Namespace": {},
    "ServiceAccount": {},
    "SelfSubjectAccessReview": {2: ("spec", _ACCESS_SPEC)},
    "SelfSubjectRulesReview": {2: ("spec", _RULES_SPEC)},
    "SelfSubjectReview": {},
    "DeleteOptions": {},
}


def decoded(body: bytes) -> Object:
    """The object of a body; raises ValueError or ApiError if it cannot be read."""
    if not body.startswith(_MAGIC):
        raise ValueError("not the protobuf of Kubernetes")
    envelope = dict(_fields(body.removeprefix(_MAGIC)))
    named = _object(envelope[1], {1: ("apiVersion", str), 2: ("kind", str)})
    if named["kind"] not in _BODIES:
        raise unsupported_media_type(("application/json", "application/yaml"))
    message: _Message = {1: ("metadata", _METADATA), **_BODIES[named["kind"]]}
    return {**named, **_object(envelope[2], message)}


def _object(body: bytes, message: _Message) -> Object:
    found: Object = {}
    for number, value in _fields(body):
        if number not in message:
            continue
        name, kind = message[number]
        if isinstance(kind, _Map):
            entry = dict(_fields(value))
            values = found.setdefault(name, {})
            values[entry[1].decode()] = _value(entry.get(2, b""), kind.value)
        # Go writes empty strings, too; in JSON the field would not be there.
        elif value or isinstance(kind, dict):
            found[name] = _value(value, kind)
    return found


def _value(value: bytes, kind: type[str | bytes] | _Message) -> Any:
    if isinstance(kind, dict):
        return _object(value, kind)
    return value.decode() if kind is str else base64.b64encode(value).decode()


def _fields(body: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields that have a length, which are all that is read here."""
    at = 0
    while at < len(body):
        tag, at = _varint(body, at)
        number, way = tag >> 3, tag & 7
        if way == _VARINT:
            _, at = _varint(body, at)
        elif way == _DELIMITED:
            length, at = _varint(body, at)
            yield number, body[at : at + length]
            at += length
        else:
            at += {_FIXED_64: 8, _FIXED_32: 4}[way]


def _varint(body: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = body[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
