"""Where a value stands in a text: trees know lines, who changes a text needs offsets."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace


class Form(Enum):
    """What a place holds; ALIAS is a value that is written elsewhere."""

    SCALAR = "scalar"
    SEQUENCE = "sequence"
    MAPPING = "mapping"
    ALIAS = "alias"


class Place(Struct, frozen=True):
    """A value in a text: from ``start`` up to ``end``, counted in characters.

    ``start`` is that of its anchor or tag, if it has one, and else ``inner``.  The end of a
    block collection is that of its last scalar.  ``entries`` are the keys and values of a
    mapping, or None and the items of a sequence.  ``text`` is that of a scalar, ``style`` the
    sign that a scalar begins with.  ``anchor`` is the name of an alias, too.
    """

    form: Form
    start: int
    inner: int
    end: int
    is_flow: bool = False
    entries: tuple[tuple[Place | None, Place], ...] = ()
    text: str = ""
    style: str = ""
    anchor: str = ""

    def moved(self, by: int) -> Place:
        """A copy further on in a text, with all within it."""
        entries = tuple((key and key.moved(by), value.moved(by)) for key, value in self.entries)
        start, inner, end = self.start + by, self.inner + by, self.end + by
        return replace(self, start=start, inner=inner, end=end, entries=entries)

    def walk(self) -> Iterator[Place]:
        """This place and all within it."""
        yield self
        for key, value in self.entries:
            if key:
                yield from key.walk()
            yield from value.walk()
