"""Connections as CSV, in the form that users of np-guard know."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.list import ConnectionList
from netsim.report.style import Terminal
from netsim.report.table import Table
from netsim.report.table.csv import write_csv
from netsim.words.ports import describe_unknown


def render(result: ConnectionList, _: Terminal) -> str:
    """The connections that are surely allowed."""
    rows = ((p.source, p.destination, str(p.ports)) for p in result.pairs if p.ports)
    return write_csv(Table(("src", "dst", "conn"), tuple(rows)))


def list_left_out(result: ConnectionList) -> Iterator[str]:
    """What is unknown, for which this form has no place."""
    for pair in result.pairs:
        if pair.unknown:
            ends = f"{pair.source} => {pair.destination}"
            ports = describe_unknown(pair.unknown, pair.by_family)
            yield f"warning: unknown, and not in the CSV: {ends} : {ports}"
