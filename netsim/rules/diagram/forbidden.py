"""A connection is allowed that the documentation denies.

The diagram crosses it out, or the scenario lists it under ``deny``, which holds even where an
arrow is drawn: an untrusted workload that reaches the metadata service, for example.

Fix: narrow or remove the rule that is named, or isolate the pods where no policy does.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.judge.case import Case
from netsim.judge.judgement import Standing
from netsim.judge.leak import Leak, find_leaks
from netsim.model.finding import Finding, Severity
from netsim.model.flow import Intent
from netsim.rules.closings import list_closings
from netsim.rules.interface import Check


def _run(case: Case) -> Iterator[Finding]:
    for leak in find_leaks(case, Standing.FORBIDDEN):
        yield CHECK.finding(
            leak.location,
            leak.describe("allowed, but documented as denied"),
            policy=leak.policy,
            flows=leak.flows,
            related=leak.related,
            fix=leak.fix,
            patches=() if _is_contradicted(leak) else tuple(list_closings(case, leak)),
        )


def _is_contradicted(leak: Leak) -> bool:
    """Whether a part is documented as allowed, too: which of the two is meant, people know."""
    return any(
        flow.intent is Intent.ALLOWED and flow.ports & ports
        for judgement, ports in leak.ports.items()
        for flow in judgement.flows
    )


CHECK = Check(
    id="forbidden",
    title="A connection documented as denied is allowed",
    severity=Severity.ERROR,
    run=_run,
    risk=8.5,
)
"""The rule."""
