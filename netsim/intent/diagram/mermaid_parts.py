"""The nodes and links of a Mermaid statement."""

from __future__ import annotations

import re
from enum import Enum

from msgspec import Struct

from netsim.intent.diagram.drawing import Source


class LinkEnd(Enum):
    """What is drawn at one end of a link."""

    PLAIN = "plain"
    ARROW = "arrow"
    CROSS = "cross"


class Link(Struct, frozen=True):
    """A link between nodes; ``head`` is its right end."""

    tail: LinkEnd
    head: LinkEnd
    label: str


class Node(Struct, frozen=True):
    """A node; the text is empty where only the id stands."""

    id: str
    text: str


_ID = re.compile(r"\w+(?:[-./](?=\w)\w+)*")
_SHAPES = (
    ("(((", ")))"), ("((", "))"), ("([", "])"), ("[[", "]]"), ("[(", ")]"), ("{{", "}}"),
    ("[/", "/]"), ("[/", "\\]"), ("[\\", "\\]"), ("[\\", "/]"),
    ("[", "]"), ("(", ")"), ("{", "}"), (">", "]"),
)  # fmt: skip
_CLASS = re.compile(r":::[\w-]+")
_BREAK = re.compile(r"<br\s*/?>|\\n", re.IGNORECASE)
_INVISIBLE = re.compile(r"\s*~~~+\s*")
_END = r"(?P<head>[>xo])?"
_LINKS = (
    re.compile(rf"\s*(?P<tail>[<xo])?-\.+-{_END}"),
    re.compile(rf"\s*(?P<tail>[<xo])?(?:-{{2,}}|={{2,}}){_END}(?<!--)(?<!==)"),
    re.compile(
        r"\s*(?P<tail>[<xo])?--(?![->xo])\s*(?P<label>\"[^\"]*\"|.+?)\s*--+(?P<head>[>xo])?"
    ),
    re.compile(
        r"\s*(?P<tail>[<xo])?==(?![=>xo])\s*(?P<label>\"[^\"]*\"|.+?)\s*==+(?P<head>[>xo])?"
    ),
    re.compile(
        r"\s*(?P<tail>[<xo])?-\.\s*(?P<label>\"[^\"]*\"|[^.\s-].*?)\s*\.+-(?P<head>[>xo])?"
    ),
    re.compile(r"\s*(?P<tail>[<xo])?(?:-{3,}|={3,})(?P<head>[>xo])?"),
)
_LABEL = re.compile(r"\s*\|([^|]*)\|")
_TIPS = {None: LinkEnd.PLAIN, "<": LinkEnd.ARROW, ">": LinkEnd.ARROW, "x": LinkEnd.CROSS}


class Scanner(Struct):
    """Reads a statement from left to right."""

    text: str
    source: Source
    row: int
    position: int = 0

    @property
    def at_end(self) -> bool:
        """Whether nothing but blanks is left."""
        return not self.text[self.position :].strip()

    def nodes(self) -> tuple[Node, ...]:
        """One node or several joined with ``&``."""
        found = [self._node()]
        while self._skip(re.compile(r"\s*&")):
            found.append(self._node())
        return tuple(found)

    def _skip(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        if found := pattern.match(self.text, self.position):
            self.position = found.end()
        return found

    def _node(self) -> Node:
        self._skip(re.compile(r"\s*"))
        found = self._skip(_ID)
        if not found:
            raise self.source.error(self.row, "a node is missing; write it as id or id[Name]")
        text = self._shape()
        self._skip(_CLASS)
        return Node(found[0], text)

    def _shape(self) -> str:
        for opening, closing in _SHAPES:
            if self.text.startswith(opening, self.position):
                start = self.position + len(opening)
                end = self._closing(start, closing)
                if end >= 0:
                    self.position = end + len(closing)
                    return _plain(self.text[start:end])
        return ""

    def _closing(self, start: int, closing: str) -> int:
        quoted = re.compile(r'\s*"[^"]*"\s*').match(self.text, start)
        if not quoted:
            return self.text.find(closing, start)
        return quoted.end() if self.text.startswith(closing, quoted.end()) else -1

    def link(self) -> Link:
        """The link at this position, with its label."""
        if self._skip(_INVISIBLE):
            return Link(LinkEnd.PLAIN, LinkEnd.PLAIN, "")
        for pattern in _LINKS:
            if found := self._skip(pattern):
                return self._link(found)
        raise self.source.error(
            self.row, "a line that cannot be read; write links as 'A -->|port 4000| B'"
        )

    def _link(self, found: re.Match[str]) -> Link:
        tail, head = found["tail"], found["head"]
        piped = self._skip(_LABEL)
        inner = found.groupdict().get("label") or ""
        if piped and inner:
            raise self.source.error(self.row, "two labels on one link; write them as one")
        label = piped[1] if piped else inner
        if "o" in (tail, head) or (head is None):
            raise self.source.error(
                self.row, "a link without a direction; write --> for allowed or --x for denied"
            )
        if tail and (tail == "x") != (head == "x"):
            raise self.source.error(
                self.row, "a link with an arrow and a cross; write two links instead"
            )
        return Link(_TIPS[tail], _TIPS[head], _plain(label))


def _plain(text: str) -> str:
    return " ".join(_BREAK.sub(" ", text).strip().strip('"').strip("`").split())
