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
    width = terminal.table_width
    lines = [*_lines(pairs, width)]
    if result.exposures is not None:
        future = [*_lines(join_ranges(result.short_future_pairs), width)] or [NONE_FUTURE]
        title = styled(FUTURE, Style.STRONG, terminal.colour)
        lines += [*([""] if lines else []), title, *future]
    summary = styled(summarise(pairs, result.read), Style.FAINT, terminal.colour)
    return "\n".join([*lines, *([""] if lines else []), summary, ""])


def _lines(pairs: Sequence[Pair], width: int) -> Iterator[str]:
    """A line for each pair, the ends below each other where there is room for that."""
    marked = ((pair, *mark_ends(pair.source, pair.destination, pair.parts)) for pair in pairs)
    rows = [
        (printable(start), printable(end), f"{describe_ports(pair)}{note}")
        for pair, start, end, note in marked
    ]
    source, destination, ports = (
        max((len(row[place]) for row in rows), default=0) for place in range(3)
    )
    if source + destination + ports + len(" =>  : ") > width:
        source = destination = 0
    for start, end, says in rows:
        yield f"{start:<{source}} => {end:<{destination}} : {says}"
