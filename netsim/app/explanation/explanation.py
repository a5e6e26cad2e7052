"""What an explanation says: the chain of tiers of both directions, step by step."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.app.explanation.attempt import Attempt
from netsim.app.explanation.cited import Cited
from netsim.app.explanation.fix import Fix, suggest_fix
from netsim.app.explanation.hints import list_hints
from netsim.app.explanation.used_conventions import list_used_conventions
from netsim.engine.reachability import Reachability
from netsim.model.other_systems import UnevaluatedPolicy
from netsim.model.peers import NOT_EVALUATED
from netsim.model.policies import UNRANKED, Direction, Policy, Rule, Tier
from netsim.model.ports import PortSet
from netsim.model.truth import Truth
from netsim.model.verdict import (
    DirectionVerdict,
    Effect,
    NearMiss,
    Outcome,
    TierStep,
    VerdictPart,
)


class ExplainedStep(Struct, frozen=True):
    """One tier of a direction; of the admin tiers one policy.

    ``outcome`` is None where it leaves the decision to the next one.  ``selected`` says what
    the policies do, ``by`` what the rules do.
    """

    tier: Tier
    says: str
    outcome: Outcome | None
    policies: tuple[Cited, ...] = ()
    rules: tuple[Cited, ...] = ()
    nearest: NearMiss | None = None
    fix: Fix | None = None
    by: str = "allowed by"
    selected: str = "selected by"
    also_near: NearMiss | None = None


class ExplainedDirection(Struct, frozen=True):
    """One direction: its subject, its answer and the tiers that lead to it."""

    direction: Direction
    subject: str
    outcome: Outcome
    steps: tuple[ExplainedStep, ...]


class Explanation(Struct, frozen=True):
    """The answer for one connection; ``why`` is set where no policy decides.

    ``leads`` says to what a Service leads that was asked for.  ``hints`` say what may have
    been meant, or is not seen in the policies; ``divided`` are the parts of ends that have
    different answers.
    """

    attempt: Attempt
    outcome: Outcome
    why: str
    parts: tuple[ExplainedDirection, ...]
    conventions: tuple[tuple[str, str], ...]
    leads: str = ""
    hints: tuple[str, ...] = ()
    divided: tuple[VerdictPart, ...] = ()


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
    conventions = reachability.selection.conventions
    return Explanation(
        attempt,
        verdict.outcome,
        verdict.why,
        tuple(_explain_direction(reachability, attempt, each) for each in directions),
        list_used_conventions(resources, conventions, attempt, verdict),
        hints=tuple(list_hints(reachability, attempt, verdict)),
        divided=verdict.parts,
    )


def _explain_direction(
    reachability: Reachability, attempt: Attempt, verdict: DirectionVerdict
) -> ExplainedDirection:
    subject, _ = attempt.ends(verdict.direction)
    is_denied = verdict.outcome is Outcome.DENY
    fix = suggest_fix(reachability, attempt, verdict) if is_denied else None
    steps = tuple(list_steps(verdict, fix))
    return ExplainedDirection(verdict.direction, subject.title, verdict.outcome, steps)


def list_steps(verdict: DirectionVerdict, fix: Fix | None = None) -> Iterator[ExplainedStep]:
    """What each tier says, up to the one that decides, which also gets the fix."""
    for tier in Tier:
        if tier.is_ordered:
            yield from _list_tier_steps(verdict, tier, fix)
        elif tier is Tier.DEFAULT:
            what = "everything is allowed" if _is_allowed(verdict) else verdict.why
            yield ExplainedStep(tier, what, verdict.outcome)
        elif tier is verdict.tier:
            yield _describe_decision(verdict, fix)
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


def _list_tier_steps(
    verdict: DirectionVerdict, tier: Tier, fix: Fix | None
) -> Iterator[ExplainedStep]:
    """The policies of an admin tier, in the order in which they are asked."""
    for asked in verdict.steps:
        if asked.policy.tier is tier:
            yield _describe_asked(verdict, asked, fix)


_WORDS = {
    Effect.ALLOW: ("a rule allows it", "allowed by"),
    Effect.DENY: ("a rule denies it", "denied by"),
    Effect.PASS: ("a rule passes it on to the next tier", "passed on by"),
    Effect.NO_MATCH: ("no rule matches", ""),
    Effect.UNKNOWN: ("a rule may match", "may be decided by"),
}


def _describe_asked(
    verdict: DirectionVerdict, asked: TierStep, fix: Fix | None
) -> ExplainedStep:
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
        _cite_rules(verdict, asked.rules),
        verdict.nearest if is_deciding else None,
        fix if is_deciding else None,
        by,
        also_near=verdict.also_near if is_deciding else None,
    )


def _cite_rules(verdict: DirectionVerdict, rules: tuple[Rule, ...]) -> tuple[Cited, ...]:
    """Rules, each with the peers and the port of it that match."""
    matched = {each.rule: (*each.peers, each.port) for each in verdict.admissions}
    return tuple(Cited.of_rule(rule, matched.get(rule, ())) for rule in rules)


def _title_with_priority(policy: Policy) -> str:
    if policy.priority == UNRANKED:
        return policy.title
    return f"{policy.title} (priority {policy.priority})"


_SAYS = {
    Outcome.ALLOW: "selected by policies, and a rule allows it",
    Outcome.DENY: "selected by policies, and no rule allows it",
}


def _describe_decision(verdict: DirectionVerdict, fix: Fix | None) -> ExplainedStep:
    return ExplainedStep(
        verdict.tier,
        verdict.why or _SAYS[verdict.outcome],
        verdict.outcome,
        tuple(Cited(policy.title, policy.location) for policy in verdict.policies),
        _cite_rules(verdict, verdict.rules),
        verdict.nearest,
        fix,
        "may be allowed by" if verdict.outcome is Outcome.UNKNOWN else "allowed by",
        "selected by" if verdict.selected is Truth.YES else "may be selected by",
        verdict.also_near,
    )
