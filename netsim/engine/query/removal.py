"""What changes when a policy or a rule is taken away, and which others make up for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cached_property

from msgspec.structs import replace

from netsim.engine.policy.decision import Allowed
from netsim.engine.policy.rectangle import Access, Rectangle
from netsim.engine.policy.tiers import OrderedTier, Stop
from netsim.engine.reachability import Reachability, subject_of
from netsim.engine.space import bits
from netsim.model.policies import Direction, Policy, Rule, Tier
from netsim.model.ports import PortSet

TIERS = (Tier.ADMIN, Tier.BASELINE)


class Change(Enum):
    """What taking something away does."""

    NOTHING = "nothing"
    DENIED_ANYWAY = "denied anyway"
    SOMETHING = "something"


class Removal:
    """An input without some rules of one direction, beside the whole one.

    ``isolating`` is the NetworkPolicy that goes with its rules, or None where it stays.
    What cannot be told counts as something: of two rules that may both match, each may be
    the one that does.
    """

    def __init__(
        self,
        whole: Reachability,
        direction: Direction,
        rules: Iterable[Rule],
        isolating: Policy | None = None,
    ) -> None:
        self._whole, self._direction = whole, direction
        self._ids = frozenset(map(id, rules))
        self._isolating = isolating
        self._all = tuple(_rectangles(whole, direction))
        self._gone = tuple(r for r in self._all if self._is_gone(r))

    def change(self) -> Change:
        """The greatest change between any two classes."""
        found = Change.NOTHING
        for subject, peers in self._areas():
            ends = self._ends(subject, next(bits.members(peers)))
            before = self._whole.allowed_by(self._direction, *ends)
            changed = _difference(before, self._without.allowed_by(self._direction, *ends))
            unknown = before.possible - before.sure
            if unknown & self._touched(ends) or self._is_felt(subject, peers, changed):
                return Change.SOMETHING
            found = Change.DENIED_ANYWAY if changed else found
        return found

    def pairs(self) -> Iterator[tuple[int, int]]:
        """A source and a destination for each way in which classes differ for the rules."""
        for subject, peers in self._areas():
            yield self._ends(subject, next(bits.members(peers)))

    def others(self) -> tuple[Rule | Policy, ...]:
        """The rules and policies that decide what these rules are about."""
        found: dict[int, Rule | Policy] = {}
        for ends in self.pairs():
            found |= {id(other): other for other in self._deciding(ends, self._touched(ends))}
        return tuple(found.values())

    @cached_property
    def _without(self) -> Reachability:
        """Only rules go: the classes stay, as they may be finer than needed."""
        whole, own = self._whole, self._direction
        accesses = {d: whole.accesses[d] for d in Direction}
        tiers = {(t, d): whole.ordered(t, d) for t in TIERS for d in Direction}
        accesses[own] = self._access(accesses[own])
        for tier in TIERS:
            stops = tiers[tier, own].stops
            kept = tuple(stop for stop in stops if not self._is_gone(stop))
            tiers[tier, own] = OrderedTier(tier, own, kept)
        return Reachability(whole.universe, whole.selection, accesses, tiers)

    def _access(self, access: Access) -> Access:
        rectangles = tuple(r for r in access.rectangles if not self._is_gone(r))
        if self._isolating is None:
            return replace(access, rectangles=rectangles)
        isolated = 0
        for policy, subject in self._whole.subjects:
            if policy is not self._isolating and self._direction in policy.directions:
                isolated |= subject
        opened = self._whole.universe.everything & ~isolated
        return replace(access, rectangles=rectangles, open=opened)

    def _is_gone(self, stop: Stop) -> bool:
        return isinstance(stop, Rectangle) and id(stop.rule) in self._ids

    def _areas(self) -> Iterator[tuple[int, int]]:
        """Each class that is selected, with its peers in groups that no rule divides."""
        selected = 0
        for rectangle in self._gone:
            selected |= rectangle.subjects()
        if self._isolating is not None:
            selected = self._whole.selection.subject(self._isolating)
        for subject in bits.members(selected):
            near = [r for r in self._all if r.subjects() >> subject & 1]
            for peers in _divided(self._area(near), (self._peers(r) for r in near)):
                yield subject, peers

    def _area(self, near: list[Rectangle]) -> int:
        """The peers for which something can change."""
        if self._isolating is not None:
            return self._whole.universe.everything
        area = 0
        for rectangle in near:
            area |= self._peers(rectangle) if self._is_gone(rectangle) else 0
        return area

    def _peers(self, rectangle: Rectangle) -> int:
        ingress = self._direction is Direction.INGRESS
        return rectangle.sources if ingress else rectangle.destinations

    def _ends(self, subject: int, peer: int) -> tuple[int, int]:
        return (peer, subject) if self._direction is Direction.INGRESS else (subject, peer)

    def _touched(self, ends: tuple[int, int]) -> PortSet:
        """The ports that what goes has a say about."""
        if self._isolating is not None:
            return PortSet.full()
        found = PortSet.empty()
        for rectangle in self._gone:
            found |= rectangle.ports if rectangle.covers(*ends) else PortSet.empty()
        return found

    def _is_felt(self, subject: int, peers: int, changed: PortSet) -> bool:
        """Whether a change in this direction shows, or the other end denies it anyway."""
        if not changed:
            return False
        other = Direction.EGRESS if self._direction is Direction.INGRESS else Direction.INGRESS
        ends = [self._ends(subject, peer) for peer in bits.members(peers)]
        return any(
            self._whole.allowed_by(other, *each).possible & changed
            for each in ends
            if not self._whole.is_neighbour(*each)
        )

    def _deciding(self, ends: tuple[int, int], ports: PortSet) -> Iterator[Rule | Policy]:
        """In the order of the tiers, what the rest says about some ports."""
        direction, rest = self._direction, self._without
        subject = subject_of(direction, *ends)
        yield from self._of_tier(Tier.ADMIN, ends, ports)
        left = ports & rest.decision(Tier.ADMIN, direction, *ends).passed
        if left and rest.is_isolated(direction, subject):
            allowing = [r.rule for r in rest.deciding(direction, *ends) if r.ports & left]
            yield from allowing or self._isolating_too(subject)
        elif left:
            yield from self._of_tier(Tier.BASELINE, ends, left)

    def _of_tier(self, tier: Tier, ends: tuple[int, int], ports: PortSet) -> Iterator[Rule]:
        for stop in self._without.stops(
            tier, self._direction, subject_of(self._direction, *ends)
        ):
            is_hit = isinstance(stop, Rectangle) and stop.covers(*ends)
            if is_hit and isinstance(stop, Rectangle) and stop.ports & ports:
                yield stop.rule

    def _isolating_too(self, subject: int) -> Iterator[Policy]:
        for policy in self._whole.isolating(self._direction, subject):
            if policy is not self._isolating:
                yield policy


def _rectangles(whole: Reachability, direction: Direction) -> Iterator[Rectangle]:
    yield from whole.accesses[direction].rectangles
    for tier in TIERS:
        for stop in whole.ordered(tier, direction).stops:
            if isinstance(stop, Rectangle):
                yield stop


def _difference(one: Allowed, other: Allowed) -> PortSet:
    """Ports about which two answers differ."""
    sure = (one.sure - other.sure) | (other.sure - one.sure)
    return sure | (one.possible - other.possible) | (other.possible - one.possible)


def _divided(area: int, masks: Iterable[int]) -> list[int]:
    """The parts of an area that masks cut it into."""
    parts = {area} if area else set()
    for mask in set(masks):
        cut = {part & mask for part in parts} | {part & ~mask for part in parts}
        parts = cut - {0}
    return sorted(parts)


def of_policy(whole: Reachability, policy: Policy) -> tuple[Removal, ...]:
    """The removal of a policy, direction by direction."""
    isolating = policy if policy.isolates else None
    return tuple(
        Removal(whole, direction, policy.rules_of(direction), isolating)
        for direction in policy.directions
    )


def together(changes: Iterable[Change]) -> Change:
    """The change of all directions of a policy.

    Where two directions change, each may have hidden the change of the other.
    """
    found = [change for change in changes if change is not Change.NOTHING]
    if len(found) > 1:
        return Change.SOMETHING
    return found[0] if found else Change.NOTHING
