"""Where an object of the input is: in which document of a file, and where in that."""

from __future__ import annotations

import re
from collections.abc import Sequence as Items

from msgspec import Struct

from netsim.fix.tree import EditError
from netsim.loader.tree.documents import Document, Parsed
from netsim.model.edit import FieldPath, Target
from netsim.model.tree import Mapping, Scalar, Sequence, Tree

_ITEM = re.compile(r"items\[(\d+)\]\.?")


class ObjectPlace(Struct, frozen=True):
    """The number of a document among those of a file, and the path to an object in it."""

    document: int
    prefix: FieldPath


def locate_object(documents: Items[Document], target: Target) -> ObjectPlace:
    """Where an object is.  Raises :class:`EditError` where it is not."""
    line = target.location.line
    holding = [
        number
        for number, each in enumerate(documents)
        if isinstance(each, Parsed)
        and each.chunk.first_line <= line <= each.chunk.last_line
        and each.tree.line + each.chunk.first_line - 1 <= line
    ]
    # Of several documents without --- between them, the one that begins last.
    for number in reversed(holding):
        document = documents[number]
        prefix = _read_prefix(target.location.field)
        found = document.tree if isinstance(document, Parsed) else None
        for step in prefix:
            found = _step(found, step)
        if isinstance(found, Mapping) and _is_named(found, target):
            return ObjectPlace(number, prefix)
    raise EditError(f"{target.title} is not at {target.location}")


def _read_prefix(field: str) -> FieldPath:
    prefix: list[str | int] = []
    while match := _ITEM.match(field):
        prefix += ("items", int(match[1]))
        field = field[match.end() :]
    return tuple(prefix)


def _step(tree: Tree | None, step: str | int) -> Tree | None:
    if isinstance(tree, Mapping) and isinstance(step, str):
        return tree.get(step)
    if isinstance(tree, Sequence) and isinstance(step, int) and step < len(tree.items):
        return tree.items[step]
    return None


def _is_named(found: Mapping, target: Target) -> bool:
    metadata = found.get("metadata")
    if not isinstance(metadata, Mapping):
        return not target.name
    names = (metadata.get("name"), metadata.get("generateName"))
    written = [each.text for each in names if isinstance(each, Scalar)]
    return not written or target.name in written or not target.name
