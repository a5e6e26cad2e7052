"""An answer as text for a terminal or a file."""

from __future__ import annotations

from netsim.app.query import QueryResult
from netsim.report.query.table import tabulate
from netsim.report.query.words import describe
from netsim.report.style import Style, Terminal, style_lines, styled
from netsim.report.table.text import write_lines
from netsim.report.wrapping import wrap
from netsim.words.lists import count_noun
from netsim.words.printable import printable


def render(result: QueryResult, terminal: Terminal) -> str:
    """What was asked, the rows, and how much was read."""
    width, table = terminal.width, tabulate(result)
    colour = terminal.colour
    lines = [*wrap(printable(describe(result)), "", width), ""]
    if table.rows:
        head, *rows = write_lines(table.used(), terminal.table_width)
        lines += [styled(head, Style.STRONG, colour), *rows, ""]
    read = wrap(f"{count_noun(len(table.rows), 'row')}; read {result.read}", "", width)
    lines += style_lines(read, Style.FAINT, colour)
    return "\n".join([*lines, ""])
