"""Lines of the input, quoted where they decide something.

``Quotes(read).find(rule.location)`` are the lines of that rule, as they stand in its file::

    shop.yaml:12    - from:
    shop.yaml:13        - podSelector: {matchLabels: {app: web}}
"""

from __future__ import annotations

from functools import cached_property
from itertools import takewhile

from msgspec import Struct

from netsim.loader.load import Input
from netsim.model.location import Location

MOST_LINES = 40
WIDEST_LINE = 400


class Quote(Struct, frozen=True):
    """Consecutive lines of a file, of which the first has the number ``line``.

    ``left_out`` is how many more belong to it.
    """

    file: str
    line: int
    lines: tuple[str, ...]
    left_out: int = 0


class Quotes(Struct, frozen=True, dict=True):
    """The texts to quote from."""

    read: Input

    @cached_property
    def _texts(self) -> dict[str, list[str]]:
        originals = self.read.originals
        return {each.source.name: each.source.text.split("\n") for each in originals}

    def find(self, location: Location) -> Quote | None:
        """The value at a place: its line, and what is indented below; None without a text.

        Of JSON, and of YAML that brackets divide, this holds what is written one value a line.
        """
        text = self._texts.get(location.file, [])
        if not 0 < location.line <= len(text):
            return None
        first, *rest = text[location.line - 1 :]
        depth = _measure_depth(first)
        below = list(takewhile(lambda line: _is_below(line, depth), rest))
        while below and not below[-1].strip():
            below.pop()
        closing = (
            rest[len(below) : len(below) + 1] if first.rstrip().endswith(("{", "[")) else []
        )
        lines = [first, *below, *closing]
        shown = tuple(_shorten(line) for line in lines[:MOST_LINES])
        return Quote(location.file, location.line, shown, len(lines) - len(shown))


def _measure_depth(line: str) -> int:
    """How far a line is indented."""
    return len(line) - len(line.lstrip(" "))


def _is_below(line: str, depth: int) -> bool:
    """Whether a line belongs to a value that begins at a depth."""
    return not line.strip() or _measure_depth(line) > depth


def _shorten(line: str) -> str:
    return line if len(line) <= WIDEST_LINE else f"{line[:WIDEST_LINE]}…"
