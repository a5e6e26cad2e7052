"""Policies and rules that have no effect on what is in the input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from netsim.engine import bits
from netsim.engine.compile import rule_rectangles
from netsim.engine.decision import Progress
from netsim.engine.explain import direction_verdict
from netsim.engine.listing import Listing, listing
from netsim.engine.reachability import Reachability
from netsim.engine.rectangle import Rectangle
from netsim.engine.tiers import advance
from netsim.model.location import Location
from netsim.model.policies import AdminPolicy, Direction, NetworkPolicy, Policy, Rule, Tier
from netsim.model.resources import Pod, Resources, WorkloadName


class Reason(Enum):
    """Why something has no effect."""

    NO_SUBJECT = "selects no pod"
    NO_MATCH = "matches nothing"
    SHADOWED = "is shadowed"
    REDUNDANT = "is redundant"


@dataclass(frozen=True, slots=True)
class Idle:
    """A policy or a rule without effect; ``by`` is the rule that decides before it."""

    title: str
    reason: Reason
    location: Location
    by: Rule | None = None


def idle(reachability: Reachability) -> tuple[Idle, ...]:
    """All policies and rules without effect, in the order of the input.

    Whether a policy is redundant takes one evaluation of the whole input without it.
    """
    resources = reachability.universe.resources
    policies: list[Policy] = [*resources.policies, *resources.admin_policies]
    found: list[Idle] = []
    compared = _Compared(reachability)
    for policy in policies:
        own = tuple(_of_policy(reachability, policy))
        found += own
        if not own and compared.is_redundant(policy):
            found.append(Idle(policy.title, Reason.REDUNDANT, policy.location))
    return tuple(found)


def _of_policy(reachability: Reachability, policy: Policy) -> Iterator[Idle]:
    subject = reachability.selection.subject(policy)
    if not subject:
        yield Idle(policy.title, Reason.NO_SUBJECT, policy.location)
        return
    for direction in Direction:
        for rule in policy.rules_of(direction):
            found = _of_rule(reachability, policy, rule, subject)
            if found:
                yield found


def _of_rule(
    reachability: Reachability, policy: Policy, rule: Rule, subject: int
) -> Idle | None:
    universe, selection = reachability.universe, reachability.selection
    rectangles = tuple(rule_rectangles(universe, selection, rule, subject))
    if not rectangles:
        return Idle(rule.title, Reason.NO_MATCH, rule.location)
    if all(_is_shadowed(reachability, policy, each) for each in rectangles):
        return Idle(
            rule.title, Reason.SHADOWED, rule.location, _shadowing(reachability, rectangles[0])
        )
    return None


def _is_shadowed(reachability: Reachability, policy: Policy, rectangle: Rectangle) -> bool:
    """Whether earlier rules surely decide everything in a rectangle."""
    return all(
        not _is_left(reachability, policy, rectangle, source, destination)
        for source in bits.members(rectangle.sources)
        for destination in bits.members(rectangle.destinations)
    )


def _is_left(
    reachability: Reachability,
    policy: Policy,
    rectangle: Rectangle,
    source: int,
    destination: int,
) -> bool:
    direction = rectangle.rule.direction
    admin = reachability.decision(Tier.ADMIN, direction, source, destination)
    if isinstance(policy, NetworkPolicy):
        return bool(rectangle.ports & admin.passed)
    if policy.tier is Tier.BASELINE:
        isolation = reachability.decision(Tier.NETWORK_POLICY, direction, source, destination)
        if not rectangle.ports & admin.then(isolation).passed:
            return False
    return _is_left_in_tier(reachability, policy, rectangle, source, destination)


def _is_left_in_tier(
    reachability: Reachability,
    policy: AdminPolicy,
    rectangle: Rectangle,
    source: int,
    destination: int,
) -> bool:
    """Whether the rules before a rule leave any of its connections to it."""
    progress = Progress()
    direction = rectangle.rule.direction
    for stop in reachability.ordered(policy.tier, direction).stops:
        if not isinstance(stop, Rectangle):
            progress = advance(progress, stop)
        elif stop.rule == rectangle.rule:
            return bool(progress.mine & rectangle.ports)
        elif stop.covers(source, destination):
            progress = advance(progress, stop)
    return True


def _shadowing(reachability: Reachability, rectangle: Rectangle) -> Rule | None:
    source = next(iter(bits.members(rectangle.sources)))
    destination = next(iter(bits.members(rectangle.destinations)))
    direction = rectangle.rule.direction
    verdict = direction_verdict(
        reachability, direction, source, destination, rectangle.ports.first()
    )
    return next((rule for rule in verdict.rules if rule != rectangle.rule), None)


class _Compared:
    """Tells whether the input allows the same without a policy.

    Two pods of each class stand for all of them, each as a workload of its own, so that what
    pods of one class may send to each other counts as well.
    """

    def __init__(self, reachability: Reachability) -> None:
        universe = reachability.universe
        self._conventions = reachability.selection.conventions
        pods = (pods[0] for pods in universe.pods for _ in range(2))
        alone = tuple(_alone(pod, number) for number, pod in enumerate(pods))
        self._resources = replace(universe.resources, pods=alone)
        self._whole: Listing | None = None

    def is_redundant(self, policy: Policy) -> bool:
        """Whether nothing changes without it, with what is unknown."""
        self._whole = self._whole or self._listing(self._resources)
        without = replace(
            self._resources,
            policies=tuple(p for p in self._resources.policies if p is not policy),
            admin_policies=tuple(p for p in self._resources.admin_policies if p is not policy),
        )
        return self._whole.pairs() == self._listing(without).pairs()

    def _listing(self, resources: Resources) -> Listing:
        return listing(Reachability.of(resources, self._conventions))


def _alone(pod: Pod, number: int) -> Pod:
    name = WorkloadName(pod.namespace, f"{number}", "Class")
    return replace(pod, workload=name, name=None)
