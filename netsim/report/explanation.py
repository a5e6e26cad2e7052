"""What an explanation says, for every format: the chain of tiers of both directions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netsim.model.conventions import TEXTS
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.location import Location
from netsim.model.policies import (
    BlockPeer,
    Direction,
    NamedPort,
    NetworkPolicy,
    PodPeer,
    Rule,
    Tier,
)
from netsim.model.ports import PortSet, Protocol
from netsim.model.resources import Origin, PodNetwork, Resources
from netsim.model.verdict import DirectionVerdict, NearMiss, Outcome, Verdict
from netsim.report.snippet import rule_for


@dataclass(frozen=True, slots=True)
class Question:
    """A connection between two endpoints."""

    source: Endpoint
    destination: Endpoint
    protocol: Protocol
    port: int

    def __str__(self) -> str:
        ends = f"{self.source.title} => {self.destination.title}"
        return f"{ends} : {self.protocol} {self.port}"

    def ends(self, direction: Direction) -> tuple[Endpoint, Endpoint]:
        """The end that policies of a direction select, and the other."""
        if direction is Direction.EGRESS:
            return self.source, self.destination
        return self.destination, self.source


@dataclass(frozen=True, slots=True)
class Cited:
    """A policy or a rule, and where it stands."""

    title: str
    location: Location


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would allow a denied connection: YAML to add to the spec of a policy."""

    policy: Cited
    snippet: str


@dataclass(frozen=True, slots=True)
class Step:
    """One tier of a direction.

    ``outcome`` is None where the tier leaves the decision to the next one.
    """

    tier: Tier
    says: str
    outcome: Outcome | None
    policies: tuple[Cited, ...] = ()
    rules: tuple[Cited, ...] = ()
    nearest: NearMiss | None = None
    remedy: Remedy | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One direction: its subject, its answer and the tiers that lead to it."""

    direction: Direction
    subject: str
    outcome: Outcome
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer to one question; ``why`` is set where no policy decides."""

    question: Question
    outcome: Outcome
    why: str
    parts: tuple[Part, ...]
    conventions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """All ports between two endpoints, and single ports explained.

    ``unknown`` may or may not be allowed, or only between some of their pods.
    """

    source: str
    destination: str
    allowed: PortSet
    unknown: PortSet
    explanations: tuple[Explanation, ...]


def explained(resources: Resources, question: Question, verdict: Verdict) -> Explanation:
    """Puts a verdict into steps."""
    directions = (verdict.egress, verdict.ingress)
    decided = verdict.why and all(each.tier is Tier.DEFAULT for each in directions)
    parts = () if decided else tuple(_part(question, each) for each in directions)
    used = dict.fromkeys(_conventions(resources, question, verdict))
    texts = tuple((name, text) for name, text in TEXTS if name in used)
    return Explanation(question, verdict.outcome, verdict.why, parts, texts)


def _part(question: Question, verdict: DirectionVerdict) -> Part:
    subject, peer = question.ends(verdict.direction)
    steps: tuple[Step, ...]
    if verdict.tier is Tier.DEFAULT:
        steps = _undecided(verdict)
    else:
        steps = (_decided(question, verdict, peer),)
    return Part(verdict.direction, subject.title, verdict.outcome, steps)


def _undecided(verdict: DirectionVerdict) -> tuple[Step, ...]:
    none = Step(Tier.NETWORK_POLICY, verdict.why, None)
    what = "everything is allowed" if verdict.outcome is Outcome.ALLOW else verdict.why
    return none, Step(Tier.DEFAULT, what, verdict.outcome)


_SAYS = {
    Outcome.ALLOW: "selected by policies, and a rule allows it",
    Outcome.DENY: "selected by policies, and no rule allows it",
}


def _decided(question: Question, verdict: DirectionVerdict, peer: Endpoint) -> Step:
    return Step(
        verdict.tier,
        _SAYS.get(verdict.outcome) or verdict.why,
        verdict.outcome,
        tuple(Cited(policy.title, policy.location) for policy in verdict.policies),
        tuple(Cited(rule.title, rule.location) for rule in verdict.rules),
        verdict.nearest,
        _remedy(question, verdict, peer) if verdict.outcome is Outcome.DENY else None,
    )


def _remedy(question: Question, verdict: DirectionVerdict, peer: Endpoint) -> Remedy | None:
    policy = _nearest_policy(verdict)
    if policy is None:
        return None
    snippet = rule_for(
        verdict.direction, policy.namespace, peer, question.protocol, question.port
    )
    return Remedy(Cited(policy.title, policy.location), snippet) if snippet else None


def _nearest_policy(verdict: DirectionVerdict) -> NetworkPolicy | None:
    near = verdict.nearest.rule.policy if verdict.nearest else None
    first = verdict.policies[0] if verdict.policies else None
    return next((policy for policy in verdict.policies if policy.title == near), first)


def _conventions(resources: Resources, question: Question, verdict: Verdict) -> Iterator[str]:
    both = (question.source, question.destination)
    if any(_has_host(endpoint) for endpoint in both):
        yield "host-network"
    if verdict.why.startswith("a node"):
        yield "own-node"
    elif verdict.why.startswith("a pod always"):
        yield "self"
        return
    for each in (verdict.egress, verdict.ingress):
        subject, peer = question.ends(each.direction)
        if isinstance(subject, ExternalEndpoint):
            yield "external-policy"
        for policy in each.policies:
            for rule in policy.rules_of(each.direction):
                yield from _of_rule(resources, rule, peer, question.destination)


def _of_rule(
    resources: Resources, rule: Rule, peer: Endpoint, destination: Endpoint
) -> Iterator[str]:
    if not isinstance(peer, PodEndpoint):
        return
    if any(isinstance(item, BlockPeer) for item in rule.peers):
        yield "ipblock-pods"
    by_namespace = any(isinstance(item, PodPeer) and item.namespaces for item in rule.peers)
    spaces = (resources.namespace(pod.namespace) for pod in peer.pods)
    if by_namespace and any(space.origin is Origin.IMPLIED for space in spaces):
        yield "implied-namespace"
    named = {port.name for port in rule.ports if isinstance(port, NamedPort)}
    if isinstance(destination, PodEndpoint) and _repeats(destination, named):
        yield "repeated-port-name"


def _repeats(endpoint: PodEndpoint, names: set[str]) -> bool:
    for pod in endpoint.pods:
        declared = [(p.name, p.protocol) for p in pod.ports if p.name in names]
        if len(declared) != len(set(declared)):
            return True
    return False


def _has_host(endpoint: Endpoint) -> bool:
    return isinstance(endpoint, PodEndpoint) and any(
        pod.network is PodNetwork.HOST for pod in endpoint.pods
    )
