"""Columns of the matrix: all that may reach one destination, as few groups of sources.

Who may send what to ``shop/api``: the classes of ``shop`` TCP 80, all others nothing::

    Columns(evaluator).of(api)    # (0b0111, Allowed(TCP 80, TCP 80))

A column walks the chain of tiers (:mod:`netsim.engine.policy.chain`) with all sources at once,
as disjoint groups that have the same answer.  What is about a destination is found by the ends
of rectangles that hold it (:mod:`netsim.engine.policy.index`).  In a tier that isolates, the
rectangles of one end are worked out once, O(their sources + rectangles), and overlaid where
ends meet, O(ends x groups) passes over bits; in an ordered tier every rectangle divides the
groups.  Both is done once for all destinations that the same ends hold, of which there are
few, as classes that one policy selects fare alike; to take a column up again is O(groups).
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from msgspec import Struct

from netsim.engine.evaluator import Evaluator
from netsim.engine.policy.chain import Chain
from netsim.engine.policy.decision import ANYTHING, NOTHING, PASSED, Allowed, Decision, Progress
from netsim.engine.policy.index import Ends
from netsim.engine.policy.rectangle import Certainty, Rectangle
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
from netsim.model.ports import PortSet

Cell = tuple[ClassSet, Allowed]
"""Sources, and what all of them may send."""

Numbered = tuple[ClassSet, int]
"""Sources, and the number of what all of them may send or of what is decided about it."""

_Key = tuple[object, ...]
_OnNumbers = Callable[[int, int], int]

_NARROW = 16
"""Areas of so few classes are added up class by class."""


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
        self._let: dict[tuple[PortSet, Certainty], int] = {}
        self._progress = _Numbers[Progress]()
        self._advanced: dict[tuple[int, int], int] = {}
        self._of_directions: dict[_Key, list[Numbered]] = {}
        self._of_tiers: dict[_Key, list[Numbered]] = {}
        self._of_ends: dict[_Key, list[Numbered]] = {}
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
        key = chain.direction, vicinity, *(each.key for each in bearing)
        if key not in self._of_directions:
            cells = [(self._everything, self._decisions.number(PASSED))]
            for each in bearing:
                decided = self._of_tier(chain.direction, each)
                if isinstance(each.tier, IsolatingTier) and vicinity is not Vicinity.APART:
                    decided = [(area, self._near(found, vicinity)) for area, found in decided]
                cells = self._follow(cells, decided)
            self._of_directions[key] = self._answer(cells)
        return self._of_directions[key]

    def _near(self, number: int, vicinity: Vicinity) -> int:
        return self._decisions.number(self._decisions[number].at_vicinity(vicinity))

    def _bearing(self, chain: Chain, destination: int) -> Iterator[_Bearing]:
        """The tiers that have a say about a class."""
        for tier, ends in chain.towards(destination):
            sources, isolated = tier.touched, tier.isolated
            if chain.direction is Direction.INGRESS:
                sources = self._everything if contains(sources, destination) else 0
                isolated = self._everything if contains(isolated, destination) else 0
            if sources:
                yield _Bearing(tier, ends, sources, isolated)

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

    def _of_tier(self, direction: Direction, bearing: _Bearing) -> list[Numbered]:
        """What a tier decides about its sources; many destinations have the same rules."""
        key = direction, *bearing.key
        if key not in self._of_tiers:
            match bearing.tier:
                case OrderedTier() as tier:
                    found = self._in_order(tier.towards(bearing.ends), bearing.sources)
                case IsolatingTier() as tier:
                    found = self._together(direction, tier, bearing)
            self._of_tiers[key] = found
        return self._of_tiers[key]

    def _together(
        self, direction: Direction, tier: IsolatingTier, bearing: _Bearing
    ) -> list[Numbered]:
        let = (cell for end in bearing.ends for cell in self._of_end(direction, tier, end))
        cells = [(each & bearing.sources, number) for each, number in self._overlay(let)]
        rest = bearing.sources & ~bits.union(each for each, _ in cells)
        decide = (
            (bearing.isolated, Decision.isolating),
            (~bearing.isolated, Decision.perhaps_isolating),
        )
        return [
            (each & area, self._decisions.number(decision(self._answers[number])))
            for each, number in (*cells, (rest, self._answers.number(NOTHING)))
            for area, decision in decide
            if each & area
        ]

    def _of_end(self, direction: Direction, tier: IsolatingTier, end: int) -> list[Numbered]:
        """What the rectangles that have one end let their sources send there."""
        key = direction, tier.tier, end
        if key not in self._of_ends:
            rectangles = tier.by_destinations.rectangles((end,))
            self._of_ends[key] = self._overlay(
                (each.sources, self._of_rectangle(each)) for each in rectangles
            )
        return self._of_ends[key]

    def _of_rectangle(self, rectangle: Rectangle) -> int:
        """The number of what a rectangle lets through."""
        key = rectangle.ports, rectangle.certainty
        if key not in self._let:
            self._let[key] = self._answers.number(unite((rectangle,)))
        return self._let[key]

    def _overlay(self, areas: Iterable[Numbered]) -> list[Numbered]:
        """Areas that overlap as cells that do not, with what all areas of a cell let through.

        A wide area cuts the cells that there are.  Narrow ones, of which there may be
        thousands, are added up class by class.
        """
        wide: dict[ClassSet, int] = {}
        by_class: dict[int, int] = {}
        for area, more in areas:
            if area.bit_count() > _NARROW:
                wide[area] = self._join(wide[area], more) if area in wide else more
                continue
            for number in bits.members(area):
                known = by_class.get(number)
                by_class[number] = more if known is None else self._join(known, more)
        grouped: dict[int, list[int]] = defaultdict(list)
        for number, more in by_class.items():
            grouped[more].append(number)
        cells = {more: bits.of(numbers) for more, numbers in grouped.items()}
        for area, more in wide.items():
            merged: dict[int, ClassSet] = defaultdict(int)
            rest = area
            for number, each in cells.items():
                inside = each & area
                if inside:
                    merged[self._join(number, more)] |= inside
                    rest ^= inside
                if each != inside:
                    merged[number] |= each ^ inside
            if rest:
                merged[more] |= rest
            cells = merged
        return [(each, number) for number, each in cells.items()]

    def _in_order(self, tier: OrderedTier, sources: ClassSet) -> list[Numbered]:
        cells = {self._progress.number(Progress()): sources}
        for stop in tier.stops:
            area = stop.sources if isinstance(stop, Rectangle) else -1
            moved: dict[int, ClassSet] = defaultdict(int)
            for number, each in tuple(cells.items()):
                inside = each & area
                following = self._advance(number, stop) if inside else number
                if following != number:
                    moved[following] |= inside
                    cells[number] = each ^ inside
            for number, each in moved.items():
                cells[number] = cells.get(number, 0) | each
            if moved:
                cells = {number: each for number, each in cells.items() if each}
        return [
            (each, self._decisions.number(self._progress[number].decision))
            for number, each in cells.items()
        ]

    def _advance(self, number: int, stop: Stop) -> int:
        key = number, id(stop)
        if key not in self._advanced:
            following = advance(self._progress[number], stop)
            self._advanced[key] = self._progress.number(following)
        return self._advanced[key]


class _Bearing(Struct, frozen=True):
    """A tier that has a say about a class, with the ends of rectangles that hold the class.

    It has its say about ``sources``; for those of them that are ``isolated`` it surely isolates
    the subject.
    """

    tier: CompiledTier
    ends: Ends
    sources: ClassSet
    isolated: ClassSet

    @property
    def key(self) -> _Key:
        """Equal, in one direction, for destinations with the same rules."""
        return self.tier.tier, self.ends, bool(self.isolated)


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
