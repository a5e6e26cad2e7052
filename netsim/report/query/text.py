"""An answer as text for a terminal or a file."""

from __future__ import annotations

from netsim.app.query import QueryResult
from netsim.report.query.table import tabulate
from netsim.report.query.words import describe
from netsim.report.style import Terminal
from netsim.report.table.text import write_lines
from netsim.report.wrapping import wrap
from netsim.words.lists import count_noun
from netsim.words.printable import printable


def render(result: QueryResult, terminal: Terminal) -> str:
    """What was asked, the rows, and how much was read."""
    width, table = terminal.width, tabulate(result)
    lines = [*wrap(printable(describe(result)), "", width), ""]
    if table.rows:
        lines += [*write_lines(table.used(), width), ""]
    lines += wrap(f"{count_noun(len(table.rows), 'row')}; read {result.read}", "", width)
    return "\n".join([*lines, ""])
