"""A table as values of JSON."""

from __future__ import annotations

from netsim.report.table import Table


def write_objects(table: Table) -> list[dict[str, str]]:
    """An object for each row, by the names of the columns, whose words ``_`` joins."""
    names = [name.replace(" ", "_") for name in table.header]
    return [dict(zip(names, row, strict=True)) for row in table.rows]
