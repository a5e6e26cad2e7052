"""An answer as a Markdown table."""

from __future__ import annotations

from netsim.app.query import QueryResult
from netsim.report.markdown import inline
from netsim.report.query.table import tabulate
from netsim.report.query.words import describe
from netsim.report.style import Terminal
from netsim.report.table.markdown import write_markdown


def render(result: QueryResult, _: Terminal) -> str:
    """What was asked, the rows, and how much was read."""
    table = tabulate(result)
    rows = write_markdown(table) if table.rows else "Nothing.\n"
    return f"{inline(describe(result))}\n\n{rows}\nRead {result.read}.\n"
