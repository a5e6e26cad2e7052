"""``fix`` as JSON."""

from __future__ import annotations

import json
from typing import Any

from netsim.app.fix import FixResult, Left
from netsim.app.repair import Fixed
from netsim.model.finding import Finding
from netsim.report.fix.words import describe_verdict, list_reasons
from netsim.report.json_parts import describe_input, place
from netsim.report.style import Terminal


def render(result: FixResult, terminal: Terminal) -> str:  # noqa: ARG001 - as all formats
    """One object."""
    document = {
        "verdict": result.verdict.value,
        "summary": describe_verdict(result),
        "fixed": [_describe_fixed(each) for each in result.fixed],
        "left": [_describe_left(each) for each in result.left],
        "diff": "".join(each.diff for each in result.changes),
        **describe_input(result),
    }
    return f"{json.dumps(document, indent=2, ensure_ascii=False)}\n"


def _describe_fixed(fixed: Fixed) -> dict[str, Any]:
    return {
        **_describe_finding(fixed.finding),
        "fix": fixed.words,
        "diff": "".join(each.diff for each in fixed.changes),
        "also": [_describe_finding(each) for each in fixed.also],
    }


def _describe_left(left: Left) -> dict[str, Any]:
    return {**_describe_finding(left.finding), "reasons": list(list_reasons(left))}


def _describe_finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "location": place(finding.location),
    }
