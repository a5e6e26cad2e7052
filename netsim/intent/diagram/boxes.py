"""The boxes of a text drawing, on a grid of display columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from msgspec import Struct

from netsim.intent.diagram.drawing import DrawingSource

_TOP_LEFT = "┌╭╔┏+"
_TOP_RIGHT = "┐╮╗┓+"
_BOTTOM_LEFT = "└╰╚┗+"
_BOTTOM_RIGHT = "┘╯╝┛+"
_HORIZONTAL = "─━═-=┬┴┼╤╧┯┷┳┻╦╩╌┄"
_SIDE = "│┃║|├┤┝┥┠┨┣┫╞╡╟╢╠╣┆┊╎"
_FILLER = "\0"


class Box(Struct, frozen=True):
    """A box: its name, and the rows and display columns of its border."""

    name: str
    top: int
    bottom: int
    left: int
    right: int

    def covers(self, row: int) -> bool:
        """Whether the row crosses the box, border included."""
        return self.top <= row <= self.bottom

    def spans(self, column: int) -> bool:
        """Whether the column crosses the box, border included."""
        return self.left <= column <= self.right


class TextGap(Struct, frozen=True):
    """Text of one row outside all boxes, with the boxes it touches on either side."""

    row: int
    column: int
    text: str
    left: Box | None
    right: Box | None


def grid(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines with one character for each display column."""
    return tuple("".join(_cells(line.expandtabs(8))) for line in lines)


def _cells(line: str) -> Iterator[str]:
    for character in line:
        if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn"):
            continue
        yield character
        if unicodedata.east_asian_width(character) in "WF":
            yield _FILLER


def read_columns(cells: str) -> str:
    """The text that was drawn on these columns."""
    return cells.replace(_FILLER, "")


def find_boxes(rows: tuple[str, ...], source: DrawingSource) -> tuple[Box, ...]:
    """All closed boxes, in reading order.

    Raises ``IntentError`` for a box without a name and for boxes within boxes.
    """
    found: list[Box] = []
    for row, line in enumerate(rows):
        for column, character in enumerate(line):
            if character in _TOP_LEFT and (box := _box_at(rows, row, column)):
                _check(box, found, source)
                found.append(box)
    return tuple(found)


def _check(box: Box, found: list[Box], source: DrawingSource) -> None:
    for other in found:
        if other.covers(box.top) and other.spans(box.left):
            raise source.error(box.top, "boxes within boxes cannot be read; draw them apart")
    if not box.name:
        raise source.error(box.top, "the box that starts here has no name; write one in it")


def _box_at(rows: tuple[str, ...], top: int, left: int) -> Box | None:
    for right in _corners(rows[top], left):
        if bottom := _bottom(rows, top, left, right):
            name = _name(rows[top + 1 : bottom], left, right)
            return Box(name, top, bottom, left, right)
    return None


def _corners(line: str, left: int) -> Iterator[int]:
    for column in range(left + 1, len(line)):
        if line[column] in _TOP_RIGHT and column > left + 1:
            yield column
        elif line[column] not in _HORIZONTAL:
            return


def _bottom(rows: tuple[str, ...], top: int, left: int, right: int) -> int | None:
    for row in range(top + 1, len(rows)):
        line = rows[row]
        if len(line) <= right:
            return None
        if line[left] in _BOTTOM_LEFT and line[right] in _BOTTOM_RIGHT:
            edge = line[left + 1 : right]
            return row if all(cell in _HORIZONTAL + "+" for cell in edge) else None
        if line[left] not in _SIDE or line[right] not in _SIDE + "+":
            return None
    return None


def _name(rows: tuple[str, ...], left: int, right: int) -> str:
    inside = (row[left + 1 : right].strip() for row in rows)
    words = (line for line in inside if line.strip(_HORIZONTAL))
    return read_columns(" ".join(" ".join(words).split()))


def gaps(rows: tuple[str, ...], boxes: tuple[Box, ...]) -> Iterator[TextGap]:
    """The text outside the boxes, row by row from left to right, without blank gaps."""
    for row, line in enumerate(rows):
        start, before = 0, None
        crossing = sorted((b for b in boxes if b.covers(row)), key=lambda box: box.left)
        for box in (*crossing, None):
            end = box.left if box else len(line)
            if line[start:end].strip():
                yield TextGap(row, start, line[start:end], before, box)
            if box:
                start, before = box.right + 1, box
