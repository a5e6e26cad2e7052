"""Drawings made of characters: boxes, arrows that leave them, and crosses between them."""

from __future__ import annotations

from msgspec import Struct, field

from netsim.intent.diagram.boxes import Box, TextGap, find_boxes, gaps, grid, read_columns
from netsim.intent.diagram.connectors import Connector, LineHeading, read_connectors
from netsim.intent.diagram.drawing import Drawing, DrawingSource, Pen
from netsim.intent.diagram.labels import (
    UNLABELLED,
    ArrowTarget,
    Label,
    read_label,
    read_targets,
)

_BARS = "│┃║|╎┆┊"
_CROSSES = "✗✘✕✖❌╳×xX"
_BRANCHES = "├└╰┗┣╚╠┝┕`\\+"


def read_ascii(source: DrawingSource) -> Drawing:
    """Read a drawing made of characters.

    Raises ``IntentError`` at the first line that cannot be understood.
    """
    rows = grid(source.lines)
    boxes = find_boxes(rows, source)
    reader = _DrawingReader(source, rows, boxes)
    for gap in gaps(rows, boxes):
        reader.read(gap)
    return reader.pen.drawing(box.name for box in boxes)


class _Start(Struct, frozen=True):
    """Where the last arrow of a box began; branches below it belong to the same box."""

    name: str
    box: Box | None
    row: int
    column: int


