"""What an explanation says: the chain of tiers of both directions, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from msgspec import Struct

from netsim.app.explanation.attempt import Attempt
from netsim.app.explanation.snippet import write_policy, write_rule
from netsim.app.explanation.used_conventions import list_used_conventions
from netsim.engine.reachability import Reachability
from netsim.model.endpoint import PodEndpoint
from netsim.model.location import Location
from netsim.model.other_systems import UnevaluatedPolicy
from netsim.model.peers import NOT_EVALUATED
from netsim.model.policies import UNRANKED, Direction, Policy, Rule, Tier
from netsim.model.ports import PortSet
from netsim.model.resources import Resources
from netsim.model.verdict import (
    DirectionVerdict,
    Effect,
    NearMiss,
    Outcome,
    TierStep,
)


class Cited(Struct, frozen=True):
    """A policy or a rule, and where it stands."""

    title: str
    location: Location


class Fix(Struct, frozen=True):
    """What would allow a denied connection: YAML to add to the spec of a policy.

    ``policy`` is None where the YAML is a policy by itself.
    """

    policy: Cited | None
    snippet: str


class ExplainedStep(Struct, frozen=True):
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
    fix: Fix | None = None
    by: str = "allowed by"


class ExplainedDirection(Struct, frozen=True):
    """One direction: its subject, its answer and the tiers that lead to it."""

    direction: Direction
    subject: str
    outcome: Outcome
    steps: tuple[ExplainedStep, ...]


class Explanation(Struct, frozen=True):
    """The answer for one connection; ``why`` is set where no policy decides.

    ``leads`` says to what a Service leads that was asked for.
    """

    attempt: Attempt
    outcome: Outcome
    why: str
    parts: tuple[ExplainedDirection, ...]
    conventions: tuple[tuple[str, str], ...]
    leads: str = ""


class Overview(Struct, frozen=True):
    """All ports between two endpoints, and single ports explained.

    ``unknown`` may or may not be allowed, or only between some of their pods.
    """

    source: str
    destination: str
    allowed: PortSet
    unknown: PortSet
    explanations: tuple[Explanation, ...]


def explain_attempt(reachability: Reachability, attempt: Attempt) -> Explanation:
    """Puts the verdict on one connection into steps."""
    verdict = reachability.verdict(
        attempt.source, attempt.destination, attempt.protocol, attempt.port
    )
    resources = reachability.universe.resources
    directions: tuple[DirectionVerdict, ...] = (verdict.egress, verdict.ingress)
    if verdict.why and all(each.tier is Tier.DEFAULT and not each.steps for each in directions):
        directions = ()  # no policy was asked
    parts = tuple(_explain_direction(resources, attempt, each) for each in directions)
    texts = list_used_conventions(resources, attempt, verdict)
    return Explanation(attempt, verdict.outcome, verdict.why, parts, texts)


def _explain_direction(
    resources: Resources, attempt: Attempt, verdict: DirectionVerdict
) -> ExplainedDirection:
    subject, _ = attempt.ends(verdict.direction)
    steps = tuple(_list_steps(resources, attempt, verdict))
    return ExplainedDirection(verdict.direction, subject.title, verdict.outcome, steps)


def _list_steps(
    resources: Resources, attempt: Attempt, verdict: DirectionVerdict
) -> Iterator[ExplainedStep]:
    """What each tier says, up to the one that decides."""
    for tier in Tier:
        if tier.is_ordered:
            yield from _list_tier_steps(verdict, tier)
        elif tier is Tier.DEFAULT:
            what = "everything is allowed" if _is_allowed(verdict) else verdict.why
            yield ExplainedStep(tier, what, verdict.outcome)
        elif tier is verdict.tier:
            yield _describe_decision(resources, attempt, verdict)
        else:
            is_last = verdict.tier is Tier.DEFAULT
            why = verdict.why if is_last else _NOT_ISOLATED[verdict.direction]
            yield ExplainedStep(tier, why, None)
        if tier is verdict.tier:
            return


def _is_allowed(verdict: DirectionVerdict) -> bool:
    return verdict.outcome is Outcome.ALLOW


_NOT_ISOLATED = {
    direction: f"no NetworkPolicy isolates it for {direction.word}" for direction in Direction
}


def _list_tier_steps(verdict: DirectionVerdict, tier: Tier) -> Iterator[ExplainedStep]:
    """The policies of an admin tier, in the order in which they are asked."""
    for asked in verdict.steps:
        if asked.policy.tier is tier:
            yield _describe_asked(verdict, asked)


_WORDS = {
    Effect.ALLOW: ("a rule allows it", "allowed by"),
    Effect.DENY: ("a rule denies it", "denied by"),
    Effect.PASS: ("a rule passes it on to the next tier", "passed on by"),
    Effect.NO_MATCH: ("no rule matches", ""),
    Effect.UNKNOWN: ("a rule may match", "may be decided by"),
}


def _describe_asked(verdict: DirectionVerdict, asked: TierStep) -> ExplainedStep:
    policy = asked.policy
    is_deciding = policy in verdict.policies and verdict.tier is policy.tier
    if policy.tier is Tier.OTHER_SYSTEMS:
        reason = policy.reason if isinstance(policy, UnevaluatedPolicy) else NOT_EVALUATED
        outcome = verdict.outcome if is_deciding else None
        cited = (Cited(policy.title, policy.location),)
        says = f"{policy.title} {reason}, and may decide it"
        return ExplainedStep(policy.tier, says, outcome, cited)
    says, by = _WORDS[asked.effect]
    if is_deciding and verdict.why:
        says = f"{says}; {verdict.why}"
    return ExplainedStep(
        policy.tier,
        f"{_title_with_priority(policy)}: {says}",
        verdict.outcome if is_deciding else None,
        (Cited(policy.title, policy.location),),
        tuple(Cited(_rule_title(rule), rule.location) for rule in asked.rules),
        verdict.nearest if is_deciding else None,
        by=by,
    )


def _title_with_priority(policy: Policy) -> str:
    if policy.priority == UNRANKED:
        return policy.title
    return f"{policy.title} (priority {policy.priority})"


def _rule_title(rule: Rule) -> str:
    return f"{rule.title} '{rule.name}'" if rule.name else rule.title


_SAYS = {
    Outcome.ALLOW: "selected by policies, and a rule allows it",
    Outcome.DENY: "selected by policies, and no rule allows it",
}


def _describe_decision(
    resources: Resources, attempt: Attempt, verdict: DirectionVerdict
) -> ExplainedStep:
    return ExplainedStep(
        verdict.tier,
        _SAYS.get(verdict.outcome) or verdict.why,
        verdict.outcome,
        tuple(Cited(policy.title, policy.location) for policy in verdict.policies),
        tuple(Cited(rule.title, rule.location) for rule in verdict.rules),
        verdict.nearest,
        _suggest_fix(resources, attempt, verdict) if verdict.outcome is Outcome.DENY else None,
        "may be allowed by" if verdict.outcome is Outcome.UNKNOWN else "allowed by",
    )


def _suggest_fix(
    resources: Resources, attempt: Attempt, verdict: DirectionVerdict
) -> Fix | None:
    subject, peer = attempt.ends(verdict.direction)
    if not isinstance(subject, PodEndpoint):
        return None
    home = subject.pods[0].namespace
    rule = write_rule(verdict.direction, home, peer, attempt.protocol, attempt.port)
    if not rule:
        return None
    policy = _pick_policy(verdict)
    if policy is None:
        name = _pick_name(resources, subject, verdict.direction)
        return Fix(None, write_policy(name, subject, verdict.direction, rule))
    return Fix(Cited(policy.title, policy.location), rule)


def _pick_name(resources: Resources, subject: PodEndpoint, direction: Direction) -> str:
    workload = subject.pods[0].workload
    taken = {p.name for p in resources.policies if p.namespace == workload.namespace}
    name = f"{workload.name}-{direction.word}"
    return next(free for free in _number_names(name) if free not in taken)


def _number_names(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in count(2))


def _pick_policy(verdict: DirectionVerdict) -> Policy | None:
    """The policy to extend: one for all pods of the namespace would open all of them."""
    near = verdict.nearest.rule.policy if verdict.nearest else None
    isolating = (p for p in verdict.policies if not p.tier.is_ordered)
    return max(
        (policy for policy in isolating if policy.subject.pods.requirements),
        key=lambda policy: (policy.id == near, len(policy.subject.pods.requirements)),
        default=None,
    )
