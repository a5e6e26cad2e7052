"""Mermaid flowcharts: ``web -->|port 4000| api`` is a flow, ``web --x api`` a denied one."""

from __future__ import annotations

import re
from enum import Enum

from msgspec import Struct, field

from netsim.intent.diagram.drawing import Drawing, DrawingSource, Pen, distinct
from netsim.intent.diagram.labels import read_label

_HEADER = re.compile(
    r"(?:flowchart|graph)(?:-elk)?(?:\s+(?:TB|TD|BT|RL|LR|[<>^v]))?\s*;?", re.IGNORECASE
)
_SKIPPED = re.compile(
    r"(?:classDef|class|style|linkStyle|click|direction)\s+(?![-=<~.&]|x--|x==)|acc(?:Title|Descr)\s*:"
)
_SUBGRAPH = re.compile(r"subgraph\b\s*(.*)")
_TITLED = re.compile(r"([^\[\]]*?)\s*\[(.*)\]")


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


class FlowchartNode(Struct, frozen=True):
    """A node; the text is empty where only the id stands."""

    id: str
    text: str


class _Edge(Struct, frozen=True):
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    link: Link
    row: int


def read_mermaid(source: DrawingSource) -> Drawing:
    """Read a flowchart.

    Raises ``IntentError`` at the first line that cannot be understood.
    """
    reader = _FlowchartReader(source)
    for row in reader.body():
        for statement in _statements(source.lines[row]):
            reader.statement(statement, row)
    return reader.drawing()


def _statements(line: str) -> list[str]:
    pieces = re.findall(r'(?:"[^"]*"|[^;"]|")+', line)
    return [piece.strip() for piece in pieces if piece.strip()]


class _FlowchartReader(Struct):
    source: DrawingSource
    texts: dict[str, str] = field(default_factory=dict)
    nodes: list[str] = field(default_factory=list)
    edges: list[_Edge] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)

    def body(self) -> list[int]:
        """The rows below the header that say something."""
        rows = [
            row
            for row, line in enumerate(self.source.lines)
            if line.strip() and not line.strip().startswith("%%")
        ]
        if rows and self.source.lines[rows[0]].strip() == "---":
            closing = [i for i, row in enumerate(rows[1:], 1) if self._text(row) == "---"]
            rows = rows[closing[0] + 1 :] if closing else rows
        if not rows or not _HEADER.fullmatch(self._text(rows[0]).split(";")[0]):
            row = rows[0] if rows else 0
            raise self.source.error(
                row, "only flowcharts can be read; begin with 'flowchart LR'"
            )
        header, _, rest = self._text(rows[0]).partition(";")
        if rest.strip():
            raise self.source.error(
                rows[0], f"put what follows {header!r} on a line of its own"
            )
        return rows[1:]

    def _text(self, row: int) -> str:
        return self.source.lines[row].strip()

    def statement(self, text: str, row: int) -> None:
        """Read one statement."""
        if _SKIPPED.match(text):
            return
        if found := _SUBGRAPH.fullmatch(text):
            self._subgraph(found[1], row)
        elif text == "end":
            if not self.groups:
                raise self.source.error(row, "'end' without a subgraph; remove it")
            self.groups.pop()
        else:
            self._chain(text, row)

    def _subgraph(self, text: str, row: int) -> None:
        self.groups.append(row)
        if titled := _TITLED.fullmatch(text):
            self.texts[titled[1]] = _plain(titled[2])

    def _chain(self, text: str, row: int) -> None:
        scanner = StatementScanner(text, self.source, row)
        sources = self._nodes(scanner)
        while not scanner.at_end:
            link = scanner.link()
            targets = self._nodes(scanner)
            self.edges.append(_Edge(sources, targets, link, row))
            sources = targets

    def _nodes(self, scanner: StatementScanner) -> tuple[str, ...]:
        found = []
        for node in scanner.nodes():
            if node.text:
                self.texts[node.id] = node.text
            self.nodes.append(node.id)
            found.append(node.id)
        return tuple(found)

    def drawing(self) -> Drawing:
        """What was drawn, with the texts of the nodes as names."""
        if self.groups:
            raise self.source.error(self.groups[-1], "a subgraph without 'end'; close it")
        pen = Pen()
        for edge in self.edges:
            self._draw(edge, pen)
        return pen.drawing(distinct(self._name(node) for node in self.nodes))

    def _name(self, node: str) -> str:
        return self.texts.get(node, node)

    def _draw(self, edge: _Edge, pen: Pen) -> None:
        where = self.source.location(edge.row)
        label = read_label(edge.link.label, where)
        for first in map(self._name, edge.sources):
            for second in map(self._name, edge.targets):
                for tip, ends in (
                    (edge.link.head, (first, second)),
                    (edge.link.tail, (second, first)),
                ):
                    if tip is LinkEnd.ARROW:
                        pen.arrow(*ends, label, where)
                    elif tip is LinkEnd.CROSS:
                        pen.cross(*ends, label, where)


_ID = re.compile(r"\w+(?:[-./](?=\w)\w+)*")
_SHAPES = (
    ("(((", ")))"), ("((", "))"), ("([", "])"), ("[[", "]]"), ("[(", ")]"), ("{{", "}}"),
    ("[/", "/]"), ("[/", "\\]"), ("[\\", "\\]"), ("[\\", "/]"),
    ("[", "]"), ("(", ")"), ("{", "}"), (">", "]"),
)  # fmt: skip
_CLASS = re.compile(r":::[\w-]+")
_BREAK = re.compile(r"<br\s*/?>|\\n", re.IGNORECASE)
_CODE = re.compile(r"#(\w+);", re.ASCII)
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


class StatementScanner(Struct):
    """Reads a statement from left to right."""

    text: str
    source: DrawingSource
    row: int
    position: int = 0

    @property
    def at_end(self) -> bool:
        """Whether nothing but blanks is left."""
        return not self.text[self.position :].strip()

    def nodes(self) -> tuple[FlowchartNode, ...]:
        """One node or several joined with ``&``."""
        found = [self._node()]
        while self._skip(re.compile(r"\s*&")):
            found.append(self._node())
        return tuple(found)

    def _skip(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        if found := pattern.match(self.text, self.position):
            self.position = found.end()
        return found

    def _node(self) -> FlowchartNode:
        self._skip(re.compile(r"\s*"))
        found = self._skip(_ID)
        if not found:
            raise self.source.error(self.row, "a node is missing; write it as id or id[Name]")
        text = self._shape()
        self._skip(_CLASS)
        return FlowchartNode(found[0], text)

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
    plain = " ".join(_BREAK.sub(" ", text).strip().strip('"').strip("`").split())
    return _CODE.sub(_decode, plain) if "#" in plain else plain


def _decode(found: re.Match[str]) -> str:
    """A character by its number, or by its name in HTML; what is neither stays."""
    from html import unescape  # its table of names is large, and hardly ever needed

    code = f"&#{found[1]};" if found[1].isdecimal() else f"&{found[1]};"
    char = unescape(code)
    return found[0] if char == code else char
