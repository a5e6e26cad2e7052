"""Connections as CSV, in the form that users of np-guard know."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.list import ConnectionList
from netsim.engine.matrix.listing import split_pairs
from netsim.report.list.words import NOTHING
from netsim.report.style import Terminal
from netsim.report.table import Table
from netsim.report.table.csv import write_csv
from netsim.words.ports import describe_unknown


def render(result: ConnectionList, _: Terminal) -> str:
    """The connections that are surely allowed, then those of pods that nobody has written."""
    pairs = split_pairs(result.pairs)
    rows = [(p.source, p.destination, str(p.ports)) for p in pairs if p.ports]
    for future in result.future_pairs:
        if future.ports or not future.unknown:
            ports = str(future.ports) or NOTHING
            rows += ((each.source, each.destination, ports) for each in future.split())
    return write_csv(Table(("src", "dst", "conn"), tuple(rows)))


def list_left_out(result: ConnectionList) -> Iterator[str]:
    """What is unknown, for which this form has no place."""
    for pair in split_pairs((*result.pairs, *result.future_pairs)):
        if pair.unknown:
            ends = f"{pair.source} => {pair.destination}"
            ports = describe_unknown(pair.unknown, pair.by_family)
            yield f"warning: unknown, and not in the CSV: {ends} : {ports}"
