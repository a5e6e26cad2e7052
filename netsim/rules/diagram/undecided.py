"""Whether a connection is allowed cannot be decided from the input.

A placeholder stands where a port, an address, a label or a namespace should, an ipBlock covers
a part of the range in which a pod of unknown address may be, IPv4 is allowed and IPv6 is not, a
pod may or may not run on the node that is the other end, a rule names domains, or policies of
one priority contradict each other.  Or a policy of another system, such as Calico, Cilium or
Istio, may decide it: netsim does not evaluate those, and all that the same ones leave open is
one finding.

A check that cannot decide neither passes nor fails: the exit code is 2, or 0 with
`--allow-inconclusive`.

Fix: fill in the placeholder, or state the cluster's pod ranges in the scenario (`podRanges`);
try what a policy of another system may decide with `netsim probe`.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.engine.evaluator import Evaluator
from netsim.engine.explain.verdicts import MAYBE_OWN_NODE, class_verdict
from netsim.judge.case import Case
from netsim.judge.judgement import Judgement, list_class_pairs
from netsim.model.finding import Finding, Severity
from netsim.model.other_systems import UnevaluatedPolicy
from netsim.model.peers import NOT_EVALUATED, DomainPeer, NodePeer
from netsim.model.policies import Policy, Tier
from netsim.model.ports import Protocol
from netsim.model.verdict import DirectionVerdict, Outcome
from netsim.rules.interface import Check
from netsim.words.lists import join_first, join_phrases


def _run(case: Case) -> Iterator[Finding]:
    unevaluated: dict[tuple[Policy, ...], list[str]] = {}
    for judgement in case.judgements:
        verdict = _find_unknown(case.evaluator, judgement)
        if verdict is None:
            continue
        flow = judgement.describe(judgement.undecided)
        if verdict.tier is Tier.OTHER_SYSTEMS:
            unevaluated.setdefault(verdict.policies, []).append(flow)
            continue
        # Of a node that a pod may run on no rule says anything.
        rule = next(iter(verdict.rules), None)
        title, policy = (rule or verdict.policies[0]).title, (rule or verdict.policies[0])
        yield CHECK.finding(
            policy.location,
            f"{flow}: cannot be decided. {title}: {verdict.why}",
            policy=rule.policy.title if rule else title,
            flows=(flow,),
            fix=_fix(judgement, verdict),
        )
    for policies, flows in unevaluated.items():
        titles = list(dict.fromkeys(policy.title for policy in policies))
        verb = _reason(policies[0]) if len(titles) == 1 else "are not evaluated"
        yield CHECK.finding(
            policies[0].location,
            f"{join_phrases(flows)}: cannot be decided. {join_first(titles)} {verb}, and may "
            "decide it",
            policy=titles[0],
            flows=tuple(flows),
            fix="Try them with netsim probe, or accept it with --allow-inconclusive.",
        )


def _reason(policy: Policy) -> str:
    return str(policy.reason if isinstance(policy, UnevaluatedPolicy) else NOT_EVALUATED)


def _find_unknown(evaluator: Evaluator, judgement: Judgement) -> DirectionVerdict | None:
    """The direction that cannot be decided, of one connection that shows it.

    The other end may deny the connection, where only one direction is documented.
    """
    ends = (judgement.source, judgement.destination)
    lesser: DirectionVerdict | None = None
    for protocol in Protocol:
        for port, _ in judgement.undecided.ports(protocol):
            for source, destination in list_class_pairs(evaluator, *ends):
                verdict = class_verdict(evaluator, source, destination, (protocol, port))
                for side in (verdict.egress, verdict.ingress):
                    if verdict.outcome is side.outcome is Outcome.UNKNOWN:
                        return side
                    if side.outcome is Outcome.UNKNOWN:
                        lesser = lesser or side
    return lesser


def _fix(judgement: Judgement, verdict: DirectionVerdict) -> str:
    tied = [policy for policy in verdict.policies if policy.tier.is_ordered]
    if len(tied) > 1:
        return "Give the policies different priorities."
    if verdict.why == MAYBE_OWN_NODE:
        return "Say on which nodes the pods run: with nodeName, or a nodeSelector."
    if judgement.by_family:
        return "Treat both address families alike, or state the pod ranges in the scenario."
    peers = [peer for rule in verdict.rules for peer in rule.peers]
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
