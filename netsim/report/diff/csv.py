"""A comparison as CSV: a row for each connection that differs."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.diff import Comparison
from netsim.engine.matrix.listing import split_ends, split_pairs
from netsim.report.style import Terminal
from netsim.report.table import Table
from netsim.report.table.csv import write_csv

HEADER = ("change", "src", "dst", "opened", "closed", "unknown before", "unknown now", "cause")
DOCUMENTED = "documented"


def render(comparison: Comparison, _: Terminal) -> str:
    """What was not read, the differences, then what workloads of one side may connect to.

    With a scenario there is a column more.
    """
    header = (*HEADER, DOCUMENTED) if comparison.is_documented else HEADER
    rows = (
        (*row, "") if len(row) < len(header) else row
        for row in (*_list_named(comparison), *_rows(comparison))
    )
    return write_csv(Table(header, tuple(rows)))


def _list_named(comparison: Comparison) -> Iterator[tuple[str, ...]]:
    """What is no connection: faults, policies without a known pod, and cautions."""
    nothing = ("",) * (len(HEADER) - 2)
    for fault in comparison.errors:
        yield ("unknown", *nothing, str(fault))
    for policy in comparison.unmatched:
        yield ("policy without a known pod", *nothing, str(policy))
    for caution in comparison.cautions:
        yield (caution.hazard.value, *nothing, str(caution))


def _rows(comparison: Comparison) -> Iterator[tuple[str, ...]]:
    for explained in comparison.explained:
        diff = explained.difference
        ports = (diff.opened, diff.closed, diff.unknown_before, diff.unknown_now)
        because = "; ".join(str(cause) for cause in explained.causes)
        stated = (explained.stated.value,) if explained.stated else ()
        for ends in split_ends(diff.source, diff.destination, diff.parts):
            yield (diff.change.value, *ends, *map(str, ports), because, *stated)
    for pair in split_pairs(comparison.diff.of_added):
        ends = (pair.source, pair.destination)
        yield ("workload added", *ends, str(pair.ports), "", "", str(pair.unknown), "")
    for pair in split_pairs(comparison.diff.of_removed):
        ends = (pair.source, pair.destination)
        yield ("workload removed", *ends, "", str(pair.ports), str(pair.unknown), "", "")
