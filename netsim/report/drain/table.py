"""A drain as a table: a row for each group of pods, the worst first."""

from __future__ import annotations

from netsim.app.drain import DrainResult
from netsim.drain.drain import DrainOutcome, Fate
from netsim.drain.words import advise, explain_fate
from netsim.report.drain.words import describe_budget
from netsim.report.table import Table

UNKNOWN = "?"


def tabulate(result: DrainResult) -> Table:
    """The groups; no column is empty."""
    on_node = ("on node",) if result.node else ()
    header = ("pods", "outcome", "count", *on_node, "stay ready", "budget", "why", "fix")
    order = list(DrainOutcome)
    fates = sorted(result.drain.fates, key=lambda fate: order.index(fate.outcome))
    return Table(header, tuple(_row(fate, result.node) for fate in fates)).used()


def _row(fate: Fate, node: str | None) -> tuple[str, ...]:
    placed = fate.placed
    on_node = str(placed.here.total) if placed.number else UNKNOWN
    return (
        fate.group.title,
        fate.outcome.value,
        str(placed.number.pods) if placed.number else UNKNOWN,
        *((on_node,) if node else ()),
        "" if fate.lowest is None else str(fate.lowest),
        "; ".join(map(describe_budget, fate.group.budgets)),
        explain_fate(fate),
        advise(fate),
    )
