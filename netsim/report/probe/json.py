"""``probe`` as JSON, for programs; the keys are a stable interface."""

from __future__ import annotations

import json
from typing import Any

from netsim.probe.judging.compare import Compared
from netsim.probe.judging.mutual_tls import TlsComparison
from netsim.probe.result import ProbeCoverage, ProbeResult
from netsim.report.style import Terminal

VERSION = 1


def render(result: ProbeResult, _: Terminal) -> str:
    """One object, and a line break."""
    body = {
        "version": VERSION,
        "conclusion": result.conclusion.value,
        "connections": [_connection(each) for each in result.comparisons],
        "handshakes": [_handshake(each) for each in result.handshakes],
        "policies": [
            {
                "policy": each.title,
                "difference": each.drift.name.lower(),
                "parts": list(each.parts),
                "place": str(each.written.location) if each.written else None,
            }
            for each in result.differences
        ],
        "extra_policies": result.extra.value,
        "labels": [
            {
                "pod": each.pod,
                "model": each.model,
                "wanted": dict(each.wanted.pairs),
                "found": dict(each.found.pairs),
            }
            for each in result.labels
        ],
        "skipped": [{"what": each.what, "reason": each.reason} for each in result.skipped],
        "unread": [{"what": each.what, "reason": each.reason} for each in result.unread],
        "extent": _extent(result.extent),
    }
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def _connection(found: Compared) -> dict[str, Any]:
    job, columns, cause = found.job, found.columns, found.diagnosis
    return {
        "source": job.title,
        "source_pod": job.source.title,
        "destination": job.destination.title,
        "destination_pod": job.destination.pod,
        "host": job.destination.host,
        "protocol": job.destination.protocol.value,
        "port": job.destination.port,
        "purpose": job.purpose.value,
        "documented": columns.documented.name.lower(),
        "simulated": columns.simulated.outcome.value,
        "observed": columns.observed.answer.value,
        "outcome": columns.observed.outcome.value,
        "agreement": found.agreement.value,
        "tool": found.tool,
        "why": columns.observed.why,
        "manifests": columns.simulated.reason,
        "diagnosis": {"cause": cause.cause.value, "text": cause.text} if cause else None,
    }


def _handshake(found: TlsComparison) -> dict[str, Any]:
    job, seen, cause = found.job, found.handshake, found.diagnosis
    return {
        "destination": job.title,
        "destination_pod": job.pod.title,
        "protocol": "TCP",
        "port": job.port,
        "flows": list(job.flows),
        "documented": "mTLS",
        "outcome": seen.outcome.value,
        "tls_version": seen.version,
        "agreement": found.agreement.value,
        "why": found.why,
        "diagnosis": {"cause": cause.cause.value, "text": cause.text} if cause else None,
    }


def _extent(extent: ProbeCoverage) -> dict[str, Any]:
    return {
        "via": extent.via,
        "namespace": extent.namespace,
        "sources": extent.sources,
        "connections": extent.jobs,
        "controls": extent.controls,
        "written_policies": extent.written_policies,
        "live_policies": extent.live_policies,
        "seconds": round(extent.seconds, 3),
        "interrupted": extent.interrupted,
        "left_behind": list(extent.left_behind),
    }
