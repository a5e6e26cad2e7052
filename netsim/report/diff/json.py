"""A comparison as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import asdict

from netsim.app.diff import Comparison, ExplainedDifference
from netsim.engine.matrix.diff_causes import Cause
from netsim.engine.matrix.listing import Pair, split_ends, split_pairs
from netsim.report.json_parts import by_protocol, describe_input, place
from netsim.report.style import Terminal


def render(comparison: Comparison, _: Terminal) -> str:
    """One object."""
    diff = comparison.diff
    found = {
        **describe_input(comparison),
        "differs": comparison.differs,
        "unevaluated": list(comparison.unevaluated),
        "policies without a known pod": [
            {
                "title": each.title,
                "status": each.status.value,
                "selector": each.selector,
                "location": place(each.location),
            }
            for each in comparison.unmatched
        ],
        "cautions": [
            {
                "hazard": each.hazard.value,
                "title": each.title,
                "says": each.says,
                "location": place(each.location),
            }
            for each in comparison.cautions
        ],
        "differences": [row for each in comparison.explained for row in _differences(each)],
        "workloads": {"added": list(diff.added), "removed": list(diff.removed)},
        "connections": {
            "of added": _pairs(diff.of_added),
            "of removed": _pairs(diff.of_removed),
        },
        "read": {"old": asdict(comparison.old_read), "new": asdict(comparison.new_read)},
    }
    return json.dumps(found, indent=2) + "\n"


def _differences(explained: ExplainedDifference) -> Iterator[dict[str, Any]]:
    """An object for each pair of ends, pod by pod where the pods of a workload differ."""
    found = explained.difference
    rest = _difference(explained)
    for source, destination in split_ends(found.source, found.destination, found.parts):
        yield {"change": found.change.value, "src": source, "dst": destination, **rest}


def _difference(explained: ExplainedDifference) -> dict[str, Any]:
    found = explained.difference
    return {
        "opened": by_protocol(found.opened),
        "closed": by_protocol(found.closed),
        "unknown before": by_protocol(found.unknown_before),
        "unknown now": by_protocol(found.unknown_now),
        "causes": [write_cause(cause) for cause in explained.causes],
        "documented": explained.stated.value if explained.stated else None,
    }


def write_cause(cause: Cause) -> dict[str, Any]:
    """A cause, and where it stands, if that is known."""
    found: dict[str, Any] = {
        "title": cause.title,
        "status": cause.status.value,
        "says": cause.says,
    }
    return found | (place(cause.location) if cause.location else {})


def _pairs(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    return [
        {
            "src": pair.source,
            "dst": pair.destination,
            "ports": by_protocol(pair.ports),
            "unknown": by_protocol(pair.unknown),
        }
        for pair in split_pairs(pairs)
    ]
