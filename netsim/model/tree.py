"""The nodes of a parsed document: values with the line they stand on."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from msgspec import Struct

DEEPEST = 100
"""Levels of nesting that are read; manifests have about fifteen."""


class ScalarStyle(Enum):
    """How a scalar was written; only a plain one can mean something else than text."""

    PLAIN = "plain"
    QUOTED = "quoted"


# Most nodes are scalars and entries, and a tuple is made in half of the time.
class Scalar(NamedTuple):
    """A leaf, as raw text: its meaning depends on the type of the field it is in."""

    text: str
    style: ScalarStyle
    line: int

    def __repr__(self) -> str:
        """Without the text, which may be the value of a Secret."""
        return f"Scalar(style={self.style!r}, line={self.line!r})"


class Sequence(Struct, frozen=True):
    """A list."""

    items: tuple[Tree, ...]
    line: int


class Mapping(Struct, frozen=True):
    """A mapping with text keys; the line of a key is kept beside its value."""

    entries: dict[str, MappingEntry]
    line: int

    def get(self, key: str) -> Tree | None:
        """The value under a key, or None."""
        entry = self.entries.get(key)
        return entry.value if entry else None


class MappingEntry(NamedTuple):
    """A key's line, its value, and how the key was written."""

    line: int
    value: Tree
    style: ScalarStyle = ScalarStyle.QUOTED


Tree = Scalar | Sequence | Mapping
