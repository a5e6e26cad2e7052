"""A review as JSON, for programs; the keys are a stable interface."""

from __future__ import annotations

import json
from typing import Any

from netsim.app.diff import ExplainedDifference
from netsim.app.review import (
    Group,
    ReviewResult,
    Way,
    find_closed,
    find_opened,
    is_documented_here,
)
from netsim.model.addresses import AddressSet
from netsim.model.endpoint import EXTERNAL
from netsim.model.flow import DocumentedFlow
from netsim.report.check.json import write_finding
from netsim.report.diff.json import write_cause
from netsim.report.json_parts import by_protocol, describe_input, place
from netsim.report.review.words import describe_verdict
from netsim.report.style import Terminal

VERSION = 1


def render(result: ReviewResult, _: Terminal) -> str:
    """One object, and a line break."""
    body = {
        "version": VERSION,
        "verdict": result.verdict.value,
        "summary": describe_verdict(result),
        **describe_input(result),
        "opened": result.count(Way.OPENS),
        "closed": result.count(Way.CLOSES),
        "unsure": result.count(Way.UNSURE),
        "undocumented": result.undocumented,
        "causes": [_group(each) for each in result.groups],
        "addedWorkloads": [
            {
                "workload": each.workload,
                "connections": [_change(change) for change in each.changes],
            }
            for each in result.arrivals
        ],
        "findings": {
            "added": [write_finding(each) for each in result.added],
            "standing": [write_finding(each) for each in result.standing],
            "repaired": [write_finding(each) for each in result.repaired],
            "suppressed": [
                {"finding": write_finding(each.finding), "reason": each.reason}
                for each in result.excused
            ],
        },
        "documented": [_flow(each) for each in result.documented],
        "withdrawn": [_flow(each) for each in result.withdrawn],
        "redefined": list(result.redefined),
        "base": {"title": result.base.title, "commit": result.base.commit or None},
    }
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def _group(group: Group) -> dict[str, Any]:
    return {
        "way": group.way.value,
        "causes": [write_cause(each) for each in group.causes],
        "connections": [_change(each) for each in group.changes],
    }


def _change(change: ExplainedDifference) -> dict[str, Any]:
    found = change.difference
    return {
        "src": _end(found.source, found.area),
        "dst": _end(found.destination, found.area),
        "opened": by_protocol(find_opened(found)),
        "closed": by_protocol(find_closed(found)),
        "unknown": by_protocol(found.unknown_now),
        "documented": change.opening.value if change.opening else None,
        "documentedByThisChange": is_documented_here(change),
    }


def _end(title: str, area: AddressSet | None) -> str | list[str]:
    """A workload, or the blocks of an address range."""
    return list(area.cidrs()) if area is not None and title.endswith(EXTERNAL) else title


def _flow(flow: DocumentedFlow) -> dict[str, Any]:
    return {
        "source": flow.source,
        "destination": flow.destination,
        "ports": by_protocol(flow.ports),
        "intent": flow.intent.value,
        "because": flow.because or None,
        "location": place(flow.location),
    }
