"""Where in the input something was written."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct


class Location(Struct, frozen=True, order=True, gc=False):
    """A place in a file.

    ``line`` counts from 1; 0 stands for the file as a whole.  ``field`` is the path of the
    field below its document, such as ``spec.ingress[0].ports[1].port``; it may be empty.
    """

    file: str
    line: int
    field: str = ""

    def __hash__(self) -> int:
        # A field tells as much as a line, which may not be known yet.
        return hash((self.file, self.field or self.line))

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file

    @property
    def described(self) -> str:
        """``file:line (field)``, for people."""
        return f"{self} ({self.field})" if self.field else str(self)


class LineFinder(Protocol):
    """An object of the input that knows on which lines its fields stand."""

    def find_line(self, field: str) -> int:
        """The line of a field; may take as long as to read the object again."""


class LateLocation(Location, frozen=True, gc=False):
    """A place whose line is looked up when somebody asks for it.

    Few places are ever shown, and to keep every line takes most of the time and of the memory
    that reading a large file does.  It equals the :class:`Location` that has its line.
    """

    finder: LineFinder | None = None

    @property  # type: ignore[misc]  # the slot of the base stays empty
    def line(self) -> int:
        """The line, counted from 1."""
        return self.finder.find_line(self.field) if self.finder else 0

    @property
    def _place(self) -> tuple[str, int, str]:
        return self.file, self.line, self.field

    def __repr__(self) -> str:
        return repr(Location(*self._place))

    def __reduce__(self) -> tuple[type[Location], tuple[str, int, str]]:
        # A copy elsewhere has the line, and not the text.
        return Location, self._place

    __hash__ = Location.__hash__

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Location):
            return NotImplemented
        if self.field != other.field or self.file != other.file:
            return False
        is_own = isinstance(other, LateLocation) and self.finder is other.finder
        return is_own or self.line == other.line

    def __lt__(self, other: Location) -> bool:
        return self._place < (other.file, other.line, other.field)

    def __le__(self, other: Location) -> bool:
        return self._place <= (other.file, other.line, other.field)

    def __gt__(self, other: Location) -> bool:
        return self._place > (other.file, other.line, other.field)

    def __ge__(self, other: Location) -> bool:
        return self._place >= (other.file, other.line, other.field)
