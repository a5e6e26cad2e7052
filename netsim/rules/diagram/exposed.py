"""A connection is allowed that the documentation does not name.

The documented world is closed: what is neither drawn nor listed in the scenario must be denied.
All connections with one cause are one finding.

A pod without labels stands for "any other pod" of a namespace, so that a missing default deny
is found even before such a pod exists.

Fix: narrow or remove the rule that is named, isolate the pods where no policy does, or document
the connection if it is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.judge.case import Case
from netsim.judge.judgement import Standing
from netsim.judge.leak import find_leaks
from netsim.model.finding import Finding, Severity
from netsim.rules.closings import list_closings
from netsim.rules.interface import Check


def _run(case: Case) -> Iterator[Finding]:
    for leak in find_leaks(case, Standing.EXPOSED):
        yield CHECK.finding(
            leak.location,
            leak.describe("allowed, but neither drawn nor listed"),
            policy=leak.policy,
            flows=leak.flows,
            related=leak.related,
            fix=leak.fix,
            patches=tuple(list_closings(case, leak)),
        )


CHECK = Check(
    id="exposed",
    title="An undocumented connection is allowed",
    severity=Severity.ERROR,
    run=_run,
    risk=7.5,
)
"""The rule."""
