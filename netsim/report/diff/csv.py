"""A comparison as CSV: a row for each connection that differs."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.diff import Comparison
from netsim.report.style import Terminal
from netsim.report.table import Table
from netsim.report.table.csv import write_csv

HEADER = ("change", "src", "dst", "opened", "closed", "unknown before", "unknown now", "cause")


def render(comparison: Comparison, _: Terminal) -> str:
    """The differences, then what workloads of one side only may connect to."""
    return write_csv(Table(HEADER, tuple(_rows(comparison))))


def _rows(comparison: Comparison) -> Iterator[tuple[str, ...]]:
    for explained in comparison.explained:
        diff = explained.difference
        ports = (diff.opened, diff.closed, diff.unknown_before, diff.unknown_now)
        because = "; ".join(str(cause) for cause in explained.causes)
        yield (diff.change.value, diff.source, diff.destination, *map(str, ports), because)
    for pair in comparison.diff.of_added:
        ends = (pair.source, pair.destination)
        yield ("workload added", *ends, str(pair.ports), "", "", str(pair.unknown), "")
    for pair in comparison.diff.of_removed:
        ends = (pair.source, pair.destination)
        yield ("workload removed", *ends, "", str(pair.ports), str(pair.unknown), "", "")
