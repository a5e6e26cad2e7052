"""JSON text to trees, with lines and duplicate keys noticed, which the json module cannot."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property
from json import JSONDecodeError, decoder

from netsim.errors import TreeError
from netsim.loader.tree.place import Form, Place
from netsim.model.tree import (
    DEEPEST,
    Mapping,
    MappingEntry,
    Scalar,
    ScalarStyle,
    Sequence,
    Tree,
)

# The json module's own string scanner: no other public function tells where a string ends.
_scan: Callable[[str, int, bool], tuple[str, int]] = decoder.scanstring  # type: ignore[attr-defined]
_BLANK = re.compile(r"[ \t\n\r]*")
_LITERAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null")


def trees(text: str, first_line: int = 1) -> Iterator[Tree]:
    """The values of a JSON text, one after another.  Raises ``TreeError``."""
    builder = _Builder(text, first_line)
    while not builder.at_end():
        yield builder.value(0)


def find_member(text: str, name: str) -> int:
    """Where the value of a key of the outermost mapping begins.  Raises ``TreeError``."""
    return _PlaceBuilder(text).find_member(name)


def places(text: str) -> list[Place]:
    """Where the values of a JSON text stand.  Raises ``TreeError``."""
    builder = _PlaceBuilder(text)
    found = []
    while not builder.at_end():
        found.append(builder.place())
    return found


class _Builder:
    """Walks through the text; ``_at`` is the offset of what comes next."""

    def __init__(self, text: str, first_line: int = 1) -> None:
        self._text = text
        self._at = 0
        self._first_line = first_line

    @cached_property
    def _breaks(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self._text)]

    def at_end(self) -> bool:
        return self._peek() == ""

    def value(self, depth: int) -> Tree:
        sign = self._peek()
        line = self._line(self._at)
        if sign == '"':
            return Scalar(self._string(), ScalarStyle.QUOTED, line)
        if sign not in ("{", "["):
            return self._literal(line)
        if depth >= DEEPEST:
            raise TreeError(f"nested too deeply: use at most {DEEPEST} levels", line)
        self._at += 1
        if sign == "{":
            return Mapping(self._entries(depth + 1), line)
        return Sequence(tuple(self._items(depth + 1)), line)

    def _peek(self) -> str:
        match = _BLANK.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[self._at : self._at + 1]

    def _line(self, offset: int) -> int:
        return bisect_right(self._breaks, offset - 1) + self._first_line

    def _expect(self, sign: str, what: str) -> None:
        if self._peek() != sign:
            raise self._wrong(what)
        self._at += 1

    def _wrong(self, what: str) -> TreeError:
        found = self._text[self._at : self._at + 1] or "the end of the text"
        return TreeError(f"not JSON: found {found}, expected {what}", self._line(self._at))

    def _literal(self, line: int) -> Scalar:
        match = _LITERAL.match(self._text, self._at)
        if not match:
            raise self._wrong("a value")
        self._at = match.end()
        return Scalar(match.group(), ScalarStyle.PLAIN, line)

    def _string(self) -> str:
        try:
            found, self._at = _scan(self._text, self._at + 1, True)  # noqa: FBT003
        except JSONDecodeError as error:
            raise TreeError(f"not JSON: {error.msg}", self._line(error.pos)) from error
        return found

    def _items(self, depth: int) -> Iterator[Tree]:
        if self._peek() == "]":
            self._at += 1
            return
        while True:
            yield self.value(depth)
            if self._peek() != ",":
                break
            self._at += 1
        self._expect("]", "a comma or ]")

    def _entries(self, depth: int) -> dict[str, MappingEntry]:
        entries: dict[str, MappingEntry] = {}
        if self._peek() == "}":
            self._at += 1
            return entries
        while True:
            self._entry(entries, depth)
            if self._peek() != ",":
                break
            self._at += 1
        self._expect("}", "a comma or }")
        return entries

    def _entry(self, entries: dict[str, MappingEntry], depth: int) -> None:
        if self._peek() != '"':
            raise self._wrong("a key in double quotes")
        line = self._line(self._at)
        key = self._string()
        if key in entries:
            raise TreeError(f"duplicate key {key}: keep one", line, entries[key].line)
        self._expect(":", "a colon after the key")
        entries[key] = MappingEntry(line, self.value(depth))


class _PlaceBuilder(_Builder):
    """Walks through a text that makes trees, and so is neither wrong nor too deep."""

    def find_member(self, name: str) -> int:
        self._expect("{", "a mapping")
        while True:
            self._peek()
            key = self._string()
            self._expect(":", "a colon after the key")
            self._peek()
            if key == name:
                return self._at
            self.place()
            self._expect(",", "a comma")

    def place(self) -> Place:
        sign = self._peek()
        start = self._at
        if sign == '"':
            text = self._string()
            return Place(Form.SCALAR, start, start, self._at, True, (), text, '"')  # noqa: FBT003
        if sign not in ("{", "["):
            scalar = self._literal(0)
            return Place(Form.SCALAR, start, start, self._at, True, (), scalar.text)  # noqa: FBT003
        self._at += 1
        form = Form.MAPPING if sign == "{" else Form.SEQUENCE
        entries: list[tuple[Place | None, Place]] = []
        while self._peek() not in ("}", "]"):
            key = None
            if form is Form.MAPPING:
                key = self.place()
                self._expect(":", "a colon after the key")
            entries.append((key, self.place()))
            if self._peek() == ",":
                self._at += 1
        self._at += 1
        return Place(form, start, start, self._at, True, tuple(entries))  # noqa: FBT003
