"""An object in the text that it stands in, which is read again when a line is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from msgspec import Struct

from netsim.loader.objects.objects import Context, objects, read_item
from netsim.loader.objects.objects import Item as Read
from netsim.loader.tree.documents import Chunk, Parsed
from netsim.model.location import LateLocation
from netsim.model.tree import Mapping, Sequence, Tree


class Item(Struct, frozen=True):
    """An object, and its number in a list if it is in one.

    ``value`` is what it says: plain values, or JSON.
    """

    file: str
    value: Any
    index: int | None = None

    @property
    def path(self) -> str:
        """Its field in the document; empty for a document of its own."""
        return "" if self.index is None else f"items[{self.index}]"

    def locate(self, field: str) -> LateLocation:
        """The place of one of its fields."""
        path = field if self.index is None else f"items[{self.index}].{field}"
        return LateLocation(self.file, 0, path, self)

    @property
    def may_hide_zero(self) -> bool:
        """Whether a number that is 0 may be written in another way."""
        raise NotImplementedError

    def find_line(self, field: str) -> int:
        """The line of a field; O(size of the object)."""
        raise NotImplementedError

    def open(self, context: Context, defaults: dict[str, str]) -> Iterator[Read]:
        """The objects in it, with all that there is to say of them."""
        raise NotImplementedError


class JsonItem(Item, frozen=True, kw_only=True, gc=False):
    """An item of a list of JSON, which begins on a line."""

    line: int

    @property
    def may_hide_zero(self) -> bool:
        """``-0`` is the only one of JSON."""
        return b"-0" in bytes(self.value)

    def find_line(self, field: str) -> int:
        """The line of a field."""
        own = field.removeprefix(f"{self.path}.")
        return find_line(self.tree(), own) or self.line

    def tree(self) -> Tree:
        """What it says, with the lines of the file."""
        return _parse_json(bytes(self.value).decode(), self.line)

    def open(self, context: Context, defaults: dict[str, str]) -> Iterator[Read]:
        """The objects in it."""
        return read_item(self.tree(), (1, self.path), context, defaults)


class YamlItem(Item, frozen=True, kw_only=True):
    """A document of YAML, or an item of one that is a list, with the lines that it takes."""

    chunk: Chunk

    @property
    def may_hide_zero(self) -> bool:
        """Such a number is none to those who read plain values."""
        return False

    def find_line(self, field: str) -> int:
        """The line of a field."""
        own = field.removeprefix(f"{self.path}.") if self.path else field
        return (find_line(self.tree(), own) or 1) + self.chunk.first_line - 1

    def tree(self) -> Tree:
        """What it says, with lines that count from its own first."""
        found = _parse_yaml(self.chunk.text)
        if self.index is None or not isinstance(found, Sequence):
            return found
        return found.items[0]

    def open(self, context: Context, defaults: dict[str, str]) -> Iterator[Read]:
        """The objects in it."""
        if self.index is None:
            return objects(Parsed(self.tree(), self.chunk), context)
        return read_item(self.tree(), (self.chunk.first_line, self.path), context, defaults)


# Who asks for one line of an object mostly asks for others of it.
@lru_cache(maxsize=2)
def _parse_json(text: str, line: int) -> Tree:
    from netsim.loader.tree import json as json_tree

    return next(json_tree.trees(text, line))


@lru_cache(maxsize=2)
def _parse_yaml(text: str) -> Tree:
    from netsim.loader.tree import yaml as yaml_tree

    return next(tree for tree in yaml_tree.trees(text) if tree is not None)


def find_line(tree: Tree, field: str) -> int | None:
    """The line of a field such as ``spec.ports[0]``, in which a key may hold dots."""
    if isinstance(tree, Sequence):
        number, _, rest = field.removeprefix("[").partition("]")
        item = tree.items[int(number)]
        return find_line(item, rest.removeprefix(".")) if rest else item.line
    for key, entry in tree.entries.items() if isinstance(tree, Mapping) else ():
        rest = field.removeprefix(key)
        if rest == field:
            continue
        if not rest:
            return entry.line
        found = find_line(entry.value, rest.removeprefix(".")) if rest[0] in ".[" else None
        if found:
            return found
    return None
