"""An endpoint of the scenario matches no workload of the input, though one seems to be meant.

Where nothing that was read has the labels of an endpoint, the scenario models its pods, as for
workloads that Helm deploys.  If the input does have that workload, under other labels, the
model hides what the policies really do to it.

Fix: correct the labels of the endpoint or those of the workload.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.intent.scenario.bind import report_unmatched
from netsim.judge.case import Case
from netsim.model.finding import Finding, Severity
from netsim.rules.interface import Check


def _run(case: Case) -> Iterator[Finding]:
    for found in report_unmatched(case.scenario, case.resources):
        yield CHECK.finding(
            found.location,
            found.message,
            fix="Correct the labels of the endpoint, or those of the workload.",
        )


CHECK = Check(
    id="endpoint-unmatched",
    title="An endpoint matches none of the workloads read",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
