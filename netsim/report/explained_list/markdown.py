"""Connections as a Markdown list, with the rules that let them pass."""

from __future__ import annotations

from netsim.app.list import ExplainedList
from netsim.report.explained_list.words import say_reasons, summarise
from netsim.report.list.ranges import show_end
from netsim.report.list.words import describe_ports
from netsim.report.markdown import inline
from netsim.report.style import Terminal


def render(result: ExplainedList, _: Terminal) -> str:
    """A list with the reasons below each connection, and what was read."""
    lines: list[str] = []
    for row in result.rows:
        pair = row.pair
        ends = f"{inline(show_end(pair.source))} => {inline(show_end(pair.destination))}"
        lines.append(f"- {ends} : {inline(describe_ports(pair))}")
        for reason, details in say_reasons(row):
            lines.append(f"  - {inline(reason)}")
            lines += (f"    - {inline(each)}" for each in details)
    shown = [*lines, ""] if lines else []
    return "\n".join([*shown, summarise(result), ""])
