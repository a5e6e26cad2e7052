"""Whether a connection is allowed cannot be told from the input.

A placeholder stands where a port or an address should, an ipBlock covers a part of the range
in which a pod of unknown address may be, a rule names domains, or policies of one priority
contradict each other.  A check that cannot tell is neither passed
nor failed: the exit code is 2, or 0 with ``--allow-inconclusive``.

Mend it by filling in the placeholder, or by stating the cluster's pod ranges in the scenario
(``podRanges``).
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.judge.case import Case
from netsim.judge.witness import witness
from netsim.judge.wording import judged_text
from netsim.model.finding import Finding, Severity
from netsim.model.peers import DomainPeer, NodePeer
from netsim.model.verdict import DirectionVerdict, Outcome
from netsim.rules.interface import Check


def _run(case: Case) -> Iterator[Finding]:
    for judgement in case.judgements:
        shown = witness(case.reachability, judgement, judgement.undecided, Outcome.UNKNOWN)
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
            policy=side.rules[0].policy.title,
            flows=(flow,),
            fix=_remedy(side),
        )


def _remedy(side: DirectionVerdict) -> str:
    tied = [policy for policy in side.policies if policy.tier.is_ordered]
    if len(tied) > 1:
        return "Give the policies different priorities."
    peers = [peer for rule in side.rules for peer in rule.peers]
    if any(isinstance(peer, DomainPeer) for peer in peers):
        return "Name the addresses in networks, or accept it with --allow-inconclusive."
    if any(isinstance(peer, NodePeer) for peer in peers):
        return "Add the Nodes to the input."
    return "Fill in the placeholder, or state the pod ranges in the scenario."


CHECK = Check(
    id="undecided",
    title="A connection cannot be decided",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
