"""The data of the page: one JSON value, in which nothing is written twice.

A cell is a number of a *look*, which holds all that is to be said of it; rows hold runs of
cells that look alike.  Whatever decides cells is in tables, too: a rule with its lines is there
once, however many cells it decides.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from netsim.app.explanation.cited import Cited
from netsim.app.explanation.explanation import ExplainedStep
from netsim.app.grid import (
    ExplainedAnswer,
    ExplainedSide,
    Grid,
    GridCell,
    Opening,
)
from netsim.app.quotes import Quote
from netsim.app.report import ReportResult
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet
from netsim.judge.judgement import Judgement, Standing
from netsim.model.finding import Finding, Suppressed
from netsim.model.flow import DocumentedFlow, Intent
from netsim.model.location import Location
from netsim.model.policies import Direction
from netsim.model.ports import PortSet, Protocol
from netsim.report.check.words import explain_pair, is_busy, list_claims
from netsim.report.explain.words import WORDS
from netsim.words.ports import describe_ports
from netsim.words.printable import printable_json, printable_lines

NOTHING = -1
"""In place of a look, where nothing is to be seen."""


def write_data(result: ReportResult) -> str:
    """The JSON of a result, on one line; nothing in it ends or opens an element of HTML."""
    tables = _Tables(result.quotes)
    body = {
        "grids": [_grid(grid, tables) for grid in result.grids],
        "findings": [
            {"rule": each.rule, "severity": each.severity.value, "message": each.message}
            for each in result.check.findings
        ],
        **tables.rows(),
    }
    text = json.dumps(_make_visible(body), ensure_ascii=False, separators=(",", ":"))
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return printable_json(text)


def _make_visible(value: Any) -> Any:
    """The value, with what cannot be seen in its texts as escapes for people to see."""
    match value:
        case str():
            return printable_lines(value)
        case list():
            return [_make_visible(each) for each in value]
        case dict():
            return {key: _make_visible(each) for key, each in value.items()}
    return value


class _Table:
    """Values by number, each once."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self._numbers: dict[Any, int] = {}

    def number(self, key: Any, value: Any) -> int:
        """The number of what has this key; the first value is the one that is kept."""
        if key not in self._numbers:
            self._numbers[key] = len(self.rows)
            self.rows.append(value)
        return self._numbers[key]

    def find(self, key: Any) -> int:
        """The number of what has this key, if anything has."""
        return self._numbers.get(key, NOTHING)


class _Tables:
    """What cells share: sides, answers, steps, and what these cite."""

    def __init__(self, quotes: dict[Location, Quote]) -> None:
        self._quotes = quotes
        self._sides, self._answers, self._steps, self._cited = (_Table() for _ in range(4))

    def rows(self) -> dict[str, Any]:
        return {
            "sides": self._sides.rows,
            "answers": self._answers.rows,
            "steps": self._steps.rows,
            "cited": self._cited.rows,
        }

    def side(self, side: ExplainedSide) -> int:
        """Its answers, those that allow first; last the one for most ports, for all others."""
        widest = max(side.answers, key=lambda each: _count(each.ports))
        ordered = sorted(
            side.answers,
            key=lambda each: (each is widest, _ORDER.index(WORDS[each.outcome])),
        )
        numbers = [
            self._answer(each, is_rest=each is widest and len(ordered) > 1) for each in ordered
        ]
        return self._sides.number(tuple(numbers), numbers)

    def _answer(self, answer: ExplainedAnswer, *, is_rest: bool) -> int:
        ports = "every other port" if is_rest else describe_ports(answer.ports)
        steps = [self._step(each) for each in answer.steps]
        value = [ports, WORDS[answer.outcome], steps]
        return self._answers.number((ports, answer.outcome, *steps), value)

    def _step(self, step: ExplainedStep) -> int:
        value = [
            step.tier.value,
            step.says,
            WORDS[step.outcome] if step.outcome else "",
            step.by if step.rules else "",
            [self._cite(each) for each in step.rules],
            step.selected if step.policies else "",
            [self._cite(each) for each in step.policies],
        ]
        return self._steps.number(json.dumps(value), value)

    def _cite(self, item: Cited) -> int:
        quote = self._quotes.get(item.location)
        lines = [quote.line, list(quote.lines), quote.left_out] if quote else []
        value = [item.title, str(item.location), lines]
        return self._cited.number(item.location, value)

    def rule(self, location: Location) -> int:
        """The number of a rule that is cited, by its place."""
        return self._cited.find(location)

    def lines(self, location: Location) -> tuple[int, int]:
        """The first and the last line of a value; no line where its text is not there."""
        quote = self._quotes.get(location)
        return (quote.line, quote.line + len(quote.lines) - 1) if quote else (0, 0)


