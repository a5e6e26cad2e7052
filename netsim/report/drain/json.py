"""A drain as JSON, for programs."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any

from msgspec.structs import asdict

from netsim.app.drain import DrainResult
from netsim.drain.drain import Fate
from netsim.drain.placement import Placed
from netsim.drain.words import advise, explain_fate
from netsim.model.disruption import DisruptionBudget
from netsim.report.drain.words import describe_verdict, list_assumptions
from netsim.report.json_parts import describe_input, place
from netsim.report.style import Terminal


def render(result: DrainResult, _: Terminal) -> str:
    """One object; ``null`` is what is not known."""
    body = {
        **describe_input(result),
        "outcome": _id(result.drain.outcome),
        "verdict": describe_verdict(result),
        "node": result.node,
        "groups": [_group(fate) for fate in result.drain.fates],
        "notes": [*list_assumptions(result)],
        "read": {"documents": result.read.documents, "budgets": result.budgets},
    }
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def _id(member: Enum) -> str:
    return member.name.lower().replace("_", "-")


def _group(fate: Fate) -> dict[str, Any]:
    return {
        "workloads": [str(name) for name in fate.group.workloads],
        "keeper": _id(fate.group.keeper),
        **_counts(fate.placed),
        "outcome": _id(fate.outcome),
        "reason": _id(fate.reason) if fate.reason else None,
        "lowest_ready": fate.lowest,
        "budgets": [_budget(budget) for budget in fate.group.budgets],
        "why": explain_fate(fate),
        "fix": advise(fate),
    }


def _counts(placed: Placed) -> dict[str, Any]:
    number = placed.number
    return {
        "pods": number.pods if number else None,
        "source": _id(number.source) if number else None,
        "on_node": asdict(placed.here) if number else None,
        "elsewhere": asdict(placed.elsewhere) if number else None,
    }


def _budget(budget: DisruptionBudget) -> dict[str, Any]:
    amount = {budget.limit.value: str(budget.amount)} if budget.limit else {}
    return {
        "namespace": budget.namespace,
        "name": budget.name,
        **amount,
        "location": place(budget.amount_location),
    }
