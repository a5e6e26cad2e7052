"""An answer as JSON."""

from __future__ import annotations

import json

from msgspec.structs import asdict

from netsim.report.summary import Read
from netsim.report.table.answer import Answer


def render(answer: Answer, read: Read) -> str:
    """One object; each row is an object by the names of the columns, joined by ``_``."""
    names = [name.replace(" ", "_") for name in answer.header]
    rows = [dict(zip(names, row, strict=True)) for row in answer.rows]
    found = {"question": answer.says, "answer": rows, "read": asdict(read)}
    return json.dumps(found, indent=2) + "\n"
