"""The admin tiers: ordered rules, of which the first that matches decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from enum import Enum
from functools import cached_property

from msgspec import Struct

from netsim.engine.policy.compile import rule_rectangles
from netsim.engine.policy.decision import Decision, Progress
from netsim.engine.policy.rectangle import Certainty, Rectangle
from netsim.engine.space.selection import Selection
from netsim.engine.space.universe import Universe
from netsim.model.policies import Direction, Policy, Tier


class Boundary(Enum):
    """Where the rules of a policy end, and those of a priority."""

    POLICY = "policy"
    PRIORITY = "priority"


Stop = Rectangle | Boundary


class OrderedTier(Struct, frozen=True, dict=True):
    """The Admin or the Baseline tier in one direction.

    ``stops`` are the rectangles in the order of evaluation, with the boundaries between.
    Every rectangle selects classes by the subject of its rule's policy.
    """

    tier: Tier
    direction: Direction
    stops: tuple[Stop, ...]

    @cached_property
    def touched(self) -> int:
        """The classes of subjects that some rule of the tier bears on."""
        found = 0
        for stop in self.stops:
            found |= stop.subjects() if isinstance(stop, Rectangle) else 0
        return found

    def kept(self, wanted: Callable[[Rectangle], bool]) -> tuple[Stop, ...]:
        """The rectangles that are wanted, with the boundaries that matter."""
        found: list[Stop] = []
        for stop in self.stops:
            if isinstance(stop, Rectangle):
                if wanted(stop):
                    found.append(stop)
            elif found and found[-1] not in (Boundary.PRIORITY, stop):
                found.append(stop)
        return tuple(found)


def ordered_tier(
    universe: Universe, selection: Selection, direction: Direction, tier: Tier
) -> OrderedTier:
    """Compiles the policies of a tier, the lowest priority number first."""
    by_priority: dict[float, list[Policy]] = defaultdict(list)
    for policy in universe.resources.policies_of(tier):
        by_priority[policy.priority].append(policy)
    stops: list[Stop] = []
    for _, policies in sorted(by_priority.items()):
        for policy in policies:
            stops += _rectangles(universe, selection, direction, policy)
            stops.append(Boundary.POLICY)
        stops.append(Boundary.PRIORITY)
    return OrderedTier(tier, direction, tuple(stops))


def _rectangles(
    universe: Universe, selection: Selection, direction: Direction, policy: Policy
) -> Iterable[Rectangle]:
    subject = selection.subject(policy)
    for rule in policy.rules_of(direction) if subject else ():
        yield from rule_rectangles(universe, selection, rule, subject)


def advance(progress: Progress, stop: Stop) -> Progress:
    """One step on, for connections that are in the rectangle."""
    match stop:
        case Boundary.POLICY:
            return progress.after_policy()
        case Boundary.PRIORITY:
            return progress.after_priority()
    action = stop.rule.action
    if stop.certainty is Certainty.SURE:
        return progress.surely(stop.ports, action)
    return progress.possibly(stop.ports, action)


def decide(stops: Iterable[Stop]) -> Decision:
    """What a tier makes of connections that are in all of these rectangles."""
    progress = Progress()
    for stop in stops:
        progress = advance(progress, stop)
    return progress.decision
