"""Connections as a Markdown table."""

from __future__ import annotations

from netsim.app.list import ConnectionList
from netsim.report.list.words import describe_pair, summarise
from netsim.report.style import Terminal
from netsim.report.table import Table
from netsim.report.table.markdown import write_markdown


def render(result: ConnectionList, _: Terminal) -> str:
    """The table, and what was read."""
    rows = tuple(describe_pair(pair) for pair in result.pairs)
    table = write_markdown(Table(("Source", "Destination", "Connection"), rows))
    shown = f"{table}\n" if rows else ""
    return f"{shown}{summarise(result)}\n"
