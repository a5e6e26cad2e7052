"""Connections as aligned lines: ``a/web[Deployment] => a/api[Deployment] : TCP 80``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netsim.app.list import ConnectionList
from netsim.engine.matrix.listing import Pair
from netsim.report.list.ranges import join_ranges
from netsim.report.list.words import FUTURE, NONE_FUTURE, describe_ports, mark_ends, summarise
from netsim.report.style import Style, Terminal, styled
from netsim.words.printable import printable


def render(result: ConnectionList, terminal: Terminal) -> str:
    """One line a connection, and what was read."""
    pairs = join_ranges(result.pairs)
    lines = [*_lines(pairs)]
    if result.exposures is not None:
        future = [*_lines(join_ranges(result.short_future_pairs))] or [NONE_FUTURE]
        title = styled(FUTURE, Style.STRONG, terminal.colour)
        lines += [*([""] if lines else []), title, *future]
    summary = styled(summarise(pairs, result.read), Style.FAINT, terminal.colour)
    return "\n".join([*lines, *([""] if lines else []), summary, ""])


def _lines(pairs: Sequence[Pair]) -> Iterator[str]:
    marked = (mark_ends(pair.source, pair.destination, pair.parts) for pair in pairs)
    ends = [(printable(start), printable(end), note) for start, end, note in marked]
    source = max((len(start) for start, _, _ in ends), default=0)
    destination = max((len(end) for _, end, _ in ends), default=0)
    for (start, end, note), pair in zip(ends, pairs, strict=True):
        yield f"{start:<{source}} => {end:<{destination}} : {describe_ports(pair)}{note}"
