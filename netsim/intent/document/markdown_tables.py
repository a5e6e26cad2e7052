"""Pipe tables of a Markdown document (GitHub Flavored Markdown, "Tables (extension)")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from netsim.intent.document.inline import plain
from netsim.intent.document.markdown import Part, Prose

_PIPE = re.compile(r"(?<!\\)\|")
_ALIGNMENT = re.compile(r":?-+:?")
# What begins another block ends a table; so does an empty line.
_OTHER_BLOCK = re.compile(r" {0,3}(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])|[ \t]*$")


class Row(Struct, frozen=True):
    """A row: its cells with the Markdown in them, and its line."""

    cells: tuple[str, ...]
    line: int

    def cell(self, column: int) -> str:
        """A cell; empty where the row is shorter than the table."""
        return self.cells[column] if column < len(self.cells) else ""


class Table(Struct, frozen=True):
    """A header and the rows below it."""

    header: Row
    rows: tuple[Row, ...]

    def column(self, *words: str) -> int | None:
        """The first column whose header has all these words, apart from case and spacing."""
        for number, cell in enumerate(self.header.cells):
            letters = "".join(plain(cell).split()).casefold()
            if all(word in letters for word in words):
                return number
        return None

    @property
    def titles(self) -> str:
        """The headers, for messages."""
        return ", ".join(plain(cell) or "''" for cell in self.header.cells)


def tables(parts: Sequence[Part]) -> Iterator[Table]:
    """The tables among parts of a document."""
    index = 0
    while index < len(parts):
        header = _header(parts, index)
        if header is None:
            index += 1
            continue
        end = _end(parts, index + 2)
        rows = tuple(_row(p) for p in parts[index + 2 : end] if isinstance(p, Prose))
        yield Table(header, rows)
        index = end


def _header(parts: Sequence[Part], index: int) -> Row | None:
    """The header in front of a row of dashes, which has as many cells."""
    first, *rest = parts[index : index + 2]
    second = rest[0] if rest else None
    if not isinstance(first, Prose) or not isinstance(second, Prose) or "|" not in first.text:
        return None
    header, dashes = _row(first), _row(second)
    are_dashes = all(_ALIGNMENT.fullmatch(cell) for cell in dashes.cells)
    return header if are_dashes and len(dashes.cells) == len(header.cells) else None


def _end(parts: Sequence[Part], start: int) -> int:
    for index in range(start, len(parts)):
        part = parts[index]
        if not isinstance(part, Prose) or _OTHER_BLOCK.match(part.text):
            return index
    return len(parts)


def _row(prose: Prose) -> Row:
    text = prose.text.strip().removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    cells = tuple(cell.strip().replace("\\|", "|") for cell in _PIPE.split(text))
    return Row(cells, prose.line)
