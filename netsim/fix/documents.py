"""The documents of a file, and the place of an object among them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from netsim.fix.tree import EditError, build_tree, edit_tree
from netsim.loader.registry import is_list
from netsim.loader.tree.documents import Chunk, Document, Parsed, Syntax
from netsim.loader.tree.scalars import resolve
from netsim.loader.tree.yaml import trees
from netsim.model.edit import END, AddDocument, Edit, FieldPath, Insert, Remove, Target, Value
from netsim.model.location import Location
from netsim.model.tree import Mapping, Scalar, Tree
from netsim.model.tree import Sequence as Items
from netsim.words.yaml import write

_ITEM = re.compile(r"items\[([0-9]+)\]\.?")


class Position(Struct, frozen=True, order=True):
    """An object of a file: the number of its document, and the way to it in a List."""

    document: int
    prefix: FieldPath = ()


def locate(documents: Sequence[Document], target: Target) -> Position:
    """Where a target is.  Raises :class:`EditError` where it is not there, or in doubt."""
    line = target.location.line
    found = [
        Position(number, prefix)
        for number, document in enumerate(documents)
        if isinstance(document, Parsed) and _may_hold(document, line)
        for prefix, tree in _objects(document.tree, ())
        if _is_named(tree, target)
    ]
    found = [each for each in found if _start(documents, each) <= line]
    if target.location.field:
        prefix = _read_prefix(target.location.field)
        found = [each for each in found if each.prefix == prefix[: len(each.prefix)]]
    if not found:
        raise EditError(f"{target.title} is not at {target.location}")
    latest = max(found, key=lambda each: _start(documents, each))
    if sum(_start(documents, each) == _start(documents, latest) for each in found) > 1:
        raise EditError(f"{target.title} is at {target.location} more than once")
    return latest


def apply_edits(
    documents: Sequence[Document], syntax: Syntax, edits: Sequence[Edit]
) -> tuple[Document, ...]:
    """The documents of one file after edits of that file; raises :class:`EditError`."""
    found = list(documents)
    for edit, position in order_edits(documents, edits):
        apply_edit(found, syntax, edit, position)
    return tuple(found)


def order_edits(
    documents: Sequence[Document], edits: Sequence[Edit]
) -> list[tuple[Edit, Position | None]]:
    """The edits of one file with their positions, as they are made one after the other.

    Objects are removed last, and from the end, so that no position changes before it is used.
    """
    changes: list[tuple[Edit, Position | None]] = []
    removals: dict[Position, Edit] = {}
    for edit in edits:
        if isinstance(edit, AddDocument):
            changes.append((edit, None))
            continue
        position = locate(documents, edit.target)
        if edit.path:
            changes.append((edit, position))
        else:
            removals[position] = edit
    return [*changes, *((removals[each], each) for each in sorted(removals, reverse=True))]


def apply_edit(
    documents: list[Document], syntax: Syntax, edit: Edit, position: Position | None
) -> None:
    """Makes one edit in the documents of its file."""
    if isinstance(edit, AddDocument) or position is None:
        if not isinstance(edit, AddDocument):
            raise EditError("the edit has no position")
        at = find_list(documents, syntax, edit)
        if at is None:
            documents.append(_new_document(documents, edit.value))
            return
        document = _parsed(documents, at)
        tree = edit_tree(document.tree, as_item(edit), ())
        documents[at] = replace(document, tree=tree)
        return
    at, prefix = position.document, position.prefix
    if isinstance(edit, Remove) and not edit.path and not prefix:
        del documents[at]
        return
    document = _parsed(documents, at)
    documents[at] = replace(document, tree=edit_tree(document.tree, edit, prefix))


def _parsed(documents: Sequence[Document], number: int) -> Parsed:
    document = documents[number]
    if not isinstance(document, Parsed):
        raise EditError("its document cannot be read")
    return document


def as_item(edit: AddDocument) -> Insert:
    """A document to add as an item of the List in a file."""
    target = Target("List", "", "", Location(edit.file, 1))
    return Insert(target, ("items", END), edit.value)


def find_list(documents: Sequence[Document], syntax: Syntax, edit: AddDocument) -> int | None:
    """The document of a JSON file that is a List, which takes in a further object."""
    if syntax is not Syntax.JSON:
        return None
    for number, document in enumerate(documents):
        tree = document.tree if isinstance(document, Parsed) else None
        kind = _text(tree, "kind") if isinstance(tree, Mapping) else ""
        if isinstance(tree, Mapping) and kind in ("List", f"{edit.value.plain['kind']}List"):
            return number
    return None


def to_plain(tree: Tree) -> Any:
    """What a tree says, without its lines and quotes."""
    match tree:
        case Mapping():
            return {key: to_plain(entry.value) for key, entry in tree.entries.items()}
        case Items():
            return [to_plain(item) for item in tree.items]
    return resolve(tree)


def _new_document(documents: Sequence[Document], value: Value) -> Parsed:
    """Placed behind what is there, so that each of several has lines of its own."""
    last = max((_last_line(each) for each in documents), default=0)
    text = write(value.plain)
    tree = next(trees(text)) or build_tree(value.plain, 1)
    return Parsed(tree, Chunk(text, last + 1, last + 1 + text.count("\n")))


def _last_line(document: Document) -> int:
    return document.chunk.last_line if isinstance(document, Parsed) else document.line


def _may_hold(document: Parsed, line: int) -> bool:
    return document.chunk.first_line <= line <= document.chunk.last_line


def _start(documents: Sequence[Document], position: Position) -> int:
    document = _parsed(documents, position.document)
    tree = _follow(document.tree, position.prefix)
    return tree.line + document.chunk.first_line - 1


def _follow(tree: Tree, prefix: FieldPath) -> Tree:
    for key in prefix:
        if isinstance(key, str) and isinstance(tree, Mapping):
            tree = tree.entries[key].value
        elif isinstance(key, int) and isinstance(tree, Items):
            tree = tree.items[key]
    return tree


def _objects(
    tree: Tree, prefix: FieldPath, of_list: str = ""
) -> Iterator[tuple[FieldPath, Mapping]]:
    if not isinstance(tree, Mapping):
        return
    kind = _text(tree, "kind") or of_list
    items = tree.get("items")
    if is_list(kind) and isinstance(items, Items):
        for index, item in enumerate(items.items):
            yield from _objects(item, (*prefix, "items", index), kind.removesuffix("List"))
        return
    yield prefix, tree


def _is_named(tree: Mapping, target: Target) -> bool:
    metadata = tree.get("metadata")
    if _text(tree, "kind") not in ("", target.kind) or not isinstance(metadata, Mapping):
        return False
    name, namespace = _text(metadata, "name"), _text(metadata, "namespace")
    is_generated = not name and bool(_text(metadata, "generateName"))
    return (name == target.name or is_generated) and (
        not namespace or not target.namespace or namespace == target.namespace
    )


def _text(tree: Mapping, key: str) -> str:
    found = tree.get(key)
    return found.text if isinstance(found, Scalar) else ""


def _read_prefix(field: str) -> FieldPath:
    """``("items", 3)`` of ``items[3].metadata.name``."""
    found: list[str | int] = []
    while match := _ITEM.match(field):
        found += ["items", int(match[1])]
        field = field[match.end() :]
    return tuple(found)
