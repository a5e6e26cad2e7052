"""A table as CSV."""

from __future__ import annotations

import csv
import io

from netsim.report.table import Table
from netsim.words.printable import printable


def write_csv(table: Table) -> str:
    """The header and the rows, in lines that end with a line feed."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.header)
    writer.writerows([printable(cell) for cell in row] for row in table.rows)
    return text.getvalue()
