"""Answers to questions as CSV: the questions with a column more."""

from __future__ import annotations

from netsim.app.evaluate import Evaluation
from netsim.report.style import Terminal
from netsim.report.table import Table
from netsim.report.table.csv import write_csv

HEADER = ("src", "dst", "protocol", "port", "verdict")


def render(result: Evaluation, _: Terminal) -> str:
    """One row an answer, in the order of the questions."""
    rows = (
        (
            str(query.source),
            str(query.destination),
            query.protocol.value,
            str(query.port),
            outcome.value,
        )
        for query, outcome in ((each.query, each.outcome) for each in result.answers)
    )
    return write_csv(Table(HEADER, tuple(rows)))
