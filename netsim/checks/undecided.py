"""Whether a connection is allowed cannot be told from the input.

A placeholder stands where a port or an address should, or an ipBlock covers a part of the
range in which a pod of unknown address may be.  A check that cannot tell is neither passed
nor failed: the exit code is 2, or 0 with ``--allow-inconclusive``.

Mend it by filling in the placeholder, or by stating the cluster's pod ranges in the scenario
(``podRanges``).
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.checks.interface import Check, Context
from netsim.checks.witness import witness
from netsim.checks.wording import judged_text
from netsim.model.finding import Finding, Severity
from netsim.model.verdict import Outcome


def _run(context: Context) -> Iterator[Finding]:
    for judgement in context.judgements:
        shown = witness(context.reachability, judgement, judgement.undecided, Outcome.UNKNOWN)
        if shown is None:
            continue
        sides = (shown.verdict.egress, shown.verdict.ingress)
        side = next(each for each in sides if each.outcome is Outcome.UNKNOWN)
        flow = judged_text(judgement, judgement.undecided)
        yield Finding(
            rule=CHECK.id,
            severity=CHECK.severity,
            message=f"{flow}: cannot be told. {side.rules[0].title}: {side.why}",
            location=side.rules[0].location,
            policy=side.rules[0].policy,
            flows=(flow,),
            remedy="Fill in the placeholder, or state the pod ranges in the scenario.",
        )


CHECK = Check(
    id="undecided",
    title="A connection cannot be decided",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
