"""The nodes of a parsed document: values with the line they stand on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Style(Enum):
    """How a scalar was written; only a plain one can mean something else than text."""

    PLAIN = "plain"
    QUOTED = "quoted"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A leaf, as raw text: its meaning depends on the type of the field it is in."""

    text: str
    style: Style
    line: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Tree, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping with text keys; the line of a key is kept beside its value."""

    entries: dict[str, Entry]
    line: int

    def get(self, key: str) -> Tree | None:
        """The value under a key, or None."""
        entry = self.entries.get(key)
        return entry.value if entry else None


@dataclass(frozen=True, slots=True)
class Entry:
    """A key's line, and its value."""

    line: int
    value: Tree


Tree = Scalar | Sequence | Mapping
