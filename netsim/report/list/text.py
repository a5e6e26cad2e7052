"""Connections as aligned lines: ``a/web[Deployment] => a/api[Deployment] : TCP 80``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netsim.app.list import ConnectionList
from netsim.engine.matrix.listing import Pair
from netsim.report.list.words import FUTURE, NONE_FUTURE, describe_ports, mark_ends, summarise
from netsim.report.style import Terminal
from netsim.words.printable import printable


def render(result: ConnectionList, _: Terminal) -> str:
    """One line a connection, and what was read."""
    lines = [*_lines(result.pairs)]
    if result.exposures is not None:
        future = [*_lines(result.short_future_pairs)] or [NONE_FUTURE]
        lines += [*([""] if lines else []), FUTURE, *future]
    return "\n".join([*lines, *([""] if lines else []), summarise(result), ""])


def _lines(pairs: Sequence[Pair]) -> Iterator[str]:
    marked = (mark_ends(pair.source, pair.destination, pair.parts) for pair in pairs)
    ends = [(printable(start), printable(end), note) for start, end, note in marked]
    source = max((len(start) for start, _, _ in ends), default=0)
    destination = max((len(end) for _, end, _ in ends), default=0)
    for (start, end, note), pair in zip(ends, pairs, strict=True):
        yield f"{start:<{source}} => {end:<{destination}} : {describe_ports(pair)}{note}"
