"""Rules that no connection ever gets to, as earlier ones decide."""

from __future__ import annotations

from collections.abc import Iterable

from netsim.engine.policy.decision import Progress
from netsim.engine.policy.rectangle import Rectangle
from netsim.engine.policy.tiers import advance
from netsim.engine.reachability import Reachability, subject_of
from netsim.model.policies import Policy, Rule, Tier
from netsim.model.ports import PortSet


def is_shadowed(
    whole: Reachability, policy: Policy, rule: Rule, pairs: Iterable[tuple[int, int]]
) -> bool:
    """Whether earlier rules or tiers surely decide all that a rule is about.

    ``pairs`` are sources and destinations that stand for all the rule may match.
    """
    return not any(_left(whole, policy, rule, ends) for ends in pairs)


def _left(whole: Reachability, policy: Policy, rule: Rule, ends: tuple[int, int]) -> PortSet:
    """The ports on which connections may get to a rule."""
    admin = whole.decision(Tier.ADMIN, rule.direction, *ends)
    if not policy.tier.is_ordered:
        return _matched(whole, rule, ends) & admin.passed
    ports = _in_tier(whole, policy, rule, ends)
    if policy.tier is Tier.BASELINE:
        isolation = whole.decision(Tier.NETWORK_POLICY, rule.direction, *ends)
        return ports & admin.then(isolation).passed
    return ports


def _matched(whole: Reachability, rule: Rule, ends: tuple[int, int]) -> PortSet:
    found = PortSet.empty()
    for rectangle in whole.deciding(rule.direction, *ends):
        found |= rectangle.ports if rectangle.rule is rule else PortSet.empty()
    return found


def _in_tier(whole: Reachability, policy: Policy, rule: Rule, ends: tuple[int, int]) -> PortSet:
    """What the rules before a rule of its tier leave to it; the rule may match in parts."""
    progress, found = Progress(), PortSet.empty()
    subject = subject_of(rule.direction, *ends)
    for stop in whole.stops(policy.tier, rule.direction, subject):
        if isinstance(stop, Rectangle) and not stop.covers(*ends):
            continue
        if isinstance(stop, Rectangle) and stop.rule is rule:
            found |= progress.mine & stop.ports
        progress = advance(progress, stop)
    return found
