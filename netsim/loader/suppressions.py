"""Comments in the input that suppress findings: ``# netsim: ignore[rule-id] reason``."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from msgspec import Struct

from netsim.errors import TreeError
from netsim.loader.tree.documents import Chunk, chunks
from netsim.model.finding import Diagnostic, Severity
from netsim.model.location import Location

_MENTION = re.compile(r"(?:^|(?<=[ \t]))#[ \t]*netsim:[ \t]*ignore\b")
_FORM = re.compile(r"\[(?P<rules>[^\]]*)\][ \t]*(?P<reason>.*)")
_RULE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ASIDE = re.compile(r"[ \t]*(#.*)?")
_MARKER = re.compile(r"---(?=[ \t]|\Z)")
_BARE = re.compile(r"---[ \t]*(#.*)?")
_BODY = re.compile(r"[\"']?(?:spec|items)[\"']?[ \t]*:")


class Suppression(Struct, frozen=True):
    """A comment that suppresses findings of some rules on some lines of its file."""

    rules: tuple[str, ...]
    reason: str
    location: Location
    first_line: int
    last_line: int

    def covers(self, rule: str, location: Location) -> bool:
        """Whether a finding of a rule at a place is suppressed."""
        return (
            rule in self.rules
            and location.file == self.location.file
            and self.first_line <= location.line <= self.last_line
        )


def suppressions(name: str, text: str) -> list[Suppression | Diagnostic]:
    """The suppressions of a file, and warnings about those that are not well formed."""
    if "netsim:" not in text:
        return []
    page = _Page.of(text.split("\n"))
    return [
        _suppression(Location(name, line), rest, _Place(page, chunk, line, column))
        for chunk in chunks(text)
        for line, column, rest in _mentions(chunk)
    ]


def _mentions(chunk: Chunk) -> Iterator[tuple[int, int, str]]:
    """Line, column and what follows, of each mention that is a comment."""
    found = [(*each, match) for each in _lines(chunk) for match in _MENTION.finditer(each[2])]
    scalars = _scalars(chunk.text) if found else []
    last = 0
    for number, start, line, match in found:
        place = start + match.start()
        inside = any(first <= place < end for first, end in scalars)
        if number != last and not inside:
            last = number
            yield number, match.start(), line[match.end() :]


def _lines(chunk: Chunk) -> Iterator[tuple[int, int, str]]:
    """Each line of a chunk with its number in the file and where it starts."""
    start = 0
    for number, line in enumerate(chunk.text.split("\n"), chunk.first_line):
        yield number, start, line
        start += len(line) + 1


def _scalars(text: str) -> list[tuple[int, int]]:
    """Where text stands that is no comment: everywhere, if the document is broken."""
    from netsim.loader.tree import yaml as yaml_tree

    try:
        return yaml_tree.scalar_spans(text)
    except TreeError:
        return [(0, len(text))]


class _Page(Struct, frozen=True):
    """The lines of a file.

    ``following`` has for each line, by its number, the next one of content, or 0; ``bodies``
    are the numbers of the lines that begin a spec.  Looked up for every comment, so that a
    file of comments alone takes no longer than its length.
    """

    lines: list[str]
    following: list[int]
    bodies: list[int]

    @classmethod
    def of(cls, lines: list[str]) -> _Page:
        following = [0] * (len(lines) + 1)
        for number in range(len(lines) - 1, -1, -1):
            is_aside = _ASIDE.fullmatch(lines[number])
            following[number] = following[number + 1] if is_aside else number + 1
        bodies = [number for number, line in enumerate(lines, 1) if _BODY.match(line)]
        return cls(lines, following, bodies)


class _Place(Struct, frozen=True):
    """Where a comment stands; ``column`` is that of its ``#``."""

    page: _Page
    chunk: Chunk
    line: int
    column: int

    def span(self) -> tuple[int, int] | None:
        """The lines it covers; None at the end of a document that another one follows.

        Before a document's spec: the whole document.  Else its line, and where it stands
        alone, up to the next line that is not a comment.
        """
        following = self._following()
        if following > self.chunk.last_line:
            return self._next_document(following) if self._in_preamble(following) else None
        bodies = self.page.bodies
        if bisect_left(bodies, self.chunk.first_line) == bisect_right(bodies, self.line):
            return (self.chunk.first_line, self.chunk.last_line)
        return (self.line, following)

    def _in_preamble(self, marker: int) -> bool:
        """Whether it belongs to a block of comments right above the marker, set off before."""
        first = self.line
        while first > self.chunk.first_line and self._aside(first - 1):
            first -= 1
        block = self.page.lines[self.line - 1 : marker - 1]
        if first == self.chunk.first_line or _BARE.fullmatch(self.page.lines[first - 2]):
            return True
        above = self.page.lines[first - 1 : self.line]
        return all(map(str.strip, block)) and not all(map(str.strip, above))

    def _aside(self, number: int) -> bool:
        return bool(_ASIDE.fullmatch(self.page.lines[number - 1]))

    def _following(self) -> int:
        """The next line of content; the comment's own where content precedes it."""
        if self.page.lines[self.line - 1][: self.column].strip():
            return self.line
        return self.page.following[self.line] or self.line

    def _next_document(self, marker: int) -> tuple[int, int]:
        for number in range(marker + 1, len(self.page.lines) + 1):
            if _MARKER.match(self.page.lines[number - 1]):
                return (marker, number - 1)
        return (marker, max(marker, len(self.page.lines) - (not self.page.lines[-1])))


def _suppression(location: Location, rest: str, place: _Place) -> Suppression | Diagnostic:
    match = _FORM.fullmatch(rest.strip())
    rules = tuple(rule.strip() for rule in match["rules"].split(",")) if match else ()
    if match is None or not all(_RULE.fullmatch(rule) for rule in rules):
        return _warning(location, "it names no rule")
    if not match["reason"].strip():
        return _warning(location, "it gives no reason")
    span = place.span()
    if span is None:
        return _report_misplaced(location)
    return Suppression(rules, match["reason"].strip(), location, *span)


def _report_misplaced(location: Location) -> Diagnostic:
    message = (
        "this comment suppresses nothing, it ends a document: "
        "move it below the --- to apply it to the next one"
    )
    return Diagnostic(Severity.WARNING, message, location)


def _warning(location: Location, what: str) -> Diagnostic:
    message = f"this comment suppresses nothing, {what}: write # netsim: ignore[rule-id] reason"
    return Diagnostic(Severity.WARNING, message, location)
