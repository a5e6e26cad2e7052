"""Explanations as JSON."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import asdict

from netsim.app.explain import Answer, ExplainResult
from netsim.app.explanation.cited import Cited
from netsim.app.explanation.explanation import (
    ExplainedDirection,
    ExplainedStep,
    Explanation,
    Overview,
)
from netsim.app.explanation.fix import Fix
from netsim.app.explanation.through_service import ServiceExplanation
from netsim.report.json_parts import by_protocol, describe_input, place
from netsim.report.style import Terminal


def render(result: ExplainResult, _: Terminal) -> str:
    """One object: of one connection, of all ports with single ones explained, or of several.

    Several connections are the list ``explanations``.
    """
    bodies = [_body(answer) for answer in result.answers]
    is_single = result.request.queries is None
    body = bodies[0] if is_single else {"explanations": bodies, "refused": [*result.refused]}
    found = {**describe_input(result), **body, "read": asdict(result.read)}
    return json.dumps(found, indent=2) + "\n"


def _body(answer: Answer) -> dict[str, Any]:
    if isinstance(answer, Explanation):
        return _explanation(answer)
    return _service(answer) if isinstance(answer, ServiceExplanation) else _overview(answer)


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
        "parts": {each.outcome.value: list(each.names) for each in explanation.divided},
        "hints": list(explanation.hints),
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
        "rules": [cite_rule(rule) for rule in step.rules],
    }
    for name, miss in (("nearest", step.nearest), ("also_near", step.also_near)):
        if miss:
            near = Cited(miss.rule.title, miss.location)
            found[name] = {**_cite(near), "policy": miss.rule.policy.title, "why": miss.why}
    if step.fix:
        found["fix"] = _fix(step.fix)
    return found


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "policy": _cite(fix.policy) if fix.policy else None,
        "field": fix.field,
        "add": fix.snippet,
        "note": fix.note,
    }


def cite_rule(rule: Cited) -> dict[str, Any]:
    """A rule, its place, and what of it matches."""
    matched = (
        {"part": each.field, **place(each.location), "says": each.says} for each in rule.matched
    )
    return {**_cite(rule), "matched": list(matched)}


def _cite(item: Cited) -> dict[str, Any]:
    return {"title": item.title, **place(item.location)}
