"""A table as Markdown."""

from __future__ import annotations

from netsim.report.markdown import table as write_table
from netsim.report.table import Table


def write_markdown(table: Table) -> str:
    """The header and the rows; no cell becomes markup."""
    return write_table(table.header, table.rows)
