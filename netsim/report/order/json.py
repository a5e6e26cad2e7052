"""``order`` as JSON, for programs; the keys are a stable interface."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import asdict

from netsim.app.order import OrderResult
from netsim.report.json_parts import by_protocol, describe_input, place
from netsim.report.style import Terminal
from netsim.rollout.course import Course, CourseState, StepCourse
from netsim.rollout.dependency import Dependency
from netsim.rollout.flaws import Flaw
from netsim.rollout.plan import PlannedStep

VERSION = 1


def render(result: OrderResult, _: Terminal) -> str:
    """One object, and a line break."""
    found = result.assessment
    body = {
        "version": VERSION,
        **describe_input(result),
        "conclusion": result.conclusion,
        "order": result.order,
        "document": found.plan.document,
        "scenario": result.scenario,
        "steps": [_step(step) for step in found.plan.steps],
        "computed": list(found.computed),
        "leftOut": list(found.plan.aside),
        "dependencies": [_dependency(each) for each in found.dependencies],
        "courses": [_course(each) for each in found.courses],
        "findings": [_finding(each) for each in (*found.faults, *found.advice)],
        "read": asdict(result.read),
    }
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def _step(step: PlannedStep) -> dict[str, Any]:
    return {
        "number": step.number,
        "title": step.title,
        "kind": step.kind.value,
        "units": list(step.units),
        "location": place(step.location) if step.location else None,
    }


def _dependency(each: Dependency) -> dict[str, Any]:
    return {
        "dependent": {"unit": each.dependent.unit, "object": each.dependent.title},
        "on": {"unit": each.on.unit, "object": each.on.title},
        "strength": each.reason.strength.value,
        "reason": each.reason.value,
        "location": place(each.location),
    }


def _course(course: Course) -> dict[str, Any]:
    return {
        "case": course.situation.value,
        "before": _flows(course.before),
        "steps": [_steps(step) for step in course.steps],
    }


def _steps(step: StepCourse) -> dict[str, Any]:
    states = [
        {"after": state.item.title if state.item else None, "flows": _flows(state)}
        for state in step.states
    ]
    return {"presence": step.after.presence.value, "states": states}


def _flows(state: CourseState) -> list[dict[str, Any]]:
    return [
        {
            "fault": flow.fault.value,
            "src": flow.source,
            "dst": flow.destination,
            "ports": by_protocol(flow.ports),
        }
        for flow in state.flows
    ]


def _finding(finding: Flaw) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "message": finding.message,
        "location": place(finding.location),
        "related": [
            {"location": place(each.location), "message": each.message}
            for each in finding.related
        ],
        "fix": finding.fix,
    }
