"""What an explanation says, for every format: the chain of tiers of both directions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from msgspec import Struct

from netsim.model.endpoint import Endpoint, PodEndpoint
from netsim.model.location import Location
from netsim.model.policies import UNRANKED, Direction, Policy, Rule, Tier
from netsim.model.ports import PortSet, Protocol
from netsim.model.resources import Resources
from netsim.model.verdict import (
    DirectionVerdict,
    Effect,
    NearMiss,
    Outcome,
    TierStep,
    Verdict,
)
from netsim.report.explain.snippet import policy_for, rule_for
from netsim.report.explain.used_conventions import used_conventions


class Question(Struct, frozen=True):
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


class Cited(Struct, frozen=True):
    """A policy or a rule, and where it stands."""

    title: str
    location: Location


class Remedy(Struct, frozen=True):
    """What would allow a denied connection: YAML to add to the spec of a policy.

    ``policy`` is None where the YAML is a policy by itself.
    """

    policy: Cited | None
    snippet: str


class Step(Struct, frozen=True):
    """One tier of a direction; of the admin tiers one policy.

    ``outcome`` is None where it leaves the decision to the next one.  ``by`` says what the
    rules do.
    """

    tier: Tier
    says: str
    outcome: Outcome | None
    policies: tuple[Cited, ...] = ()
    rules: tuple[Cited, ...] = ()
    nearest: NearMiss | None = None
    remedy: Remedy | None = None
    by: str = "allowed by"


class Part(Struct, frozen=True):
    """One direction: its subject, its answer and the tiers that lead to it."""

    direction: Direction
    subject: str
    outcome: Outcome
    steps: tuple[Step, ...]


class Explanation(Struct, frozen=True):
    """The answer to one question; ``why`` is set where no policy decides."""

    question: Question
    outcome: Outcome
    why: str
    parts: tuple[Part, ...]
    conventions: tuple[tuple[str, str], ...]


class Overview(Struct, frozen=True):
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
    decided = verdict.why and all(
        each.tier is Tier.DEFAULT and not each.steps for each in directions
    )
    parts = () if decided else tuple(_part(resources, question, each) for each in directions)
    texts = used_conventions(resources, question, verdict)
    return Explanation(question, verdict.outcome, verdict.why, parts, texts)


def _part(resources: Resources, question: Question, verdict: DirectionVerdict) -> Part:
    subject, _ = question.ends(verdict.direction)
    steps = tuple(_steps(resources, question, verdict))
    return Part(verdict.direction, subject.title, verdict.outcome, steps)


def _steps(
    resources: Resources, question: Question, verdict: DirectionVerdict
) -> Iterator[Step]:
    """What each tier says, up to the one that decides."""
    for tier in Tier:
        if tier.is_ordered:
            yield from _of_tier(verdict, tier)
        elif tier is Tier.DEFAULT:
            what = "everything is allowed" if _is_allowed(verdict) else verdict.why
            yield Step(tier, what, verdict.outcome)
        elif tier is verdict.tier:
            yield _decided(resources, question, verdict)
        else:
            is_last = verdict.tier is Tier.DEFAULT
            why = verdict.why if is_last else _NOT_ISOLATED[verdict.direction]
            yield Step(tier, why, None)
        if tier is verdict.tier:
            return


def _is_allowed(verdict: DirectionVerdict) -> bool:
    return verdict.outcome is Outcome.ALLOW


_NOT_ISOLATED = {
    direction: f"no NetworkPolicy isolates it for {direction.word}" for direction in Direction
}


def _of_tier(verdict: DirectionVerdict, tier: Tier) -> Iterator[Step]:
    """The policies of an admin tier, in the order in which they are asked."""
    for asked in verdict.steps:
        if asked.policy.tier is tier:
            yield _asked(verdict, asked)


_WORDS = {
    Effect.ALLOW: ("a rule allows it", "allowed by"),
    Effect.DENY: ("a rule denies it", "denied by"),
    Effect.PASS: ("a rule passes it on to the next tier", "passed on by"),
    Effect.NO_MATCH: ("no rule matches", ""),
    Effect.UNKNOWN: ("a rule may match", "may be decided by"),
}


def _asked(verdict: DirectionVerdict, asked: TierStep) -> Step:
    policy = asked.policy
    says, by = _WORDS[asked.effect]
    is_deciding = policy in verdict.policies and verdict.tier is policy.tier
    if is_deciding and verdict.why:
        says = f"{says}; {verdict.why}"
    return Step(
        policy.tier,
        f"{_ordered(policy)}: {says}",
        verdict.outcome if is_deciding else None,
        (Cited(policy.title, policy.location),),
        tuple(Cited(_rule_title(rule), rule.location) for rule in asked.rules),
        verdict.nearest if is_deciding else None,
        by=by,
    )


def _ordered(policy: Policy) -> str:
    if policy.priority == UNRANKED:
        return policy.title
    return f"{policy.title} (priority {policy.priority})"


def _rule_title(rule: Rule) -> str:
    return f"{rule.title} '{rule.name}'" if rule.name else rule.title


_SAYS = {
    Outcome.ALLOW: "selected by policies, and a rule allows it",
    Outcome.DENY: "selected by policies, and no rule allows it",
}


def _decided(resources: Resources, question: Question, verdict: DirectionVerdict) -> Step:
    return Step(
        verdict.tier,
        _SAYS.get(verdict.outcome) or verdict.why,
        verdict.outcome,
        tuple(Cited(policy.title, policy.location) for policy in verdict.policies),
        tuple(Cited(rule.title, rule.location) for rule in verdict.rules),
        verdict.nearest,
        _remedy(resources, question, verdict) if verdict.outcome is Outcome.DENY else None,
        "may be allowed by" if verdict.outcome is Outcome.UNKNOWN else "allowed by",
    )


def _remedy(
    resources: Resources, question: Question, verdict: DirectionVerdict
) -> Remedy | None:
    subject, peer = question.ends(verdict.direction)
    if not isinstance(subject, PodEndpoint):
        return None
    home = subject.pods[0].namespace
    rule = rule_for(verdict.direction, home, peer, question.protocol, question.port)
    if not rule:
        return None
    policy = _extensible(verdict)
    if policy is None:
        name = _unused_name(resources, subject, verdict.direction)
        return Remedy(None, policy_for(name, subject, verdict.direction, rule))
    return Remedy(Cited(policy.title, policy.location), rule)


def _unused_name(resources: Resources, subject: PodEndpoint, direction: Direction) -> str:
    workload = subject.pods[0].workload
    taken = {p.name for p in resources.policies if p.namespace == workload.namespace}
    name = f"{workload.name}-{direction.word}"
    return next(free for free in _numbered(name) if free not in taken)


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in count(2))


def _extensible(verdict: DirectionVerdict) -> Policy | None:
    """The policy to extend: one for all pods of the namespace would open all of them."""
    near = verdict.nearest.rule.policy if verdict.nearest else None
    isolating = (p for p in verdict.policies if not p.tier.is_ordered)
    return max(
        (policy for policy in isolating if policy.subject.pods.requirements),
        key=lambda policy: (policy.id == near, len(policy.subject.pods.requirements)),
        default=None,
    )
