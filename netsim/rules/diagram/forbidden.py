"""A connection is allowed that the documentation denies.

The diagram crosses it out, or the scenario lists it under ``deny``, which holds even where an
arrow is drawn: an untrusted workload that reaches the metadata service, for example.

Mend it by narrowing or removing the rule that is named, or by isolating the pods where no
policy does.
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
    return judgement.forbidden


def _run(case: Case) -> Iterator[Finding]:
    yield from surplus_findings(case, CHECK, _ports, "allowed, but documented as denied")


CHECK = Check(
    id="forbidden",
    title="A connection documented as denied is allowed",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
