"""The documentation claims something that NetworkPolicy cannot enforce.

NetworkPolicy speaks of addresses and ports.  Whether a connection uses mutual TLS is up to
the applications or a service mesh, so a claim of mTLS stays a claim until something else
proves it.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.judge.case import Case
from netsim.judge.wording import flow_text
from netsim.model.finding import Finding, Severity
from netsim.rules.interface import Check


def _run(case: Case) -> Iterator[Finding]:
    for flow in case.intent.flows if case.intent else ():
        for claim in sorted(flow.claims, key=lambda each: each.value):
            text = flow_text(flow.source, flow.destination, flow.ports)
            yield Finding(
                rule=CHECK.id,
                severity=CHECK.severity,
                message=f"{text}: {claim.value} is not verifiable from NetworkPolicy",
                location=flow.location,
                flows=(text,),
                fix="Make the server demand a client certificate, and test that it does.",
            )


CHECK = Check(
    id="not-verifiable",
    title="A documented claim is beyond NetworkPolicy",
    severity=Severity.NOTE,
    run=_run,
)
"""The rule."""
