"""One tier of policies, compiled: what it makes of a flow.

An *ordered* tier (Admin, Baseline) asks its rules one after the other, and the first that
matches decides; what none matches it passes on.  An *isolating* tier (NetworkPolicy) has no
order: its rules together say all that an isolated subject may do, and it passes nothing on.
How one tier meets the next is told in :mod:`netsim.engine.policy.chain`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from functools import cached_property

from msgspec import Struct

from netsim.engine.policy.compile import rule_rectangles
from netsim.engine.policy.decision import PASSED, Allowed, Decision, Progress
from netsim.engine.policy.flow import Flow
from netsim.engine.policy.index import Ends, RectangleIndex
from netsim.engine.policy.rectangle import Certainty, Rectangle
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet, contains
from netsim.engine.space.selection import Selection
from netsim.engine.space.universe import Universe
from netsim.model.policies import Direction, Policy, Rule, Tier
from netsim.model.ports import PortSet


class Boundary(Enum):
    """Where the rules of a policy end, and those of a priority."""

    POLICY = "policy"
    PRIORITY = "priority"


Stop = Rectangle | Boundary


class OrderedTier(Struct, frozen=True, dict=True):
    """A tier whose rules are asked one after the other, in one direction.

    ``stops`` are the rectangles in the order of evaluation, with the boundaries between;
    ``touched`` are the subjects that its rules bear on.
    """

    tier: Tier
    stops: tuple[Stop, ...]
    touched: ClassSet

    @classmethod
    def of(
        cls, universe: Universe, selection: Selection, direction: Direction, tier: Tier
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
        touched = bits.union(stop.subjects for stop in stops if isinstance(stop, Rectangle))
        return cls(tier, tuple(stops), touched)

    @cached_property
    def rectangles(self) -> tuple[Rectangle, ...]:
        """The rectangles, in the order of evaluation."""
        return tuple(stop for stop in self.stops if isinstance(stop, Rectangle))

    @property
    def isolated(self) -> ClassSet:
        """None: what no rule matches goes on to the next tier."""
        return 0

    def isolates(self, subject: int) -> bool:  # noqa: ARG002
        """It never does."""
        return False

    def at(self, subject: int) -> OrderedTier:
        """Only what is about one subject; the same for all that the same rules are about."""
        ends = self._by_subjects.ends(subject)
        if ends not in self._of_subjects:
            self._of_subjects[ends] = self._with(self._by_subjects.rectangles(ends))
        return self._of_subjects[ends]

    def towards(self, ends: Ends) -> OrderedTier:
        """Only what is about connections to a class that these ends hold."""
        return self._with(self.by_destinations.rectangles(ends))

    def _with(self, rectangles: Iterable[Rectangle]) -> OrderedTier:
        wanted = set(map(id, rectangles))
        return self.kept(lambda rectangle: id(rectangle) in wanted)

    @cached_property
    def _of_subjects(self) -> dict[Ends, OrderedTier]:
        return {}

    @cached_property
    def _by_subjects(self) -> RectangleIndex:
        return RectangleIndex(self.rectangles, lambda rectangle: rectangle.subjects)

    @cached_property
    def by_destinations(self) -> RectangleIndex:
        """The rectangles by the classes to which their connections go."""
        return RectangleIndex(self.rectangles, lambda rectangle: rectangle.destinations)

    def kept(self, wanted: Callable[[Rectangle], bool]) -> OrderedTier:
        """The rectangles that are wanted, with the boundaries that matter."""
        found: list[Stop] = []
        for stop in self.stops:
            if isinstance(stop, Rectangle):
                if wanted(stop):
                    found.append(stop)
            elif found and found[-1] not in (Boundary.PRIORITY, stop):
                found.append(stop)
        return OrderedTier(self.tier, tuple(found), self.touched)

    def decide(self, flow: Flow) -> Decision:
        """What the tier makes of a flow."""
        if not self.stops:
            return PASSED
        progress = Progress()
        for stop in self.stops:
            if not isinstance(stop, Rectangle) or stop.covers(flow):
                progress = advance(progress, stop)
        return progress.decision

    def reaching(self, rule: Rule, flow: Flow) -> PortSet:
        """The ports on which a rule matches and no rule before it surely does.

        A rule may match in parts, each a rectangle of its own.
        """
        progress, found = Progress(), PortSet.empty()
        for stop in self.stops:
            if isinstance(stop, Rectangle):
                if not stop.covers(flow):
                    continue
                if stop.rule is rule:
                    found |= progress.mine & stop.ports
            progress = advance(progress, stop)
        return found


def advance(progress: Progress, stop: Stop) -> Progress:
    """One step on, for flows that are in the rectangle."""
    match stop:
        case Boundary.POLICY:
            return progress.after_policy()
        case Boundary.PRIORITY:
            return progress.after_priority()
    action = stop.rule.action
    if stop.certainty is Certainty.SURE:
        return progress.surely(stop.ports, action)
    if stop.if_selected is Certainty.SURE:
        return progress.conditionally(stop.ports, action)
    return progress.possibly(stop.ports, action)


class IsolatingTier(Struct, frozen=True, dict=True):
    """A tier in which a selected class may do only what some rule allows, in one direction.

    A pod is isolated in a direction as soon as one policy that isolates, of whatever tier,
    selects it there (NetworkPolicySpec, types.go).  ``isolated`` are the subjects that it
    surely isolates; it may isolate others that are ``touched``, where it is open whether a
    policy selects them.
    """

    tier: Tier
    touched: ClassSet
    isolated: ClassSet
    rectangles: tuple[Rectangle, ...]

    @classmethod
    def of(
        cls, universe: Universe, selection: Selection, direction: Direction, tier: Tier
    ) -> IsolatingTier:
        """Compiles the policies of a tier, in any order."""
        touched = isolated = 0
        rectangles: list[Rectangle] = []
        for policy in universe.resources.policies:
            if direction not in policy.isolates:
                continue
            subject = selection.subject(policy)
            isolated |= subject.sure
            touched |= subject.possible
            if policy.tier is tier:
                rectangles += _rectangles(universe, selection, direction, policy)
        return cls(tier, touched, isolated, tuple(rectangles))

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The rectangles, which nothing divides."""
        return self.rectangles

    def isolates(self, subject: int) -> bool:
        """Whether a class surely may do only what some rule allows."""
        return contains(self.isolated, subject)

    def at(self, subject: int) -> IsolatingTier:
        """Only what is about one subject."""
        return self._with(self._by_subjects.holding(subject))

    def _with(self, rectangles: tuple[Rectangle, ...]) -> IsolatingTier:
        return IsolatingTier(self.tier, self.touched, self.isolated, rectangles)

    @cached_property
    def _by_subjects(self) -> RectangleIndex:
        return RectangleIndex(self.rectangles, lambda rectangle: rectangle.subjects)

    @cached_property
    def by_destinations(self) -> RectangleIndex:
        """The rectangles by the classes to which their connections go."""
        return RectangleIndex(self.rectangles, lambda rectangle: rectangle.destinations)

    def kept(self, wanted: Callable[[Rectangle], bool]) -> IsolatingTier:
        """The rectangles that are wanted; whom the tier isolates it still does."""
        return self._with(tuple(filter(wanted, self.rectangles)))

    def decide(self, flow: Flow) -> Decision:
        """What the tier makes of a flow: allows or denies all of it, or passes all of it on."""
        if not contains(self.touched, flow.subject):
            return PASSED
        covering = (rectangle for rectangle in self.rectangles if rectangle.covers(flow))
        if self.isolates(flow.subject):
            return Decision.isolating(unite(covering))
        return Decision.perhaps_isolating(unite(covering))

    def reaching(self, rule: Rule, flow: Flow) -> PortSet:
        """The ports on which a rule matches: no other comes before it."""
        return PortSet.union(
            rectangle.ports
            for rectangle in self.rectangles
            if rectangle.rule is rule and rectangle.covers(flow)
        )


def unite(rectangles: Iterable[Rectangle]) -> Allowed:
    """What rectangles let through that all count together, as they do in an isolating tier."""
    known = tuple(rectangles)
    possible = PortSet.union(each.ports for each in known)
    if all(each.certainty is Certainty.SURE for each in known):
        return Allowed(possible, possible)
    sure = PortSet.union(each.ports for each in known if each.certainty is Certainty.SURE)
    return Allowed(sure, possible)


CompiledTier = OrderedTier | IsolatingTier


def compile_tier(
    universe: Universe, selection: Selection, direction: Direction, tier: Tier
) -> CompiledTier:
    """The policies of a tier, as those of its kind are evaluated."""
    kind = OrderedTier if tier.is_ordered else IsolatingTier
    return kind.of(universe, selection, direction, tier)


def _rectangles(
    universe: Universe, selection: Selection, direction: Direction, policy: Policy
) -> Iterator[Rectangle]:
    subject = selection.subject(policy)
    for rule in policy.rules_of(direction) if subject.possible else ():
        yield from rule_rectangles(universe, selection, rule, subject)
