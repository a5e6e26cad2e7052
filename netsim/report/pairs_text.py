"""Connections as aligned lines."""

from __future__ import annotations

from collections.abc import Sequence

from netsim.engine.listing import Pair
from netsim.report.summary import Read, counted


def render(pairs: Sequence[Pair], read: Read) -> str:
    """One line a connection, and what was read."""
    source = max((len(pair.source) for pair in pairs), default=0)
    destination = max((len(pair.destination) for pair in pairs), default=0)
    lines = [
        f"{pair.source:<{source}} => {pair.destination:<{destination}} : {connection(pair)}"
        for pair in pairs
    ]
    last = f"{counted(len(pairs), 'connection')}; read {read}"
    return "\n".join([*lines, *([""] if lines else []), last, ""])


def connection(pair: Pair) -> str:
    """What is allowed, then what may be."""
    if not pair.unknown:
        return str(pair.ports)
    unknown = f"unknown: {pair.unknown}"
    return f"{pair.ports} ({unknown})" if pair.ports else unknown
