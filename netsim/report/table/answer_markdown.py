"""An answer as a Markdown table."""

from __future__ import annotations

from netsim.report.markdown import inline, table
from netsim.report.summary import Read
from netsim.report.table.answer import Answer


def render(answer: Answer, read: Read) -> str:
    """What was asked, the rows, and how much was read."""
    rows = table(answer.header, answer.rows) if answer.rows else "Nothing.\n"
    return f"{inline(answer.says)}\n\n{rows}\nRead {read}.\n"
