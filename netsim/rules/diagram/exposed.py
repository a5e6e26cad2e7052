"""A connection is allowed that the documentation does not name.

The documented world is closed: what is neither drawn nor listed in the scenario must be
denied.  Findings with one cause are one finding.

A pod without labels stands for "any other pod" of a namespace, so that a missing default deny
shows although no such pod is written yet.

Mend it by narrowing or removing the rule that is named, by isolating the pods where no policy
does, or, where the connection is wanted, by documenting it.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.judge.case import Case
from netsim.judge.judgement import Judgement
from netsim.judge.surplus import surplus_findings
from netsim.model.finding import Finding, Severity
from netsim.model.ports import PortSet
from netsim.rules.interface import Check


def _ports(judgement: Judgement) -> PortSet:
    return judgement.exposed


def _run(case: Case) -> Iterator[Finding]:
    yield from surplus_findings(case, CHECK, _ports, "allowed, but neither drawn nor listed")


CHECK = Check(
    id="exposed",
    title="An undocumented connection is allowed",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
