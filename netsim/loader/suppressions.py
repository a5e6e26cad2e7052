"""Comments in the input that silence findings: ``# netsim: ignore[rule-id] reason``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from netsim.loader.documents import Chunk, chunks
from netsim.model.finding import Diagnostic, Severity
from netsim.model.location import Location

_MENTION = re.compile(r"(?:^|(?<=[ \t]))#[ \t]*netsim:[ \t]*ignore\b(?P<rest>.*)")
_FORM = re.compile(r"\[(?P<rules>[^\]]*)\][ \t]*(?P<reason>.*)")
_RULE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ASIDE = re.compile(r"[ \t]*(#.*)?")
_BODY = re.compile(r"[\"']?(?:spec|items)[\"']?[ \t]*:")


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment that silences findings of some rules on some lines of its file."""

    rules: tuple[str, ...]
    reason: str
    location: Location
    first_line: int
    last_line: int

    def covers(self, rule: str, location: Location) -> bool:
        """Whether a finding of a rule at a place is silenced."""
        return (
            rule in self.rules
            and location.file == self.location.file
            and self.first_line <= location.line <= self.last_line
        )


def suppressions(name: str, text: str) -> list[Suppression | Diagnostic]:
    """The suppressions of a file, and warnings about those that are not well formed."""
    if "netsim:" not in text:
        return []
    parts = chunks(text)
    lines = text.split("\n")
    return [
        _suppression(
            Location(name, number), match["rest"], _Place(lines, parts, number, match.start())
        )
        for number, line in enumerate(lines, 1)
        if (match := _MENTION.search(line))
    ]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a comment stands; ``column`` is that of its ``#``."""

    lines: list[str]
    chunks: list[Chunk]
    line: int
    column: int

    def span(self) -> tuple[int, int]:
        """The lines it covers.

        Before a document's spec: the whole document.  Else its line, and where it stands
        alone, up to the next line that is not a comment.
        """
        following = self._following()
        if self.lines[following - 1].startswith("---"):
            return self._document(following)
        before = self.lines[self._document(self.line)[0] - 1 : self.line]
        if not any(_BODY.match(line) for line in before):
            return self._document(self.line)
        return (self.line, following)

    def _following(self) -> int:
        """The next line of content; the comment's own where content precedes it."""
        if self.lines[self.line - 1][: self.column].strip():
            return self.line
        for number in range(self.line + 1, len(self.lines) + 1):
            if not _ASIDE.fullmatch(self.lines[number - 1]):
                return number
        return self.line

    def _document(self, line: int) -> tuple[int, int]:
        for chunk in self.chunks:
            if chunk.first_line <= line <= chunk.last_line:
                return (chunk.first_line, chunk.last_line)
        return (line, line)


def _suppression(location: Location, rest: str, place: _Place) -> Suppression | Diagnostic:
    match = _FORM.fullmatch(rest.strip())
    rules = tuple(rule.strip() for rule in match["rules"].split(",")) if match else ()
    if match is None or not all(_RULE.fullmatch(rule) for rule in rules):
        return _warning(location, "it names no rule")
    if not match["reason"].strip():
        return _warning(location, "it gives no reason")
    first, last = place.span()
    return Suppression(rules, match["reason"].strip(), location, first, last)


def _warning(location: Location, what: str) -> Diagnostic:
    message = f"this comment silences nothing, {what}: write # netsim: ignore[rule-id] reason"
    return Diagnostic(Severity.WARNING, message, location)
