"""An answer as CSV."""

from __future__ import annotations

import csv
import io

from netsim.report.table.answer import Answer
from netsim.words.printable import printable


def render(answer: Answer) -> str:
    """The header and the rows."""
    text = io.StringIO(newline="")
    out = csv.writer(text, lineterminator="\n")
    out.writerow(answer.header)
    out.writerows([printable(cell) for cell in row] for row in answer.rows)
    return text.getvalue()
