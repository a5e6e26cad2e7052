"""What changes when a policy or a rule is taken away, and which others make up for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cached_property

from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.policy.chain import Chain
from netsim.engine.policy.decision import Allowed
from netsim.engine.policy.flow import Flow
from netsim.engine.policy.rectangle import Rectangle
from netsim.engine.policy.tiers import CompiledTier, IsolatingTier
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet, contains
from netsim.engine.space.places import Vicinity
from netsim.model.policies import Direction, Policy, Rule, Tier
from netsim.model.ports import PortSet


class RemovalEffect(Enum):
    """What taking something away does."""

    NOTHING = "nothing"
    DENIED_ANYWAY = "denied anyway"
    SOMETHING = "something"


class Removal:
    """An input without some rules of one direction, beside the whole one.

    ``isolating`` is the policy that goes with its rules and isolates, or None where it stays.
    What cannot be told counts as something: of two rules that may both match, each may be
    the one that does.
    """

    def __init__(
        self,
        whole: Evaluator,
        direction: Direction,
        rules: Iterable[Rule],
        isolating: Policy | None = None,
    ) -> None:
        self._whole, self._direction = whole, direction
        self._ids = frozenset(map(id, rules))
        self._isolating = isolating
        tiers = whole.chains[direction].tiers
        self._all = tuple(rectangle for tier in tiers for rectangle in tier.rectangles)
        self._gone = tuple(each for each in self._all if self._is_gone(each))

    def change(self) -> RemovalEffect:
        """The greatest change between any two classes."""
        found = RemovalEffect.NOTHING
        for subject, peers in self._areas():
            flow = self._sample(subject, peers)
            before = self._whole.chains[self._direction].allowed(flow)
            changed = _difference(before, self._chain.allowed(flow))
            if before.unknown & self._touched(flow) or self._is_felt(subject, peers, changed):
                return RemovalEffect.SOMETHING
            found = RemovalEffect.DENIED_ANYWAY if changed else found
        return found

    def flows(self) -> Iterator[Flow]:
        """A flow for each way in which classes differ for the rules."""
        for subject, peers in self._areas():
            yield self._sample(subject, peers)

    def others(self) -> tuple[Rule | Policy, ...]:
        """The rules and policies that decide what these rules are about."""
        found: dict[int, Rule | Policy] = {}
        for flow in self.flows():
            found |= {id(other): other for other in self._deciding(flow)}
        return tuple(found.values())

    @cached_property
    def _chain(self) -> Chain:
        """Only rules go: the classes stay, as they may be finer than needed."""
        chain = self._whole.chains[self._direction].kept(lambda each: not self._is_gone(each))
        if self._isolating is None:
            return chain
        return Chain(self._direction, map(self._released, chain.tiers))

    def _released(self, tier: CompiledTier) -> CompiledTier:
        """A tier that no longer isolates what only the policy that goes does."""
        if self._isolating is None or tier.tier is not self._isolating.tier:
            return tier
        others = [
            subject
            for policy, subject in self._whole.subjects[tier.tier]
            if policy is not self._isolating and self._direction in policy.isolates
        ]
        if not isinstance(tier, IsolatingTier):
            return tier
        touched = bits.union(subject.possible for subject in others)
        isolated = bits.union(subject.sure for subject in others)
        return replace(tier, touched=touched, isolated=isolated)

    def _is_gone(self, rectangle: Rectangle) -> bool:
        return id(rectangle.rule) in self._ids

    def _areas(self) -> Iterator[tuple[int, ClassSet]]:
        """Each class that is selected, with its peers in groups that no rule divides."""
        selected = bits.union(rectangle.subjects for rectangle in self._gone)
        if self._isolating is not None:
            selected = self._whole.selection.subject(self._isolating).possible
        for subject in bits.members(selected):
            near = [each for each in self._all if contains(each.subjects, subject)]
            for peers in _divide(self._area(near), (each.peers for each in near)):
                yield subject, peers

    def _area(self, near: list[Rectangle]) -> ClassSet:
        """The peers for which something can change."""
        if self._isolating is not None:
            return self._whole.universe.everything
        return bits.union(each.peers for each in near if self._is_gone(each))

    def _sample(self, subject: int, peers: ClassSet) -> Flow:
        return Flow.of(self._direction, subject, next(bits.members(peers)))

    def _touched(self, flow: Flow) -> PortSet:
        """The ports that what goes has a say about."""
        if self._isolating is not None:
            return PortSet.full()
        found = PortSet.empty()
        for rectangle in self._gone:
            found |= rectangle.ports if rectangle.covers(flow) else PortSet.empty()
        return found

    def _is_felt(self, subject: int, peers: ClassSet, changed: PortSet) -> bool:
        """Whether a change in this direction shows, or the other end denies it anyway."""
        if not changed:
            return False
        flows = (Flow.of(self._direction, subject, peer) for peer in bits.members(peers))
        return any(
            self._whole.allowed_by(flow.reversed).possible & changed
            for flow in flows
            if not self._is_exempt(flow)
        )

    def _is_exempt(self, flow: Flow) -> bool:
        """Whether the ends are a pod and its node, between which no NetworkPolicy counts."""
        vicinity = self._whole.universe.vicinity(flow.source, flow.destination)
        return vicinity is Vicinity.OWN_NODE and not self._is_ordered

    @cached_property
    def _is_ordered(self) -> bool:
        """Whether any of what goes is of a tier whose rules have an order."""
        ordered = (t for t in self._whole.chains[self._direction].tiers if t.tier.is_ordered)
        return any(self._is_gone(each) for tier in ordered for each in tier.rectangles)

    def _deciding(self, flow: Flow) -> Iterator[Rule | Policy]:
        """In the order of the tiers, what the rest says about the ports that were touched."""
        left = self._touched(flow)
        for tier in self._chain.at(flow.subject):
            rules = [
                each.rule for each in tier.rectangles if each.covers(flow) and each.ports & left
            ]
            yield from rules
            if not rules and left and tier.isolates(flow.subject):
                yield from self._isolating_too(tier.tier, flow)
            left &= tier.decide(flow).passed

    def _isolating_too(self, tier: Tier, flow: Flow) -> Iterator[Policy]:
        for policy in self._whole.selecting(tier, flow.direction, flow.subject):
            if policy is not self._isolating:
                yield policy


def _difference(one: Allowed, other: Allowed) -> PortSet:
    """Ports about which two answers differ."""
    sure = (one.sure - other.sure) | (other.sure - one.sure)
    return sure | (one.possible - other.possible) | (other.possible - one.possible)


def _divide(area: ClassSet, masks: Iterable[ClassSet]) -> list[ClassSet]:
    """The parts of an area that masks cut it into."""
    parts = {area} if area else set()
    for mask in set(masks):
        cut = {part & mask for part in parts} | {part & ~mask for part in parts}
        parts = cut - {0}
    return sorted(parts)


def of_policy(whole: Evaluator, policy: Policy) -> tuple[Removal, ...]:
    """The removal of a policy, direction by direction."""
    isolating = policy if policy.isolates else None
    return tuple(
        Removal(whole, direction, policy.rules_of(direction), isolating)
        for direction in policy.directions
    )


def together(changes: Iterable[RemovalEffect]) -> RemovalEffect:
    """The change of all directions of a policy.

    Where two directions change, each may have hidden the change of the other.
    """
    found = [change for change in changes if change is not RemovalEffect.NOTHING]
    if len(found) > 1:
        return RemovalEffect.SOMETHING
    return found[0] if found else RemovalEffect.NOTHING
