"""Edits of parsed documents: what an object says once an edit has been made.

A pure function of trees.  What an edit does not touch keeps its line, and what it brings in
has that of the value around it, so that findings before and after can be compared.
"""

from __future__ import annotations

from msgspec.structs import replace

from netsim.errors import NetsimError
from netsim.loader.tree.scalars import is_null
from netsim.model.edit import END, FieldPath, Insert, Remove, Replace, Value
from netsim.model.tree import Mapping, MappingEntry, Scalar, ScalarStyle, Sequence, Tree


class EditError(NetsimError):
    """An edit that its object does not allow: there is no such object, field or item."""


def edit_tree(tree: Tree, edit: Insert | Replace | Remove, prefix: FieldPath = ()) -> Tree:
    """The tree of a document after an edit of the object at ``prefix`` in it.

    O(what stands on the path).  Raises :class:`EditError`.
    """
    path = (*prefix, *edit.path)
    if not path:
        raise EditError("the edit names no field")
    return _edit(tree, path, 0, edit)


def build_tree(plain: object, line: int) -> Tree:
    """The tree of plain data, all of it on one line."""
    match plain:
        case dict():
            entries = {
                str(key): MappingEntry(line, build_tree(value, line))
                for key, value in plain.items()
            }
            return Mapping(entries, line)
        case list() | tuple():
            return Sequence(tuple(build_tree(item, line) for item in plain), line)
        case str():
            return Scalar(plain, ScalarStyle.QUOTED, line)
    return Scalar(Value.of(plain).json, ScalarStyle.PLAIN, line)


def show_path(path: FieldPath) -> str:
    """``spec.ingress[0]``, as locations have it."""
    parts = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return "".join(parts).removeprefix(".").replace(f"[{END}]", "[end]")


def _edit(tree: Tree, path: FieldPath, at: int, edit: Insert | Replace | Remove) -> Tree:
    key = path[at]
    if isinstance(edit, Insert) and is_null(tree):
        tree = Sequence((), tree.line) if isinstance(key, int) else Mapping({}, tree.line)
    if isinstance(key, int) and isinstance(tree, Sequence):
        return _edit_sequence(tree, key, path, at, edit)
    if isinstance(key, str) and isinstance(tree, Mapping):
        return _edit_mapping(tree, key, path, at, edit)
    noun = "list" if isinstance(key, int) else "mapping"
    raise EditError(f"{show_path(path[:at]) or 'the object'} is no {noun}")


def _edit_sequence(
    tree: Sequence, index: int, path: FieldPath, at: int, edit: Insert | Replace | Remove
) -> Tree:
    items, is_last = tree.items, at == len(path) - 1
    if isinstance(edit, Insert):
        index = len(items) if index == END else index
        if is_last and 0 <= index <= len(items):
            new = build_tree(edit.value.plain, tree.line)
            return replace(tree, items=(*items[:index], new, *items[index:]))
        if not is_last and index == len(items):
            empty = Scalar("", ScalarStyle.PLAIN, tree.line)
            items = (*items, empty)
    if not 0 <= index < len(items):
        raise EditError(f"{show_path(path[:at])} has no item {index}")
    if is_last and isinstance(edit, Remove):
        return replace(tree, items=(*items[:index], *items[index + 1 :]))
    old = items[index]
    if is_last and isinstance(edit, Replace):
        new = build_tree(edit.value.plain, old.line)
    else:
        new = _edit(old, path, at + 1, edit)
    return replace(tree, items=(*items[:index], new, *items[index + 1 :]))


def _edit_mapping(
    tree: Mapping, key: str, path: FieldPath, at: int, edit: Insert | Replace | Remove
) -> Tree:
    entry, is_last = tree.entries.get(key), at == len(path) - 1
    if isinstance(edit, Insert) and (entry is None or (is_last and is_null(entry.value))):
        line = entry.line if entry else tree.line
        if is_last:
            return _with(tree, key, MappingEntry(line, build_tree(edit.value.plain, line)))
        entry = MappingEntry(line, Scalar("", ScalarStyle.PLAIN, line))
    if entry is None:
        raise EditError(f"{show_path(path[: at + 1])} is not there")
    if not is_last:
        return _with(tree, key, entry._replace(value=_edit(entry.value, path, at + 1, edit)))
    if isinstance(edit, Remove):
        rest = {name: each for name, each in tree.entries.items() if name != key}
        return replace(tree, entries=rest)
    if isinstance(edit, Insert):
        raise EditError(f"{show_path(path)} is there already")
    new = build_tree(edit.value.plain, entry.line)
    return _with(tree, key, entry._replace(value=new))


def _with(tree: Mapping, key: str, entry: MappingEntry) -> Mapping:
    return replace(tree, entries=tree.entries | {key: entry})
