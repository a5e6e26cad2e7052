"""A drain as text for a terminal or a file."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.drain.drain import Fate, Outcome
from netsim.report.drain.report import DrainReport, budget_text
from netsim.report.drain.words import advice, why
from netsim.report.table.answer_text import body
from netsim.report.wrapping import wrapped
from netsim.words.printable import printable

UNKNOWN = "?"


def render(report: DrainReport, width: int) -> str:
    """The verdict, each group of pods, what was taken for granted, how much was read."""
    return "\n".join((*_lines(report, width), ""))


def _lines(report: DrainReport, width: int) -> Iterator[str]:
    yield from wrapped(printable(report.verdict), "", width)
    yield ""
    if report.drain.fates:
        yield from body([[printable(cell) for cell in row] for row in rows(report)], width)
        yield ""
    for note in report.notes:
        yield from wrapped(f"- {printable(note)}", "", width, "  ")
    if report.notes:
        yield ""
    yield from wrapped(f"read {report.read}", "", width)


def rows(report: DrainReport) -> list[tuple[str, ...]]:
    """The header, and a row for each group, the worst first; no column is empty."""
    on_node = ("on node",) if report.node else ()
    header = ("pods", "outcome", "count", *on_node, "stay ready", "budget", "why", "fix")
    order = list(Outcome)
    fates = sorted(report.drain.fates, key=lambda fate: order.index(fate.outcome))
    columns = zip(header, *(_row(fate, report.node) for fate in fates), strict=True)
    return list(zip(*(column for column in columns if any(column[1:])), strict=True))


def _row(fate: Fate, node: str | None) -> tuple[str, ...]:
    placed = fate.placed
    on_node = str(placed.here.total) if placed.number else UNKNOWN
    return (
        fate.group.title,
        fate.outcome.value,
        str(placed.number.pods) if placed.number else UNKNOWN,
        *((on_node,) if node else ()),
        "" if fate.lowest is None else str(fate.lowest),
        "; ".join(map(budget_text, fate.group.budgets)),
        why(fate),
        advice(fate),
    )
