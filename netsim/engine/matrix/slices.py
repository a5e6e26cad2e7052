"""Slices of the matrix in one direction: one class, and all that are at the other end.

Whom do the ingress policies of ``shop/api`` let in?  The classes of ``shop`` on TCP 80, nobody
else::

    Slices(evaluator).of_subject(Direction.INGRESS, api)
    # ((0b0111, Allowed(TCP 80, TCP 80)), (0b1000, Allowed(nothing)))

A column (:mod:`netsim.engine.matrix.columns`) joins both directions for a destination.  A slice
is one direction with either end fixed, so it can be worked out for the one class that a change
of a policy touches.  :class:`Replacement` does that: one policy in place of another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property

from netsim.engine.evaluator import Evaluator
from netsim.engine.policy.chain import TIERS, Chain
from netsim.engine.policy.compile import rule_rectangles
from netsim.engine.policy.decision import NOTHING, PASSED, Allowed, Decision, Progress
from netsim.engine.policy.flow import Flow
from netsim.engine.policy.rectangle import Rectangle
from netsim.engine.policy.tiers import (
    Boundary,
    CompiledTier,
    IsolatingTier,
    OrderedTier,
    Stop,
    advance,
    unite,
)
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet, contains
from netsim.engine.space.places import Vicinity
from netsim.model.peers import Match
from netsim.model.policies import Direction, Policy, Rule, Tier

Slice = tuple[tuple[ClassSet, Allowed], ...]
"""Disjoint groups of classes that together are all, each with what is let through."""

_Far = Callable[[Rectangle], ClassSet]


class Slices:
    """Works out slices of one evaluator, each once."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self._subjects: dict[tuple[Direction, int], Slice] = {}
        self._peers: dict[tuple[Direction, int], Slice] = {}
        self._tiers: dict[tuple[Direction, int], tuple[CompiledTier, ...]] = {}
        self._tiers_of_peers: dict[tuple[Direction, int], tuple[CompiledTier, ...]] = {}
        self._known: dict[tuple[object, ...], Slice] = {}

    def of_subject(self, direction: Direction, subject: int) -> Slice:
        """What the policies of a subject let pass, by the peers."""
        key = direction, subject
        if key not in self._subjects:
            self._subjects[key] = self.follow(self.tiers(direction, subject), subject)
        return self._subjects[key]

    def of_peer(self, direction: Direction, peer: int) -> Slice:
        """What the policies of all subjects let pass for one peer, by the subjects."""
        key = direction, peer
        if key not in self._peers:
            self._peers[key] = self.follow_from(self.tiers_of_peer(direction, peer))
        return self._peers[key]

    def follow(self, tiers: Iterable[CompiledTier], subject: int) -> Slice:
        """What tiers, with what is about one subject alone, let pass, by the peers."""
        everything = self.evaluator.universe.everything
        areas = [
            (tier, everything, everything if contains(tier.isolated, subject) else 0)
            for tier in tiers
            if contains(tier.touched, subject)
        ]
        key = tuple(
            (tier.tier, bool(isolated), *map(id, tier.stops)) for tier, _, isolated in areas
        )
        if key not in self._known:
            found = _walk(areas, everything, lambda rectangle: rectangle.peers)
            if not all(self._is_kept(tier) for tier, _, _ in areas):
                return found
            self._known[key] = found
        return self._known[key]

    def follow_from(self, tiers: Iterable[CompiledTier]) -> Slice:
        """What tiers, with what is about one peer alone, let pass, by the subjects."""
        areas = [(tier, tier.touched, tier.isolated) for tier in tiers]
        everything = self.evaluator.universe.everything
        return _walk(areas, everything, lambda rectangle: rectangle.subjects)

    def tiers_of_peer(self, direction: Direction, peer: int) -> tuple[CompiledTier, ...]:
        """All tiers with what is about one peer, whoever the subject is."""
        key = direction, peer
        if key not in self._tiers_of_peers:
            self._tiers_of_peers[key] = tuple(
                tier.kept(lambda rectangle: contains(rectangle.peers, peer))
                for tier in self.evaluator.chains[direction].tiers
            )
        return self._tiers_of_peers[key]

    def tiers(self, direction: Direction, subject: int) -> tuple[CompiledTier, ...]:
        """All tiers with what is about one subject; also those that another cuts off."""
        key = direction, subject
        if key not in self._tiers:
            tiers = self.evaluator.chains[direction].tiers
            self._tiers[key] = tuple(tier.at(subject) for tier in tiers)
        return self._tiers[key]

    def rectangles(self, rule: Rule, subject: Match) -> tuple[Rectangle, ...]:
        """What a rule matches for some subjects."""
        return tuple(
            rule_rectangles(self.evaluator.universe, self.evaluator.selection, rule, subject)
        )

    def isolated_by_others(self, direction: Direction, policy: Policy) -> Match:
        """Whom policies but one isolate in a direction, and whom they may."""
        once, twice, maybe_once, maybe_twice = self._isolated[direction]
        if direction not in policy.isolates:
            return Match(once, maybe_once & ~once)
        own = self.evaluator.selection.subject(policy)
        sure = twice | once & ~own.sure
        possible = maybe_twice | maybe_once & ~own.possible
        return Match(sure, possible & ~sure)

    @cached_property
    def _isolated(self) -> dict[Direction, tuple[ClassSet, ClassSet, ClassSet, ClassSet]]:
        """Whom one policy isolates, and whom several do; surely, and possibly."""
        found = {}
        for direction in Direction:
            once = twice = maybe_once = maybe_twice = 0
            for policy in self.evaluator.universe.resources.policies:
                if direction not in policy.isolates:
                    continue
                subject = self.evaluator.selection.subject(policy)
                once, twice = once | subject.sure, twice | once & subject.sure
                maybe_twice |= maybe_once & subject.possible
                maybe_once |= subject.possible
            found[direction] = once, twice, maybe_once, maybe_twice
        return found

    @cached_property
    def _own(self) -> frozenset[int]:
        tiers = (tier for chain in self.evaluator.chains.values() for tier in chain.tiers)
        return frozenset(id(rectangle) for tier in tiers for rectangle in tier.rectangles)

    def _is_kept(self, tier: CompiledTier) -> bool:
        """Whether its rectangles are the evaluator's: an id means nothing once one is gone."""
        return all(id(rectangle) in self._own for rectangle in tier.rectangles)


