"""How a file is laid out around a spot, so that what is added looks like what is there."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.loader.tree.place import Form, Place
from netsim.words.yaml import Layout


def column(text: str, offset: int) -> int:
    """How many characters stand before an offset on its line."""
    return offset - line_start(text, offset)


def line_start(text: str, offset: int) -> int:
    """Where the line of an offset begins."""
    return text.rfind("\n", 0, offset) + 1


def line_end(text: str, offset: int) -> int:
    """Where the line of an offset ends, before its line feed."""
    end = text.find("\n", offset)
    return len(text) if end < 0 else end


def indent_of(text: str, offset: int) -> str:
    """The blanks that the line of an offset begins with."""
    start = line_start(text, offset)
    line = text[start : line_end(text, start)]
    return line[: len(line) - len(line.lstrip(" \t"))]


def begins_line(text: str, offset: int) -> bool:
    """Whether nothing but blanks stands before an offset on its line."""
    return not text[line_start(text, offset) : offset].strip(" \t")


def find_layout(text: str, near: tuple[Place, ...]) -> Layout:
    """The indentation of block collections in the first of some places that has any."""
    steps = (step for place in near for step in _steps(text, place, Form.MAPPING))
    insets = (inset for place in near for inset in _steps(text, place, Form.SEQUENCE))
    default = Layout()
    return Layout(next(steps, default.step), next(insets, default.inset))


def _steps(text: str, place: Place, form: Form) -> Iterator[int]:
    for each in place.walk():
        if each.is_flow or each.form is not Form.MAPPING or not each.entries:
            continue
        own = column(text, each.start)
        for _, value in each.entries:
            if value.form is form and not value.is_flow and value.start == value.inner:
                yield column(text, value.start) - own
