"""The documentation both allows and denies a connection.

An arrow is drawn where the diagram also has a cross, or where the scenario says ``deny``.  The
denial wins, so the arrow shows what must not work.

Fix: remove one of the two.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.judge.case import Case
from netsim.model.finding import Finding, Related, Severity
from netsim.model.flow import DocumentedFlow, Intent
from netsim.rules.interface import Check
from netsim.words.ports import describe_flow


def _run(case: Case) -> Iterator[Finding]:
    seen: set[tuple[DocumentedFlow, DocumentedFlow]] = set()
    # An endpoint can lie within another, so the names of two flows need not be equal.
    for judgement in case.judgements:
        drawn = [flow for flow in judgement.flows if flow.intent is Intent.ALLOWED]
        for denial in (flow for flow in judgement.flows if flow.intent is Intent.DENIED):
            for flow in drawn:
                if flow.ports & denial.ports and (flow, denial) not in seen:
                    seen.add((flow, denial))
                    yield _finding(flow, denial)


def _finding(flow: DocumentedFlow, denial: DocumentedFlow) -> Finding:
    text = describe_flow(flow.source, flow.destination, flow.ports & denial.ports)
    return CHECK.finding(
        flow.location,
        f"{text}: documented as allowed and as denied; the denial wins",
        flows=(text,),
        related=(Related(denial.location, "documented as denied here"),),
        fix="Remove the arrow or the denial.",
    )


CHECK = Check(
    id="contradiction",
    title="A connection is documented both ways",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
