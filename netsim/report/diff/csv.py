"""A comparison as CSV: a row for each connection that differs."""

from __future__ import annotations

import csv
import io

from netsim.engine.matrix.listing import Pair
from netsim.report.diff.comparison import Comparison
from netsim.words.printable import printable

HEADER = ("change", "src", "dst", "opened", "closed", "unknown before", "unknown now", "cause")


def render(comparison: Comparison) -> str:
    """The differences, then what workloads of one side only may connect to."""
    text = io.StringIO(newline="")
    out = csv.writer(text, lineterminator="\n")
    out.writerow(HEADER)
    for explained in comparison.explained:
        found = explained.difference
        because = "; ".join(str(cause) for cause in explained.causes)
        ends = (found.source, found.destination)
        cells = (found.opened, found.closed, found.unknown_before, found.unknown_now)
        out.writerow([printable(str(c)) for c in (found.change.value, *ends, *cells, because)])
    for pair in comparison.diff.of_added:
        ports = (str(pair.ports), "", "", str(pair.unknown))
        out.writerow(_row("workload added", pair, ports))
    for pair in comparison.diff.of_removed:
        ports = ("", str(pair.ports), str(pair.unknown), "")
        out.writerow(_row("workload removed", pair, ports))
    return text.getvalue()


def _row(change: str, pair: Pair, ports: tuple[str, ...]) -> tuple[str, ...]:
    return change, printable(pair.source), printable(pair.destination), *ports, ""
