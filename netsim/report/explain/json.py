"""Explanations as JSON."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import asdict

from netsim.app.explain import ExplainResult
from netsim.app.explanation.explanation import (
    Cited,
    ExplainedDirection,
    ExplainedStep,
    Explanation,
    Overview,
)
from netsim.app.explanation.through_service import ServiceExplanation
from netsim.report.json_parts import by_protocol, describe_input, place
from netsim.report.style import Terminal


def render(result: ExplainResult, _: Terminal) -> str:
    """One object: of one connection, or of all ports with single ones explained."""
    answer = result.answer
    match answer:
        case Explanation():
            body = _explanation(answer)
        case ServiceExplanation():
            body = _service(answer)
        case Overview():
            body = _overview(answer)
    found = {**describe_input(result), **body, "read": asdict(result.read)}
    return json.dumps(found, indent=2) + "\n"


def _overview(overview: Overview) -> dict[str, Any]:
    return {
        "src": overview.source,
        "dst": overview.destination,
        "allowed": by_protocol(overview.allowed),
        "unknown": by_protocol(overview.unknown),
        "explanations": [_explanation(each) for each in overview.explanations],
    }


def _service(answer: ServiceExplanation) -> dict[str, Any]:
    return {
        "src": answer.source,
        "dst": answer.destination,
        "protocol": answer.protocol.value,
        "port": answer.port,
        "verdict": answer.outcome.value,
        "leads": answer.leads,
        "why": answer.why,
        "ways": [
            {
                "says": way.says,
                "verdict": way.outcome.value,
                "explanation": _explanation(way.explanation),
            }
            for way in answer.ways
        ],
        "conventions": dict(answer.conventions),
    }


def _explanation(explanation: Explanation) -> dict[str, Any]:
    attempt = explanation.attempt
    return {
        "src": attempt.source.title,
        "dst": attempt.destination.title,
        "protocol": attempt.protocol.value,
        "port": attempt.port,
        "verdict": explanation.outcome.value,
        **({"leads": explanation.leads} if explanation.leads else {}),
        "why": explanation.why,
        "directions": [_part(part) for part in explanation.parts],
        "conventions": dict(explanation.conventions),
    }


def _part(part: ExplainedDirection) -> dict[str, Any]:
    return {
        "direction": part.direction.word,
        "subject": part.subject,
        "verdict": part.outcome.value,
        "tiers": [_step(step) for step in part.steps],
    }


def _step(step: ExplainedStep) -> dict[str, Any]:
    found: dict[str, Any] = {
        "tier": step.tier.value,
        "says": step.says,
        "verdict": step.outcome.value if step.outcome else None,
        "policies": [_cite(policy) for policy in step.policies],
        "by": step.by,
        "rules": [_cite(rule) for rule in step.rules],
    }
    if step.nearest:
        near = Cited(step.nearest.rule.title, step.nearest.location)
        found["nearest"] = {**_cite(near), "why": step.nearest.why}
    if step.fix:
        policy = step.fix.policy
        found["fix"] = {"policy": _cite(policy) if policy else None}
        found["fix"]["add"] = step.fix.snippet
    return found


def _cite(item: Cited) -> dict[str, Any]:
    return {"title": item.title, **place(item.location)}