class Replacement:
    """The slices of an evaluator in which one policy stands in place of another, or of none.

    The classes stay those of the evaluator, which has to tell apart all that the policy does.
    """

    def __init__(self, whole: Slices, old: Policy, new: Policy | None) -> None:
        self._whole, self._old, self._new = whole, old, new
        selection = whole.evaluator.selection
        self._before = selection.subject(old)
        self._now = selection.subject(new) if new else Match(0)
        self._compiled: dict[Direction, tuple[Rectangle, ...]] = {}
        self._ordered: dict[Direction, OrderedTier] = {}
        self._chains: dict[tuple[Direction, int], Chain] = {}
        self._slices: dict[tuple[Direction, int], Slice] = {}
        self._known: dict[tuple[object, ...], Slice] = {}

    def subjects(self, direction: Direction) -> ClassSet:
        """The classes whose policies may let other things pass than before."""
        old, new = self._old, self._new
        is_same = new is not None and (
            old.subject is new.subject
            and (direction in old.isolates) == (direction in new.isolates)
            and old.rules_of(direction) == new.rules_of(direction)
        )
        return 0 if is_same else self._before.possible | self._now.possible

    def of_subject(self, direction: Direction, subject: int) -> Slice:
        """What the policies of a subject let pass, by the peers."""
        if not contains(self.subjects(direction), subject):
            return self._whole.of_subject(direction, subject)
        key = direction, subject
        if key not in self._slices:
            tiers = self._chain(direction, subject).tiers
            alike = tuple(
                (contains(t.touched, subject), contains(t.isolated, subject), *map(id, t.stops))
                for t in tiers
            )
            if alike not in self._known:
                self._known[alike] = self._whole.follow(tiers, subject)
            self._slices[key] = self._known[alike]
        return self._slices[key]

    def of_peer(self, direction: Direction, peer: int) -> Slice:
        """What the policies of all subjects let pass for one peer, by the subjects."""
        if not self.subjects(direction):
            return self._whole.of_peer(direction, peer)
        tiers = self._whole.tiers_of_peer(direction, peer)
        return self._whole.follow_from(
            self._replace(direction, tier, lambda each: contains(each.peers, peer))
            for tier in tiers
        )

    def allowed(self, flow: Flow, vicinity: Vicinity) -> Allowed:
        """What the policies of one end let pass."""
        if not contains(self.subjects(flow.direction), flow.subject):
            return self._whole.evaluator.chains[flow.direction].allowed(flow, vicinity)
        return self._chain(flow.direction, flow.subject).allowed(flow, vicinity)

    def _chain(self, direction: Direction, subject: int) -> Chain:
        key = direction, subject
        if key not in self._chains:
            tiers = [
                self._replace(direction, tier, lambda each: contains(each.subjects, subject))
                for tier in self._whole.tiers(direction, subject)
            ]
            self._chains[key] = Chain(direction, tiers)
        return self._chains[key]

    def _replace(
        self, direction: Direction, tier: CompiledTier, wanted: Callable[[Rectangle], bool]
    ) -> CompiledTier:
        """A tier of which those rectangles were kept that are wanted, with the new policy."""
        if isinstance(tier, IsolatingTier):
            return self._isolate(direction, tier, wanted)
        if tier.tier is not self._old.tier:
            return tier
        if direction not in self._ordered:
            self._ordered[direction] = self._order(direction, tier.tier)
        return self._ordered[direction].kept(wanted)

    def _isolate(
        self, direction: Direction, tier: IsolatingTier, wanted: Callable[[Rectangle], bool]
    ) -> IsolatingTier:
        others = self._whole.isolated_by_others(direction, self._old)
        sure, possible = others.sure, others.possible
        is_isolating = self._new is not None and direction in self._new.isolates
        if is_isolating:
            sure, possible = sure | self._now.sure, possible | self._now.possible
        rectangles = tier.rectangles
        if tier.tier is self._old.tier:
            rectangles = tuple(r for r in rectangles if r.rule.policy != self._old.id)
            if is_isolating:
                rectangles += tuple(filter(wanted, self._own(direction)))
        return IsolatingTier(tier.tier, possible, sure, rectangles)

    def _own(self, direction: Direction) -> tuple[Rectangle, ...]:
        """The rectangles of the new policy."""
        if direction not in self._compiled:
            rules = self._new.rules_of(direction) if self._new else ()
            found = (self._whole.rectangles(rule, self._now) for rule in rules)
            self._compiled[direction] = tuple(each for own in found for each in own)
        return self._compiled[direction]

    def _order(self, direction: Direction, tier: Tier) -> OrderedTier:
        """An ordered tier with the new policy in the place of the old one."""
        by_priority: dict[float, list[Policy]] = defaultdict(list)
        for policy in self._whole.evaluator.universe.resources.policies_of(tier):
            by_priority[policy.priority].append(policy)
        chain = self._whole.evaluator.chains[direction]
        known: dict[object, list[Stop]] = defaultdict(list)
        for rectangle in chain.tiers[TIERS.index(tier)].rectangles:
            known[rectangle.rule.policy].append(rectangle)
        stops: list[Stop] = []
        for _, policies in sorted(by_priority.items()):
            for policy in policies:
                is_old = policy.id == self._old.id
                stops += self._own(direction) if is_old else known[policy.id]
                stops.append(Boundary.POLICY)
            stops.append(Boundary.PRIORITY)
        touched = bits.union(stop.subjects for stop in stops if isinstance(stop, Rectangle))
        return OrderedTier(tier, tuple(stops), touched)


