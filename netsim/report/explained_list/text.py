"""Connections, each with the rules that let it pass below it."""

from __future__ import annotations

from netsim.app.list import ExplainedList
from netsim.report.explained_list.words import say_reasons, summarise
from netsim.report.list.ranges import show_end
from netsim.report.list.words import describe_ports
from netsim.report.style import Style, Terminal, styled
from netsim.report.wrapping import wrap


def render(result: ExplainedList, terminal: Terminal) -> str:
    """A paragraph a connection, and what was read."""
    lines: list[str] = []
    for row in result.rows:
        pair = row.pair
        ends = f"{show_end(pair.source)} => {show_end(pair.destination)}"
        title = wrap(f"{ends} : {describe_ports(pair)}", "", terminal.width, "  ")
        lines += (styled(line, Style.STRONG, terminal.colour) for line in title)
        for reason, details in say_reasons(row):
            lines += wrap(reason, "  ", terminal.width, "    ")
            for each in details:
                lines += wrap(each, "    ", terminal.width, "      ")
        lines.append("")
    return "\n".join([*lines, styled(summarise(result), Style.FAINT, terminal.colour), ""])
