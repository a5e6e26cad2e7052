"""What the policies of an admin tier do with one connection, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from netsim.engine.explain.asked import Asked, why_unknown
from netsim.engine.explain.nearest import Candidate, nearest
from netsim.engine.policy.rectangle import Certainty, Rectangle
from netsim.model.policies import Action, Policy, Rule, Tier
from netsim.model.verdict import DirectionVerdict, Effect, NearMiss, Outcome, TierStep

_EFFECTS = {Action.ALLOW: Effect.ALLOW, Action.DENY: Effect.DENY, Action.PASS: Effect.PASS}
_OUTCOMES = {Effect.ALLOW: Outcome.ALLOW, Effect.DENY: Outcome.DENY}


Answer = tuple[tuple[TierStep, ...], DirectionVerdict | None]
"""The policies of one priority, and what they decide; None where they leave it to others."""


def admin_answers(asked: Asked, tier: Tier) -> Iterator[Answer]:
    """The answers of one tier, priority by priority, up to one that is sure.

    Policies of one priority are asked together, as nothing orders them.
    """
    policies = asked.reachability.asked(tier, asked.direction, asked.subject)
    steps: tuple[TierStep, ...] = ()
    for _, group in groupby(policies, key=lambda policy: policy.priority):
        found = tuple(_step(asked, policy) for policy in group)
        steps += found
        effects = {step.effect for step in found} - {Effect.NO_MATCH}
        verdict = None
        if effects - {Effect.PASS}:
            verdict = _decided(asked, tier, steps, found)
        yield found, verdict
        if effects == {Effect.PASS} or (verdict and verdict.outcome is not Outcome.UNKNOWN):
            return


def _step(asked: Asked, policy: Policy) -> TierStep:
    possible: list[Rule] = []
    for rectangle in _matching(asked, policy):
        if rectangle.rule not in possible:
            possible.append(rectangle.rule)
        if rectangle.certainty is Certainty.SURE:
            return TierStep(policy, _combined(possible), tuple(possible))
    effect = Effect.UNKNOWN if possible else Effect.NO_MATCH
    return TierStep(policy, effect, tuple(possible))


def _combined(rules: list[Rule]) -> Effect:
    """The last one surely matches; those before it may."""
    actions = {rule.action for rule in rules}
    return _EFFECTS[actions.pop()] if len(actions) == 1 else Effect.UNKNOWN


def _matching(asked: Asked, policy: Policy) -> Iterator[Rectangle]:
    for stop in asked.reachability.stops(policy.tier, asked.direction, asked.subject):
        if not isinstance(stop, Rectangle) or stop.rule.policy != policy.id:
            continue
        if stop.covers(asked.source, asked.destination) and asked.connection in stop.ports:
            yield stop


def _decided(
    asked: Asked, tier: Tier, steps: tuple[TierStep, ...], group: tuple[TierStep, ...]
) -> DirectionVerdict:
    deciding = tuple(step for step in group if step.effect is not Effect.NO_MATCH)
    effects = {step.effect for step in deciding}
    policies = tuple(step.policy for step in deciding)
    rules = tuple(rule for step in deciding for rule in step.rules)
    outcome = Outcome.UNKNOWN
    if len(effects) == 1:
        outcome = _OUTCOMES.get(deciding[0].effect, Outcome.UNKNOWN)
    why = _why(asked, deciding) if outcome is Outcome.UNKNOWN else ""
    miss = _nearest(asked, steps, rules) if outcome is Outcome.DENY else None
    return DirectionVerdict(asked.direction, outcome, tier, policies, rules, miss, why)


def _why(asked: Asked, steps: tuple[TierStep, ...]) -> str:
    effects = {step.effect for step in steps}
    if Effect.UNKNOWN not in effects and len(effects) > 1:
        titles = " and ".join(step.policy.title for step in steps)
        return (
            f"ambiguous: {titles} have the same priority {steps[0].policy.priority} and "
            "differ, and nothing says which comes first"
        )
    rules = (rule for step in steps if step.effect is Effect.UNKNOWN for rule in step.rules)
    return why_unknown(asked, rules)


def _nearest(
    asked: Asked, steps: tuple[TierStep, ...], denying: tuple[Rule, ...]
) -> NearMiss | None:
    candidates = _allowing(asked, steps, denying)
    return nearest(
        asked.reachability, candidates, asked.peer, asked.destination, asked.connection
    )


def _allowing(
    asked: Asked, steps: tuple[TierStep, ...], denying: tuple[Rule, ...]
) -> Iterator[Candidate]:
    """The rules that allow and come before the one that denies."""
    for step in steps:
        for rule in step.policy.rules_of(asked.direction):
            if rule in denying:
                break
            if rule.action is Action.ALLOW:
                yield step.policy, rule
