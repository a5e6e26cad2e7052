"""Columns of the matrix: all that may reach one destination, as few groups of sources.

Who may send what to ``shop/api``: the classes of ``shop`` TCP 80, all others nothing::

    Columns(evaluator).of(api)    # (0b0111, Allowed(TCP 80, TCP 80))

A column walks the chain of tiers (:mod:`netsim.engine.policy.chain`) with all sources at once.
It starts as one group; every rectangle of every tier splits the groups it divides, and groups
that have come to the same answer are merged.  Groups are disjoint, so a column costs
O(rectangles towards the destination x groups) passes over bits, and there are few groups, as
classes that one policy selects fare alike.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from netsim.engine.evaluator import Evaluator
from netsim.engine.policy.chain import Chain
from netsim.engine.policy.decision import ANYTHING, NOTHING, PASSED, Allowed, Decision, Progress
from netsim.engine.policy.rectangle import Rectangle
from netsim.engine.policy.tiers import (
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
from netsim.model.addresses import Family
from netsim.model.policies import Direction

Cell = tuple[ClassSet, Allowed]
"""Sources, and what all of them may send."""

Numbered = tuple[ClassSet, int]
"""Sources, and the number of what all of them may send or of what is decided about it."""

_Key = tuple[object, ...]
_OnNumbers = Callable[[int, int], int]


class Columns:
    """Works out columns one at a time; what they share is worked out once."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._everything = evaluator.universe.everything
        self._answers = _Numbers[Allowed]()
        self._decisions = _Numbers[Decision]()
        self._join = self._answers.memoize(operator.or_)
        self._meet = self._answers.memoize(operator.and_)
        self._then = self._decisions.memoize(Decision.then)
        self._allowed = {self._decisions.number(PASSED): self._answers.number(ANYTHING)}
        self._united: dict[tuple[int, ...], int] = {}
        self._advanced: dict[tuple[Progress, int], Progress] = {}
        self._of_directions: dict[_Key, list[Numbered]] = {}
        self._of_tiers: dict[_Key, list[Numbered]] = {}
        self._families = {
            family: Columns(facet) for family, facet in evaluator.by_family().items()
        }

    def of(self, destination: int) -> Iterator[Cell]:
        """Disjoint groups of sources that may reach a class."""
        surely, perhaps = self._evaluator.universe.near(destination)
        yield from self._cells(destination, ~(surely | perhaps), Vicinity.APART)
        if surely:
            yield from self._cells(destination, surely, Vicinity.OWN_NODE)
        if perhaps:
            yield from self._cells(destination, perhaps, Vicinity.MAYBE)

    def by_policies(self, destination: int) -> Iterator[Cell]:
        """Disjoint groups of sources, as if no node reached its pods by itself."""
        return self._cells(destination, self._everything, Vicinity.APART)

    def _cells(self, destination: int, sources: ClassSet, vicinity: Vicinity) -> Iterator[Cell]:
        """The groups of these sources that have a family in common with the destination."""
        universe = self._evaluator.universe
        partners = {
            family: sources & universe.partners(destination, family) for family in Family
        }
        if not self._families:
            yield from self.between(destination, bits.union(partners.values()), vicinity)
            return
        both = partners[Family.IPV4] & partners[Family.IPV6]
        for family, columns in self._families.items():
            yield from columns.between(destination, partners[family] & ~both, vicinity)
        parts = [(both, dict[Family, Allowed]())]
        for family, columns in self._families.items():
            cells = columns.all_between(destination, both, vicinity)
            parts = [
                (part & group, {**known, family: allowed})
                for part, known in parts
                for group, allowed in cells
                if part & group
            ]
        merged: dict[Allowed, ClassSet] = defaultdict(int)
        for part, answers in parts:
            merged[Allowed.of_families(answers)] |= part
        for allowed, part in merged.items():
            if allowed.possible:
                yield part, allowed

    def between(
        self, destination: int, sources: ClassSet, vicinity: Vicinity
    ) -> Iterator[Cell]:
        """What the policies of both ends let some of these sources send to a class."""
        for group, allowed in self.all_between(destination, sources, vicinity):
            if allowed.possible:
                yield group, allowed

    def all_between(
        self, destination: int, sources: ClassSet, vicinity: Vicinity
    ) -> list[Cell]:
        """What the policies of both ends let each of these sources send to a class."""
        if not sources:
            return []
        merged: dict[int, ClassSet] = defaultdict(int)
        sent, received = (
            self._of_direction(self._evaluator.chains[direction], destination, vicinity)
            for direction in (Direction.EGRESS, Direction.INGRESS)
        )
        for ends, one in received:
            asked = ends & sources
            for origins, other in sent if asked else ():
                both = asked & origins
                if both:
                    merged[self._meet(one, other)] |= both
        return [(group, self._answers[number]) for number, group in merged.items()]

    def _of_direction(
        self, chain: Chain, destination: int, vicinity: Vicinity
    ) -> list[Numbered]:
        """What the policies of one direction let all sources send to a class."""
        bearing = tuple(self._bearing(chain, destination))
        key = (
            chain.direction,
            vicinity,
            *((_key(tier), bool(isolated)) for tier, _, isolated in bearing),
        )
        if key not in self._of_directions:
            cells = [(self._everything, self._decisions.number(PASSED))]
            for tier, sources, isolated in bearing:
                decided = self._of_tier(chain.direction, tier, sources, isolated)
                if isinstance(tier, IsolatingTier) and vicinity is not Vicinity.APART:
                    decided = [(area, self._near(each, vicinity)) for area, each in decided]
                cells = self._follow(cells, decided)
            self._of_directions[key] = self._answer(cells)
        return self._of_directions[key]

    def _near(self, number: int, vicinity: Vicinity) -> int:
        return self._decisions.number(self._decisions[number].at_vicinity(vicinity))

    def _bearing(
        self, chain: Chain, destination: int
    ) -> Iterator[tuple[CompiledTier, ClassSet, ClassSet]]:
        """The tiers that have a say about a class, and about which sources they have it.

        Last are those of the sources for which the subject is surely isolated.
        """
        for tier in chain.towards(destination):
            sources, isolated = tier.touched, tier.isolated
            if chain.direction is Direction.INGRESS:
                sources = self._everything if contains(sources, destination) else 0
                isolated = self._everything if contains(isolated, destination) else 0
            if sources:
                yield tier, sources, isolated

    def _follow(self, cells: list[Numbered], tier: list[Numbered]) -> list[Numbered]:
        """What a tier makes of what those before it pass on."""
        merged: dict[int, ClassSet] = defaultdict(int)
        asked = 0
        for sources, _ in tier:
            asked |= sources
        for sources, before in cells:
            if sources & ~asked:
                merged[before] |= sources & ~asked
            for others, following in tier:
                both = sources & others
                if both:
                    merged[self._then(before, following)] |= both
        return [(sources, number) for number, sources in merged.items()]

    def _answer(self, cells: list[Numbered]) -> list[Numbered]:
        """After the last tier what is left over is allowed."""
        merged: dict[int, ClassSet] = defaultdict(int)
        for sources, number in cells:
            if number not in self._allowed:
                allowed = self._decisions[number].allowed
                self._allowed[number] = self._answers.number(allowed)
            merged[self._allowed[number]] |= sources
        return [(sources, number) for number, sources in merged.items()]

    def _of_tier(
        self,
        direction: Direction,
        tier: CompiledTier,
        sources: ClassSet,
        isolated: ClassSet,
    ) -> list[Numbered]:
        """What a tier decides about these sources; many destinations have the same rules."""
        key = (direction, _key(tier), bool(isolated))
        if key not in self._of_tiers:
            match tier:
                case OrderedTier():
                    found = self._in_order(tier, sources)
                case IsolatingTier():
                    found = self._together(tier, sources, isolated)
            self._of_tiers[key] = found
        return self._of_tiers[key]

    def _together(
        self, tier: IsolatingTier, sources: ClassSet, isolated: ClassSet
    ) -> list[Numbered]:
        cells = [(sources, self._answers.number(NOTHING))]
        by_sources: dict[ClassSet, list[Rectangle]] = defaultdict(list)
        for rectangle in tier.rectangles:
            by_sources[rectangle.sources].append(rectangle)
        for area, rectangles in by_sources.items():
            more = self._of_rectangles(tuple(rectangles))
            merged: dict[int, ClassSet] = defaultdict(int)
            for each, number in cells:
                inside = each & area
                if inside:
                    merged[self._join(number, more)] |= inside
                if each != inside:
                    merged[number] |= each & ~area
            cells = [(each, number) for number, each in merged.items()]
        decide = ((isolated, Decision.isolating), (~isolated, Decision.perhaps_isolating))
        return [
            (each & area, self._decisions.number(decision(self._answers[number])))
            for each, number in cells
            for area, decision in decide
            if each & area
        ]

    def _of_rectangles(self, rectangles: tuple[Rectangle, ...]) -> int:
        """The number of what rectangles let through together."""
        key = tuple(map(id, rectangles))
        if key not in self._united:
            self._united[key] = self._answers.number(unite(rectangles))
        return self._united[key]

    def _in_order(self, tier: OrderedTier, sources: ClassSet) -> list[Numbered]:
        cells = {Progress(): sources}
        for stop in tier.stops:
            area = stop.sources if isinstance(stop, Rectangle) else -1
            merged: dict[Progress, ClassSet] = defaultdict(int)
            for progress, each in cells.items():
                if each & area:
                    merged[self._advance(progress, stop)] |= each & area
                if each & ~area:
                    merged[progress] |= each & ~area
            cells = merged
        return [
            (each, self._decisions.number(progress.decision))
            for progress, each in cells.items()
        ]

    def _advance(self, progress: Progress, stop: Stop) -> Progress:
        key = (progress, id(stop))
        if key not in self._advanced:
            self._advanced[key] = advance(progress, stop)
        return self._advanced[key]


def _key(tier: CompiledTier) -> _Key:
    """Equal for the parts of a tier that have the same rules."""
    return (tier.tier, *map(id, tier.stops))


Answer = TypeVar("Answer")


class _Numbers(Generic[Answer]):
    """Numbers for answers: to compare and combine them again costs no set algebra."""

    def __init__(self) -> None:
        self._all: list[Answer] = []
        self._numbers: dict[Answer, int] = {}

    def __getitem__(self, number: int) -> Answer:
        return self._all[number]

    def number(self, answer: Answer) -> int:
        """The number of an answer; equal ones have equal numbers."""
        found = self._numbers.setdefault(answer, len(self._all))
        if found == len(self._all):
            self._all.append(answer)
        return found

    def memoize(self, operation: Callable[[Answer, Answer], Answer]) -> _OnNumbers:
        """An operation on answers as one on their numbers."""
        known: dict[tuple[int, int], int] = {}

        def combine(one: int, other: int) -> int:
            key = (one, other)
            if key not in known:
                known[key] = self.number(operation(self._all[one], self._all[other]))
            return known[key]

        return combine
