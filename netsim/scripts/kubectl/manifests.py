"""Which objects a text of YAML or JSON describes, where parts of the text are not known."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from netsim.scripts.shell.values import has_hole

# Texts, which are compiled where a script gives kubectl an object: few do.
_SYMBOL = r'(?s)"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^"{}\[\]:,\s]+'
_DOCUMENTS = r"(?m)^---.*$"
_ENTRY = r"(?m)^([A-Za-z]+):[ \t]*(.*)$"
_NAME = r"(?m)^([ \t]+)name:[ \t]*(.*)$"
_HOLE_LINE = r"(?m)^[\0\1]"
_OPENING, _CLOSING, _COLON = ("{", "["), ("}", "]"), ":"
_COMMENT = r"(?:^|\s)#.*$"


class DescribedObject(Struct, frozen=True):
    """An object that a text describes; ``name`` is None where it is not in the text."""

    kind: str
    api_version: str | None
    name: str | None


def parse_objects(text: str) -> list[DescribedObject] | None:
    """The objects of a text; None where it may describe others than it tells."""
    found = list(_objects(text))
    if not found or None in found:
        return None
    known = [each for each in found if each]
    unclear = any(has_hole(each.kind) or each.kind.endswith("List") for each in known)
    return None if unclear else known


def _objects(text: str) -> Iterator[DescribedObject | None]:
    if text.lstrip().startswith("{"):
        yield _of_json(text)
        return
    for document in re.split(_DOCUMENTS, text):
        if document.strip():
            yield _of_yaml(document)


def _of_json(text: str) -> DescribedObject | None:
    """The keys at the top; what follows the first object must be blank."""
    path: list[str] = []
    found: dict[str, str] = {}
    previous = key = ""
    for match in re.finditer(_SYMBOL, text):
        symbol = match[0]
        if symbol in _OPENING:
            path.append(key if previous == _COLON else "")
        elif symbol in _CLOSING:
            path = path[:-1]
            if not path:
                return _parse_object(found) if not text[match.end() :].strip() else None
        elif previous == _COLON and len(path) <= 2:
            found.setdefault(".".join([*path[1:], key]), symbol.strip('"'))
        if symbol != _COLON:
            key = symbol.strip('"')
        previous = symbol
    return _parse_object(found)


def _parse_object(found: dict[str, str]) -> DescribedObject | None:
    kind = found.get("kind")
    if kind is None:
        return None
    version, name = found.get("apiVersion"), found.get("metadata.name")
    return DescribedObject(kind, _known(version), _known(name))


def _known(value: str | None) -> str | None:
    return None if value is None or has_hole(value) else value


def _of_yaml(text: str) -> DescribedObject | None:
    """The entries in column 0; a line that is a hole may be any entry, or many documents."""
    if re.search(_HOLE_LINE, text):
        return None
    found = {key: _scalar(value) for key, value in re.findall(_ENTRY, text)}
    if not found.get("kind"):
        return None
    return DescribedObject(found["kind"], _known(found.get("apiVersion")), _known(_name(text)))


def _name(text: str) -> str | None:
    """The name below ``metadata``, in block style or in flow style."""
    start = re.search(r"^metadata:(.*)$", text, re.MULTILINE)
    if not start:
        return None
    flow = re.search(r"[{,]\s*name:\s*([^,}\s]+)", start[1])
    if flow:
        return _scalar(flow[1])
    following = re.split(r"^(?=\S)", text[start.end() + 1 :], maxsplit=1, flags=re.MULTILINE)
    block = following[0]
    indents = [len(line) - len(line.lstrip()) for line in block.splitlines() if line.strip()]
    for indent, value in re.findall(_NAME, block):
        if len(indent) == min(indents):
            return _scalar(value)
    return None


def _scalar(text: str) -> str:
    return re.sub(_COMMENT, "", text).strip().strip("'\"")
