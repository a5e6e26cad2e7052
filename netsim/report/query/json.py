"""An answer as JSON."""

from __future__ import annotations

import json

from msgspec.structs import asdict

from netsim.app.query import QueryResult
from netsim.report.json_parts import describe_input
from netsim.report.query.table import tabulate_pods
from netsim.report.query.words import describe
from netsim.report.style import Terminal
from netsim.report.table.json import write_objects


def render(result: QueryResult, _: Terminal) -> str:
    """One object; each row is an object by the names of the columns."""
    body = {
        **describe_input(result),
        "question": describe(result),
        "answer": write_objects(tabulate_pods(result)),
        "read": asdict(result.read),
    }
    return json.dumps(body, indent=2) + "\n"
