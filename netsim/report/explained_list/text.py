"""Connections, each with the rules that let it pass below it."""

from __future__ import annotations

from netsim.app.list import ExplainedList
from netsim.report.explained_list.words import say_reasons, summarise
from netsim.report.list.words import describe_ports
from netsim.report.style import Terminal
from netsim.report.wrapping import wrap


def render(result: ExplainedList, terminal: Terminal) -> str:
    """A paragraph a connection, and what was read."""
    lines: list[str] = []
    for row in result.rows:
        pair = row.pair
        title = f"{pair.source} => {pair.destination} : {describe_ports(pair)}"
        lines += wrap(title, "", terminal.width, "  ")
        for reason, details in say_reasons(row):
            lines += wrap(reason, "  ", terminal.width, "    ")
            for each in details:
                lines += wrap(each, "    ", terminal.width, "      ")
        lines.append("")
    return "\n".join([*lines, summarise(result), ""])
