"""Connections as aligned lines: ``a/web[Deployment] => a/api[Deployment] : TCP 80``."""

from __future__ import annotations

from netsim.app.list import ConnectionList
from netsim.report.list.words import describe_ports, mark_ends, summarise
from netsim.report.style import Terminal
from netsim.words.printable import printable


def render(result: ConnectionList, _: Terminal) -> str:
    """One line a connection, and what was read."""
    marked = (mark_ends(pair.source, pair.destination, pair.parts) for pair in result.pairs)
    ends = [(printable(start), printable(end), note) for start, end, note in marked]
    source = max((len(start) for start, _, _ in ends), default=0)
    destination = max((len(end) for _, end, _ in ends), default=0)
    lines = [
        f"{start:<{source}} => {end:<{destination}} : {describe_ports(pair)}{note}"
        for (start, end, note), pair in zip(ends, result.pairs, strict=True)
    ]
    return "\n".join([*lines, *([""] if lines else []), summarise(result), ""])
