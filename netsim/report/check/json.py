"""``check`` as JSON, for programs; the keys are a stable interface."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from netsim.app.check import CheckResult, Coverage
from netsim.judge.judgement import Judgement
from netsim.model.finding import Finding, Suppressed
from netsim.report.json_parts import by_protocol, describe_input, place
from netsim.report.style import Terminal

if TYPE_CHECKING:
    from netsim.engine.query.exposure import Exposure

VERSION = 1


def render(result: CheckResult, _: Terminal) -> str:
    """One object, and a line break."""
    body = {
        "version": VERSION,
        "conclusion": result.conclusion.value,
        **describe_input(result),
        "findings": [_finding(each) for each in result.findings],
        "suppressed": [_suppressed(each) for each in result.suppressed],
        "pairs": [
            {**_pair(each), **_scenario(system)}
            for system in result.systems or (result,)
            for each in system.judgements
        ],
        "exposure": [_exposure(each) for each in result.exposures],
        "scope": _coverage(result.coverage),
    }
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "location": place(finding.location),
        "policy": finding.policy,
        "flows": list(finding.flows),
        "related": [
            {"location": place(each.location), "message": each.message}
            for each in finding.related
        ],
        "fix": finding.fix,
        "patch": finding.patch,
        "diff": finding.diff,
    }


def _suppressed(suppressed: Suppressed) -> dict[str, Any]:
    return {
        "finding": _finding(suppressed.finding),
        "reason": suppressed.reason,
        "location": place(suppressed.location),
    }


def _pair(judgement: Judgement) -> dict[str, Any]:
    return {
        "source": judgement.source.title,
        "destination": judgement.destination.title,
        "standing": judgement.standing.value,
        "allowed": by_protocol(judgement.allowed),
        "documented": by_protocol(judgement.documented),
        "exposed": by_protocol(judgement.exposed | judgement.forbidden),
        "broken": by_protocol(judgement.broken),
        "undecided": by_protocol(judgement.undecided),
        "claims": sorted({claim.value for flow in judgement.flows for claim in flow.claims}),
    }


def _exposure(exposure: Exposure) -> dict[str, Any]:
    """What is open between a workload and any pod of the cluster."""
    return {
        "workload": exposure.workload,
        "pods": list(exposure.pods.titles) if exposure.pods else None,
        "direction": exposure.direction.word,
        "cluster": by_protocol(exposure.cluster.sure),
        "unknown": by_protocol(exposure.cluster.unknown),
    }


def _scenario(system: CheckResult) -> dict[str, Any]:
    """Of which scenario a pair is, where there are several."""
    return {"scenario": system.coverage.scenario} if system.is_one_of_several else {}


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "files": coverage.files,
        "documents": coverage.documents,
        "policies": coverage.policies,
        "workloads": coverage.workloads,
        "objects": coverage.objects,
        "endpoints": coverage.endpoints,
        "flows": coverage.flows,
        "statements": coverage.statements,
        "uncompared": list(coverage.uncompared),
        "unused": dict(coverage.unused),
        "unevaluated": [*coverage.unevaluated, *coverage.disputed],
        "scenario": coverage.scenario,
        "diagram": coverage.diagram,
    }
