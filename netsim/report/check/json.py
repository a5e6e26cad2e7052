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
    from netsim.app.causes import Cause
    from netsim.app.posture import Network, Posture
    from netsim.engine.query.survey import Open, Reach

VERSION = 1


def render(result: CheckResult, _: Terminal) -> str:
    """One object, and a line break."""
    body = {
        "version": VERSION,
        "conclusion": result.conclusion.value,
        **describe_input(result),
        "findings": [write_finding(each) for each in result.findings],
        "suppressed": [_suppressed(each) for each in result.suppressed],
        "withheld": [
            {"by": each.sieve.value, "findings": [write_finding(f) for f in each.findings]}
            for each in result.withheld
        ],
        "outdated": [
            {
                "rule": each.rule,
                "policy": each.policy,
                "flows": list(each.flows),
                "message": each.message,
                "fingerprint": each.fingerprint,
            }
            for each in result.outdated
        ],
        "pairs": [
            {**_pair(each), **_scenario(system)}
            for system in result.systems or (result,)
            for each in system.judgements
        ],
        "posture": _posture(result.posture) if result.posture else None,
        "scope": _coverage(result.coverage),
    }
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def write_finding(finding: Finding) -> dict[str, Any]:
    """A finding with its fix."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "fingerprint": finding.fingerprint,
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
        "finding": write_finding(suppressed.finding),
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


def _posture(posture: Posture) -> dict[str, Any]:
    """What manifests alone tell; ``network`` is null where nothing is said about it."""
    return {
        "network": _network(posture.network) if posture.network else None,
        "unknown": list(posture.limits),
        "causes": [_cause(each) for each in posture.causes],
        "next": posture.next_step or None,
    }


def _network(network: Network) -> dict[str, Any]:
    return {
        "workloads": network.workloads,
        "namespaces": [
            {
                "name": each.name,
                "workloads": each.workloads,
                "ingress": {standing.value: number for standing, number in each.ingress},
                "egress": {standing.value: number for standing, number in each.egress},
            }
            for each in network.namespaces
        ],
        "waysIn": [
            {
                "via": each.via,
                "to": each.workload,
                "ports": by_protocol(each.ports),
                "standing": each.standing.value,
                "why": each.why or None,
                "sources": list(each.sources.cidrs()),
                "location": place(each.location) if each.location else None,
            }
            for each in network.ways_in
        ],
        "onHostNetwork": list(network.on_host),
        "fromCluster": [_open(each) for each in network.from_cluster],
        "fromOutside": [_open(each) for each in network.from_outside],
        "toCluster": [_open(each) for each in network.to_cluster],
        "toOutside": [_open(each) for each in network.to_outside],
        "services": network.services,
        "closedServices": [
            {"service": each.title.partition(" ")[2], "awaitsPodsNotInInput": each.awaits}
            for each in network.closed_services
        ],
        "metadataServer": _reach(network.metadata),
        "apiServer": {
            "addresses": list(network.api_addresses),
            **_reach(network.api_server),
        },
    }


def _open(each: Open) -> dict[str, Any]:
    return {
        "workload": each.workload,
        "allowed": by_protocol(each.allowed.sure),
        "unknown": by_protocol(each.allowed.unknown),
        "onlyFrom": list(each.limits.cidrs()),
    }


def _reach(reach: Reach) -> dict[str, Any]:
    return {"workloads": list(reach.surely), "unknown": list(reach.maybe)}


def _cause(cause: Cause) -> dict[str, Any]:
    """A cause by the first of its findings; ``locations`` are those of all."""
    first = cause.first
    return {
        "rule": first.rule,
        "severity": first.severity.value,
        "count": len(cause.findings),
        "message": first.message,
        "locations": [place(each.location) for each in cause.findings],
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
