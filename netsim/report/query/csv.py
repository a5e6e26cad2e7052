"""An answer as CSV."""

from __future__ import annotations

from netsim.app.query import QueryResult
from netsim.report.query.table import tabulate_pods
from netsim.report.style import Terminal
from netsim.report.table.csv import write_csv


def render(result: QueryResult, _: Terminal) -> str:
    """The header and the rows."""
    return write_csv(tabulate_pods(result))
