"""Explanations as JSON."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import asdict

from netsim.report.explain.explanation import Cited, Explanation, Overview, Part, Step
from netsim.report.json_parts import by_protocol, place
from netsim.report.summary import Read


def render(explanation: Explanation, read: Read) -> str:
    """One connection as an object."""
    found = {**_explanation(explanation), "read": asdict(read)}
    return json.dumps(found, indent=2) + "\n"


def render_overview(overview: Overview, read: Read) -> str:
    """All ports, then single ones explained."""
    found = {
        "src": overview.source,
        "dst": overview.destination,
        "allowed": by_protocol(overview.allowed),
        "unknown": by_protocol(overview.unknown),
        "explanations": [_explanation(each) for each in overview.explanations],
        "read": asdict(read),
    }
    return json.dumps(found, indent=2) + "\n"


def _explanation(explanation: Explanation) -> dict[str, Any]:
    question = explanation.question
    return {
        "src": question.source.title,
        "dst": question.destination.title,
        "protocol": question.protocol.value,
        "port": question.port,
        "verdict": explanation.outcome.value,
        "why": explanation.why,
        "directions": [_part(part) for part in explanation.parts],
        "conventions": dict(explanation.conventions),
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "direction": part.direction.word,
        "subject": part.subject,
        "verdict": part.outcome.value,
        "tiers": [_step(step) for step in part.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    found: dict[str, Any] = {
        "tier": step.tier.value,
        "says": step.says,
        "verdict": step.outcome.value if step.outcome else None,
        "policies": [_cited(policy) for policy in step.policies],
        "by": step.by,
        "rules": [_cited(rule) for rule in step.rules],
    }
    if step.nearest:
        near = Cited(step.nearest.rule.title, step.nearest.location)
        found["nearest"] = {**_cited(near), "why": step.nearest.why}
    if step.fix:
        policy = step.fix.policy
        found["fix"] = {"policy": _cited(policy) if policy else None}
        found["fix"]["add"] = step.fix.snippet
    return found


def _cited(item: Cited) -> dict[str, Any]:
    return {"title": item.title, **place(item.location)}
