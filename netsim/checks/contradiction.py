"""The documentation both allows and denies a connection.

An arrow is drawn where the diagram also has a cross, or where the scenario says ``deny``.  The
denial wins, so the arrow promises what must not work.

Mend it by removing one of the two.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.checks.interface import Check, Context
from netsim.checks.wording import ports_text
from netsim.model.finding import Finding, Related, Severity
from netsim.model.flow import DocumentedFlow, Intent


def _run(context: Context) -> Iterator[Finding]:
    flows = context.intent.flows if context.intent else ()
    denials = [flow for flow in flows if flow.intent is Intent.DENIED]
    for flow in flows:
        for denial in denials if flow.intent is Intent.ALLOWED else ():
            if _ends(flow) == _ends(denial) and flow.ports & denial.ports:
                yield _finding(flow, denial)


def _ends(flow: DocumentedFlow) -> tuple[str, str]:
    return flow.source, flow.destination


def _finding(flow: DocumentedFlow, denial: DocumentedFlow) -> Finding:
    text = f"{flow.source} -> {flow.destination} {ports_text(flow.ports & denial.ports)}"
    return Finding(
        rule=CHECK.id,
        severity=CHECK.severity,
        message=f"{text}: documented as allowed and as denied; the denial holds",
        location=flow.location,
        flow=text,
        related=(Related(denial.location, "documented as denied here"),),
        remedy="Remove the arrow or the denial.",
    )


CHECK = Check(
    id="contradiction",
    title="A connection is documented both ways",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
