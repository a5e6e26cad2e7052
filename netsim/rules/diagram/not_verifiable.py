"""The documentation claims something that NetworkPolicy cannot enforce.

NetworkPolicy is about addresses and ports.  Whether a connection uses mutual TLS is up to the
applications or a service mesh, so a claim of mTLS stays a claim until something else proves it.

Fix: make the server demand a client certificate, and test that it does.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.judge.case import Case
from netsim.model.finding import Finding, Severity
from netsim.rules.interface import Check
from netsim.words.ports import describe_flow


def _run(case: Case) -> Iterator[Finding]:
    for flow in case.documentation.flows:
        for claim in sorted(flow.claims, key=lambda each: each.value):
            text = describe_flow(flow.source, flow.destination, flow.ports)
            yield CHECK.finding(
                flow.location,
                f"{text}: {claim.value} is not verifiable from NetworkPolicy",
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