def _walk(
    tiers: Iterable[tuple[CompiledTier, ClassSet, ClassSet]], everything: ClassSet, far: _Far
) -> Slice:
    """The tiers one after the other; ``far`` is the end of a rectangle that is not fixed.

    Each comes with the classes at that end about which it has a say, and with those of them
    for which the subject is surely isolated.
    """
    cells = {PASSED: everything}
    for tier, touched, isolated in tiers:
        if not touched:
            continue
        decided = (
            _ask_in_order(tier, touched, far)
            if isinstance(tier, OrderedTier)
            else _ask_together(tier, touched, isolated, far)
        )
        merged: dict[Decision, ClassSet] = defaultdict(int)
        for before, group in cells.items():
            if group & ~touched:
                merged[before] |= group & ~touched
            for following, area in decided.items():
                if group & area:
                    merged[before.then(following)] |= group & area
        cells = merged
    found: dict[Allowed, ClassSet] = defaultdict(int)
    for decision, group in cells.items():
        found[decision.allowed] |= group
    return tuple((group, allowed) for allowed, group in found.items())


def _ask_in_order(tier: OrderedTier, touched: ClassSet, far: _Far) -> dict[Decision, ClassSet]:
    cells = {Progress(): touched}
    for stop in tier.stops:
        area = far(stop) if isinstance(stop, Rectangle) else -1
        merged: dict[Progress, ClassSet] = defaultdict(int)
        for progress, group in cells.items():
            if group & area:
                merged[advance(progress, stop)] |= group & area
            if group & ~area:
                merged[progress] |= group & ~area
        cells = merged
    found: dict[Decision, ClassSet] = defaultdict(int)
    for progress, group in cells.items():
        found[progress.decision] |= group
    return found


def _ask_together(
    tier: IsolatingTier, touched: ClassSet, isolated: ClassSet, far: _Far
) -> dict[Decision, ClassSet]:
    by_end: dict[ClassSet, list[Rectangle]] = defaultdict(list)
    for rectangle in tier.rectangles:
        by_end[far(rectangle)].append(rectangle)
    cells = {NOTHING: touched}
    for area, rectangles in by_end.items():
        more = unite(rectangles)
        merged: dict[Allowed, ClassSet] = defaultdict(int)
        for allowed, group in cells.items():
            if group & area:
                merged[allowed | more] |= group & area
            if group & ~area:
                merged[allowed] |= group & ~area
        cells = merged
    found: dict[Decision, ClassSet] = defaultdict(int)
    for allowed, group in cells.items():
        if group & isolated:
            found[Decision.isolating(allowed)] |= group & isolated
        if group & ~isolated:
            found[Decision.perhaps_isolating(allowed)] |= group & ~isolated
    return found
