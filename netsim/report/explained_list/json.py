"""Connections with their reasons as JSON."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import asdict

from netsim.app.explanation.reasons import ExplainedPair, PassReason
from netsim.app.list import ExplainedList
from netsim.report.explain.json import cite_rule
from netsim.report.json_parts import by_protocol, describe_input
from netsim.report.list.json import describe_connection
from netsim.report.style import Terminal


def render(result: ExplainedList, _: Terminal) -> str:
    """An object with the connections, as ``list`` writes them, and what was read."""
    found = {
        **describe_input(result),
        "connections": [_row(row) for row in result.rows],
        "read": asdict(result.read),
    }
    return json.dumps(found, indent=2) + "\n"


def _row(row: ExplainedPair) -> dict[str, Any]:
    return {
        **describe_connection(row.pair),
        "egress": [_reason(each) for each in row.egress],
        "ingress": [_reason(each) for each in row.ingress],
    }


def _reason(reason: PassReason) -> dict[str, Any]:
    return {
        "ports": by_protocol(reason.ports),
        "verdict": reason.outcome.value,
        "rules": [cite_rule(rule) for rule in reason.rules],
        "why": reason.why,
    }
