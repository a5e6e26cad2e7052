"""Connections as a Markdown table."""

from __future__ import annotations

from collections.abc import Sequence

from netsim.engine.matrix.listing import Pair
from netsim.report.markdown import table
from netsim.report.summary import Read, counted
from netsim.report.table.pairs_text import connection, ends

HEADER = ("Source", "Destination", "Connection")


def render(pairs: Sequence[Pair], read: Read) -> str:
    """The table, and what was read."""
    rows = ((*ends(pair), connection(pair)) for pair in pairs)
    shown = table(HEADER, rows) + "\n" if pairs else ""
    return f"{shown}{counted(len(pairs), 'connection')}; read {read}\n"
