"""Verdicts that hang on labels of namespaces that nobody could read.

Of such a namespace only its name is known.  A live one may well have other labels, so that no
selector that asks for them can be said to pass it by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from netsim.model.endpoint import Endpoint, PodEndpoint
from netsim.model.labels import Labels, Selector
from netsim.model.peers import Peer, PodPeer
from netsim.model.policies import Rule
from netsim.model.resources import NAME_LABEL, Origin, Pod, Resources
from netsim.model.verdict import DirectionVerdict, Outcome, Verdict


class UnreadLabels:
    """The namespaces of some resources that are only known by name."""

    def __init__(self, resources: Resources) -> None:
        spaces = resources.namespaces
        self._read = {each.name for each in spaces if each.origin is Origin.READ}
        self._peers = [
            peer
            for policy in resources.policies
            if policy.tier.is_ordered
            for peer in (
                policy.subject,
                *(peer for rule in policy.rules for peer in rule.peers),
            )
        ]

    def doubt(self, found: Verdict, source: Endpoint, target: Endpoint) -> str:
        """Why a verdict is not sure; empty where no labels that are unread have a say."""
        if found.outcome is Outcome.UNKNOWN or found.why:
            return ""
        if unsure := self._meant(self._peers, (*_pods(source), *_pods(target))):
            return _text(unsure)
        sides = ((found.egress, _pods(target)), (found.ingress, _pods(source)))
        doubts = [
            self._doubtful(side, pods) for side, pods in sides if side.outcome is found.outcome
        ]
        is_sure = found.outcome is Outcome.DENY and "" in doubts
        return "" if is_sure else next((_text(each) for each in doubts if each), "")

    def _doubtful(self, side: DirectionVerdict, pods: tuple[Pod, ...]) -> str:
        """The namespace by whose labels a rule may match, or may be the only one to do so."""
        if side.outcome is Outcome.ALLOW:
            found = [self._meant(rule.peers, pods) for rule in side.rules]
            return found[0] if found and all(found) else ""
        peers = (peer for rule in _rules(side) for peer in rule.peers)
        return self._meant(peers, pods)

    def _meant(self, peers: Iterable[Peer], pods: tuple[Pod, ...]) -> str:
        """The namespace of a pod that a peer may mean by labels that are not known."""
        for peer in peers:
            if isinstance(peer, PodPeer) and peer.namespaces is not None:
                for pod in pods:
                    if pod.namespace not in self._read and _may_match(peer, pod):
                        return pod.namespace
        return ""


def _rules(side: DirectionVerdict) -> Iterator[Rule]:
    for policy in side.policies:
        if policy.isolates:
            yield from policy.rules_of(side.direction)


def _may_match(peer: PodPeer, pod: Pod) -> bool:
    asked = peer.namespaces.requirements if peer.namespaces else ()
    known = Selector(tuple(each for each in asked if each.key == NAME_LABEL))
    is_named = known.matches(Labels.of({NAME_LABEL: pod.namespace}))
    return known.requirements != asked and is_named and peer.pods.matches(pod.labels)


def _pods(end: Endpoint) -> tuple[Pod, ...]:
    return end.pods if isinstance(end, PodEndpoint) else ()


def _text(namespace: str) -> str:
    return f"a policy asks for labels of the namespace {namespace}, which could not be read"
