"""Connections as aligned lines."""

from __future__ import annotations

from collections.abc import Sequence

from netsim.engine.matrix.listing import Pair
from netsim.report.summary import Read, counted
from netsim.words.printable import printable


def render(pairs: Sequence[Pair], read: Read) -> str:
    """One line a connection, and what was read."""
    shown = [(*ends(pair), connection(pair)) for pair in pairs]
    source = max((len(start) for start, _, _ in shown), default=0)
    destination = max((len(end) for _, end, _ in shown), default=0)
    lines = [
        f"{start:<{source}} => {end:<{destination}} : {ports}" for start, end, ports in shown
    ]
    last = f"{counted(len(pairs), 'connection')}; read {read}"
    return "\n".join([*lines, *([""] if lines else []), last, ""])


def ends(pair: Pair) -> tuple[str, str]:
    """Source and destination; their names come from the input."""
    return printable(pair.source), printable(pair.destination)


def connection(pair: Pair) -> str:
    """What is allowed, then what may be."""
    if not pair.unknown:
        return str(pair.ports)
    unknown = f"unknown: {pair.unknown}"
    return f"{pair.ports} ({unknown})" if pair.ports else unknown
