"""``coverage`` as JSON, for programs; the keys are a stable interface."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import asdict

from netsim.app.coverage import CoverageResult, PolicyCoverage, Score
from netsim.mutation.idle_flows import IdleFlow
from netsim.mutation.trial import Evidence, Fate, Trial
from netsim.report.coverage.words import advise, explain
from netsim.report.json_parts import by_protocol, describe_input, place
from netsim.report.style import Terminal

VERSION = 1


def render(result: CoverageResult, _: Terminal) -> str:
    """One object, and a line break."""
    body = {
        "version": VERSION,
        **describe_input(result),
        "score": _score(result.score),
        "redundant": result.redundant,
        "unknown": list(result.unknown),
        "faults": result.faults,
        "scenario": result.scenario,
        "policies": [_policy(policy) for policy in result.policies],
        "idle": [_idle(flow) for flow in result.idle],
        "read": asdict(result.read),
    }
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def _score(score: Score) -> dict[str, Any]:
    return {
        "noticed": score.noticed,
        "counted": score.counted,
        "percent": round(score.percent, 2),
    }


def _policy(policy: PolicyCoverage) -> dict[str, Any]:
    return {
        "policy": policy.title,
        "location": place(policy.location),
        "score": _score(policy.score),
        "redundant": policy.redundant,
        "lines": [
            {"file": where.file, "line": where.line, "score": _score(score)}
            for where, score in policy.lines
        ],
        "mutants": [_trial(trial) for trial in policy.trials],
    }


def _trial(trial: Trial) -> dict[str, Any]:
    mutant = trial.mutant
    is_survivor = trial.fate in (Fate.UNDOCUMENTED, Fate.UNKNOWN)
    return {
        "mutation": mutant.mutation.value,
        "subject": mutant.subject,
        "change": mutant.what,
        "location": place(mutant.location),
        "fate": trial.fate.value,
        "redundancy": trial.redundancy.name.lower() if trial.redundancy else None,
        "evidence": _evidence(trial.evidence) if trial.evidence else None,
        "why": explain(trial) if is_survivor else None,
        "advice": advise(trial) if is_survivor else None,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "src": evidence.source,
        "dst": evidence.destination,
        "ports": by_protocol(evidence.ports),
        "change": "opened" if evidence.is_opened else "closed",
        "standing": evidence.standing.value,
        "gap": evidence.gap.name.lower() if evidence.gap else None,
    }


def _idle(flow: IdleFlow) -> dict[str, Any]:
    return {
        "from": list(flow.sources),
        "to": list(flow.destinations),
        "ports": by_protocol(flow.ports),
        "intent": flow.intent.value,
        "reason": flow.idleness.name.lower(),
        "location": place(flow.location),
        "others": [place(each) for each in flow.others],
    }