class _DrawingReader(Struct):
    source: DrawingSource
    rows: tuple[str, ...]
    boxes: tuple[Box, ...]
    pen: Pen = field(default_factory=Pen)
    starts: list[_Start] = field(default_factory=list)

    def read(self, gap: TextGap) -> None:
        """Read the text of one gap."""
        if set(gap.text) <= set(_BARS + " "):
            self._bars(gap)
        elif (text := gap.text.strip())[0] in _CROSSES and self._is_mark(text):
            self._mark(gap)
        else:
            self._connectors(gap)

    @staticmethod
    def _is_mark(text: str) -> bool:
        words = read_columns(text).split(maxsplit=1)
        return len(words[0]) == 1 and (len(words) == 1 or words[1][0] in "([")

    def _bars(self, gap: TextGap) -> None:
        for column, cell in enumerate(gap.text, gap.column):
            if cell in _BARS and not self._leads_somewhere(gap.row, column):
                raise self.source.error(
                    gap.row,
                    "a line that leads to no branch and no ✗, or the side of a box that is "
                    "not closed; draw arrows as ──→ and boxes with four corners",
                )

    def _leads_somewhere(self, row: int, column: int) -> bool:
        down = self._end_of_bars(row, column, 1)
        return down in _BRANCHES + _CROSSES or self._end_of_bars(row, column, -1) in _CROSSES

    def _end_of_bars(self, row: int, column: int, step: int) -> str:
        while 0 <= row < len(self.rows):
            cell = self.rows[row][column : column + 1] or " "
            if any(box.covers(row) and box.spans(column) for box in self.boxes):
                return " "
            if cell not in _BARS or self.rows[row][column + 1 : column + 2] in tuple("-─>→"):
                return "├" if cell in _BARS else cell
            row += step
        return " "

    def _mark(self, gap: TextGap) -> None:
        text = gap.text.strip()
        column = gap.column + gap.text.index(text[0])
        label = self._label(read_columns(text[1:]).strip(), gap)
        first, second = self._sides(gap, column)
        if not first or not second:
            raise self.source.error(
                gap.row,
                "a ✗ stands between two boxes: below one and above the other, or beside",
            )
        where = self.source.location(gap.row)
        self.pen.cross(first.name, second.name, label, where)
        self.pen.cross(second.name, first.name, label, where)

    def _sides(self, gap: TextGap, column: int) -> tuple[Box | None, Box | None]:
        if gap.left and gap.right:
            return gap.left, gap.right
        above = [b for b in self.boxes if b.bottom < gap.row and b.spans(column)]
        below = [b for b in self.boxes if b.top > gap.row and b.spans(column)]
        return (
            max(above, key=lambda box: box.bottom, default=None),
            min(below, key=lambda box: box.top, default=None),
        )

    def _label(self, text: str, gap: TextGap) -> Label:
        if not text:
            return UNLABELLED
        if text[0] + text[-1] not in ("()", "[]"):
            raise self.source.error(gap.row, "text that cannot be read; labels go in (...)")
        return read_label(text[1:-1], self.source.location(gap.row))

    def _connectors(self, gap: TextGap) -> None:
        connectors = read_connectors(gap.text)
        if not connectors:
            raise self.source.error(
                gap.row,
                "a line that cannot be read; draw boxes with closed corners and aligned "
                "sides, arrows as '──→ Name (port 4000)', and keep other text outside",
            )
        first = connectors[0]
        sources = self._first_sources(gap, gap.text[: first.start], first)
        ends = [connector.start for connector in connectors[1:]] + [len(gap.text)]
        for index, (connector, end) in enumerate(zip(connectors, ends, strict=True)):
            is_last = index == len(connectors) - 1
            text = gap.text[connector.end : end]
            targets = self._targets(gap, text, gap.right if is_last else None)
            self._draw(gap, sources, connector, targets)
            # A label belongs to the arrow before its name, not to the one after.
            sources = tuple(ArrowTarget(target.name, UNLABELLED) for target in targets)

    def _first_sources(
        self, gap: TextGap, text: str, first: Connector
    ) -> tuple[ArrowTarget, ...]:
        column = gap.column + first.start
        if first.branches:
            if text.strip():
                raise self.source.error(gap.row, "text before a branch cannot be read")
            return (ArrowTarget(self._owner(gap, column).name, UNLABELLED),)
        if text.strip() and not gap.left:
            sources = self._targets(gap, text, None)
            if len(sources) > 1:
                raise self.source.error(gap.row, "several names before an arrow; draw one each")
            self.starts.append(_Start(sources[0].name, None, gap.row, column))
            return sources
        if text.strip() or not gap.left:
            what = (
                "text between a box and its arrow" if gap.left else "an arrow without a start"
            )
            raise self.source.error(gap.row, f"{what}; start it at the side of a box")
        self.starts.append(_Start(gap.left.name, gap.left, gap.row, column))
        return (ArrowTarget(gap.left.name, UNLABELLED),)

    def _owner(self, gap: TextGap, column: int) -> _Start:
        left = [
            start for start in self.starts if start.column <= column and start.row < gap.row
        ]
        if not left:
            raise self.source.error(
                gap.row, "a branch without an arrow above it; start the first at the box"
            )
        owner = max(left, key=lambda start: (start.row, start.column))
        for box in self.boxes:
            between = owner.row < box.bottom and box.top <= gap.row and box.left <= column
            if between and box != owner.box and not self._beside(box, owner):
                raise self.source.error(
                    gap.row,
                    f"a branch that may belong to {owner.name!r} or {box.name!r}; "
                    "start it with an arrow at the side of its box",
                )
        return owner

    @staticmethod
    def _beside(box: Box, owner: _Start) -> bool:
        return owner.box is not None and box.right < owner.box.left

    def _targets(self, gap: TextGap, text: str, right: Box | None) -> tuple[ArrowTarget, ...]:
        where = self.source.location(gap.row)
        plain = read_columns(text).strip()
        if right and (not plain or plain[0] in "(["):
            return (ArrowTarget(right.name, self._label(plain, gap)),)
        if not plain:
            raise self.source.error(gap.row, "an arrow to nowhere; write a name after it")
        return read_targets(plain, where)

    def _draw(
        self,
        gap: TextGap,
        sources: tuple[ArrowTarget, ...],
        connector: Connector,
        targets: tuple[ArrowTarget, ...],
    ) -> None:
        inner = self._inner(connector, gap)
        for source in sources:
            for target in targets:
                label = self._only((inner, source.label, target.label), gap)
                self._flow(gap, source.name, target.name, connector, label)

    def _only(self, labels: tuple[Label, ...], gap: TextGap) -> Label:
        said = [label for label in labels if label.text]
        if len(said) > 1:
            raise self.source.error(gap.row, "two labels on one arrow; write them as one")
        return said[0] if said else UNLABELLED

    def _inner(self, connector: Connector, gap: TextGap) -> Label:
        text = read_columns(connector.label).strip()
        if not text:
            return UNLABELLED
        bare = text[1:-1] if text[0] + text[-1] in ("()", "[]") else text
        return read_label(bare, self.source.location(gap.row))

    def _flow(
        self, gap: TextGap, source: str, target: str, connector: Connector, label: Label
    ) -> None:
        draw = self.pen.cross if connector.crossed else self.pen.arrow
        heading = connector.heading
        if heading is LineHeading.NONE and connector.crossed:
            heading = LineHeading.BOTH if gap.right else LineHeading.FORTH
        if heading is LineHeading.NONE:
            raise self.source.error(gap.row, "a line without an arrowhead; draw ──→ or ←──")
        where = self.source.location(gap.row)
        if heading in (LineHeading.FORTH, LineHeading.BOTH):
            draw(source, target, label, where)
        if heading in (LineHeading.BACK, LineHeading.BOTH):
            draw(target, source, label, where)
