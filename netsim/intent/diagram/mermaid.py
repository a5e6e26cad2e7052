"""Mermaid flowcharts."""

from __future__ import annotations

import re

from msgspec import Struct, field

from netsim.intent.diagram.drawing import Drawing, Pen, Source, distinct
from netsim.intent.diagram.labels import read_label
from netsim.intent.diagram.mermaid_parts import Link, LinkEnd, Scanner

_HEADER = re.compile(
    r"(?:flowchart|graph)(?:-elk)?(?:\s+(?:TB|TD|BT|RL|LR|[<>^v]))?\s*;?", re.IGNORECASE
)
_SKIPPED = re.compile(
    r"(?:classDef|class|style|linkStyle|click|direction)\s+(?![-=<~.&]|x--|x==)|acc(?:Title|Descr)\s*:"
)
_SUBGRAPH = re.compile(r"subgraph\b\s*(.*)")
_TITLED = re.compile(r"([^\[\]]*?)\s*\[(.*)\]")


class _Edge(Struct, frozen=True):
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    link: Link
    row: int


def read_mermaid(source: Source) -> Drawing:
    """Read a flowchart.

    Raises ``IntentError`` at the first line that cannot be understood.
    """
    reader = _Reader(source)
    for row in reader.body():
        for statement in _statements(source.lines[row]):
            reader.statement(statement, row)
    return reader.drawing()


def _statements(line: str) -> list[str]:
    pieces = re.findall(r'(?:"[^"]*"|[^;"]|")+', line)
    return [piece.strip() for piece in pieces if piece.strip()]


class _Reader(Struct):
    source: Source
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
            self.texts[titled[1]] = titled[2].strip('" ')

    def _chain(self, text: str, row: int) -> None:
        scanner = Scanner(text, self.source, row)
        sources = self._nodes(scanner)
        while not scanner.at_end:
            link = scanner.link()
            targets = self._nodes(scanner)
            self.edges.append(_Edge(sources, targets, link, row))
            sources = targets

    def _nodes(self, scanner: Scanner) -> tuple[str, ...]:
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