_ORDER = ("allowed", "unknown", "denied")


def _count(ports: PortSet) -> int:
    intervals = (each for protocol in Protocol for each in ports.ports(protocol))
    return sum(high - low + 1 for low, high in intervals)


def _grid(grid: Grid, tables: _Tables) -> dict[str, Any]:
    looks = _Table()
    rows = [[NOTHING] * len(grid.ends) for _ in grid.ends]
    for cell in grid.cells:
        look = _look(cell)
        rows[cell.source][cell.destination] = looks.number(json.dumps(look), look)
    # Before what is cited in them is looked up.
    sides = {direction.word: _sides(grid, direction, tables) for direction in Direction}
    return {
        "name": grid.name,
        "documented": grid.is_documented,
        "ends": [
            [end.title, list(end.namespaces), list(bits.members(end.classes))]
            for end in grid.ends
        ],
        "classes": list(grid.classes),
        "looks": looks.rows,
        "rows": [list(_list_runs(row)) for row in rows],
        "sides": sides,
        "named": {
            str(tables.rule(place)): [
                part
                for each in own
                for part in (*tables.lines(each.location), list(_list_spans(each.peers)))
            ]
            for place, own in grid.named.items()
            if tables.rule(place) != NOTHING
        },
        "near": [list(pair) for pair in grid.own_nodes],
    }


def _sides(grid: Grid, direction: Direction, tables: _Tables) -> list[list[Any]]:
    """For each class ``side, peers, side, peers, ...``."""
    rows = []
    for own in grid.sides[direction]:
        peers: dict[int, ClassSet] = defaultdict(int)
        for side in own:
            peers[tables.side(side)] |= side.peers
        parts = ((side, list(_list_spans(classes))) for side, classes in peers.items())
        rows.append([part for pair in parts for part in pair])
    return rows


def _list_runs(row: list[int]) -> Iterator[int]:
    """``look, how often`` for each run of equal ones."""
    for look, run in groupby(row):
        yield from (look, len(list(run)))


def _list_spans(classes: ClassSet) -> Iterator[int]:
    """``first, how many`` for each run of numbers that follow each other."""
    numbered = enumerate(bits.members(classes))
    for _, run in groupby(numbered, key=lambda each: each[1] - each[0]):
        numbers = [number for _, number in run]
        yield from (numbers[0], len(numbers))


def _look(cell: GridCell) -> list[Any]:
    """How it stands, its lines, the findings about it, what documents say, what is excused.

    A line is what is seen, and what its mark means.
    """
    content = cell.content
    match content:
        case None:
            return ["not judged", [], [], [], []]
        case Opening():
            return [_name_opening(content), list(list_opening(content)), [], [], []]
    claims = ((f"({claim})", "") for claim in list_claims(content))
    flows = [_flow(each) for each in content.flows]
    lines = [*explain_pair(content), *claims]
    uncounted = [_describe_uncounted(each) for each in cell.uncounted]
    return [name_standing(content), lines, list(cell.findings), flows, uncounted]


def _describe_uncounted(each: Suppressed | Finding) -> str:
    if isinstance(each, Finding):
        return f"left out by an option: {each.rule}: {each.message}"
    return f"suppressed: {each.finding.rule}: {each.reason} (see {each.location})"


def name_standing(judgement: Judgement) -> str:
    """The standing of a pair, told apart from one in which nothing is as documented."""
    if not is_busy(judgement):
        return "denied"
    is_calm = judgement.standing is Standing.AS_DOCUMENTED
    if is_calm and not judgement.documented & judgement.allowed:
        return "left open"
    return judgement.standing.value


def _name_opening(opening: Opening) -> str:
    return "allowed" if opening.allowed else "unknown"


def list_opening(opening: Opening) -> Iterator[tuple[str, str]]:
    """What passes, and what is not known to, each line with what it means."""
    limits = " in part" if opening.is_partial else ""
    if opening.allowed:
        yield f"→ {describe_ports(opening.allowed)}{limits}", "allowed"
    if opening.unknown:
        yield f"? {describe_ports(opening.unknown)}", "allowed or denied"


def _flow(flow: DocumentedFlow) -> list[str]:
    denied = "" if flow.intent is Intent.ALLOWED else "never: "
    return [f"{denied}{describe_ports(flow.ports)}", str(flow.location), flow.because]
