"""Connections as a Markdown table."""

from __future__ import annotations

from collections.abc import Sequence

from netsim.app.list import ConnectionList
from netsim.engine.matrix.listing import Pair
from netsim.report.list.ranges import join_ranges
from netsim.report.list.words import FUTURE, NONE_FUTURE, describe_pair, summarise
from netsim.report.style import Terminal
from netsim.report.table import Table
from netsim.report.table.markdown import write_markdown


def render(result: ConnectionList, _: Terminal) -> str:
    """The table, and what was read."""
    pairs = join_ranges(result.pairs)
    parts = [_table(pairs)] if pairs else []
    if result.exposures is not None:
        future = join_ranges(result.short_future_pairs)
        parts += [f"{FUTURE}\n", _table(future) if future else f"{NONE_FUTURE}\n"]
    return "\n".join([*parts, f"{summarise(pairs, result.read)}\n"])


def _table(pairs: Sequence[Pair]) -> str:
    rows = tuple(describe_pair(pair) for pair in pairs)
    return write_markdown(Table(("Source", "Destination", "Connection"), rows))
