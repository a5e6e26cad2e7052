"""Columns of the matrix: all that may reach one destination, as few groups of sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from netsim.engine.matrix.tier_columns import TierColumns
from netsim.engine.policy.decision import ANYTHING, NOTHING, PASSED, Allowed, Decision
from netsim.engine.policy.rectangle import Certainty, Rectangle
from netsim.engine.reachability import Reachability
from netsim.model.policies import Direction, Tier
from netsim.model.ports import PortSet

Cell = tuple[int, Allowed]
"""Sources, as bits, and what all of them may send."""

Shaded = tuple[int, int]
"""Sources, as bits, and the number of what all of them may send."""

_UNISOLATED = -1
"""Stands for a number where no NetworkPolicy isolates, and the Baseline tier is asked."""


class Columns:
    """Works out columns one at a time; what they share is worked out once."""

    def __init__(self, reachability: Reachability) -> None:
        self._reachability = reachability
        self._shades = _Shades()
        self._ingress: dict[tuple[int, ...], list[Shaded]] = {}
        self._egress: dict[tuple[int, ...], list[Shaded]] = {}
        self._tiers = TierColumns(reachability)
        self._decided: dict[tuple[Decision, int, Decision], int] = {}

    def of(self, destination: int) -> Iterator[Cell]:
        """Disjoint groups of sources that may reach a class, given by number."""
        own = self._neighbours(destination)
        if own:
            yield own, ANYTHING
        for sources, allowed in self.by_policies(destination):
            if sources & ~own:
                yield sources & ~own, allowed

    def by_policies(self, destination: int) -> Iterator[Cell]:
        """The same, as if no node reached its pods by itself."""
        merged: dict[int, int] = defaultdict(int)
        shades = self._shades
        egress = self._egress_cells(destination)
        for sources, ingress in self._ingress_cells(destination):
            for origins, shade in egress:
                both = sources & origins
                if both:
                    merged[shades.meet(ingress, shade)] |= both
        for shade, sources in merged.items():
            allowed = shades.allowed(shade)
            if allowed.possible:
                yield sources, allowed

    def _neighbours(self, destination: int) -> int:
        """The node of a class and the pods on a node: no policy keeps these apart."""
        found = 0
        for node, pods in self._reachability.universe.neighbours:
            found |= node if pods >> destination & 1 else 0
            found |= pods if node >> destination & 1 else 0
        return found

    def _ingress_cells(self, destination: int) -> list[Shaded]:
        everything = self._reachability.universe.everything
        if self._reachability.is_open(Direction.INGRESS, destination):
            return [(everything, self._shades.number(ANYTHING))]
        cells = [(everything, _UNISOLATED)]
        if self._reachability.is_isolated(Direction.INGRESS, destination):
            deciding = self._reachability.near(Direction.INGRESS, destination)
            cells = self._kept(self._ingress, deciding, everything)
        if self._reachability.touched(Direction.INGRESS) >> destination & 1:
            return self._tiered(Direction.INGRESS, destination, everything, cells)
        return cells

    def _egress_cells(self, destination: int) -> list[Shaded]:
        access = self._reachability.accesses[Direction.EGRESS]
        touched = self._reachability.touched(Direction.EGRESS)
        closed = self._reachability.universe.everything & ~access.open
        deciding = [r for r in access.rectangles if r.destinations >> destination & 1]
        cells = self._kept(self._egress, deciding, closed)
        free = (access.open & ~touched, self._shades.number(ANYTHING))
        if not touched:
            return [free, *cells]
        untouched = [(sources & ~touched, shade) for sources, shade in cells]
        both = [(access.open, _UNISOLATED), *cells]
        tiered = self._tiered(Direction.EGRESS, destination, touched, both)
        return [free, *untouched, *tiered]

    def _tiered(
        self, direction: Direction, destination: int, sources: int, cells: list[Shaded]
    ) -> list[Shaded]:
        """Cells of the NetworkPolicies under the Admin and over the Baseline tier."""
        merged: dict[int, int] = defaultdict(int)
        baseline = self._tiers.of(Tier.BASELINE, direction, destination)
        for first, admin in self._tiers.of(Tier.ADMIN, direction, destination):
            for second, shade in cells:
                area = first & second & sources
                for third, last in baseline if area else ():
                    if area & third:
                        merged[self._decide(admin, shade, last)] |= area & third
        return [(found, shade) for shade, found in merged.items()]

    def _decide(self, admin: Decision, shade: int, baseline: Decision) -> int:
        key = (admin, shade, baseline)
        if key not in self._decided:
            following = PASSED
            if shade != _UNISOLATED:
                following = Decision.isolating(self._shades.allowed(shade))
            allowed = admin.then(following).then(baseline).allowed
            self._decided[key] = self._shades.number(allowed)
        return self._decided[key]

    def _kept(
        self,
        kept: dict[tuple[int, ...], list[Shaded]],
        rectangles: Iterable[Rectangle],
        sources: int,
    ) -> list[Shaded]:
        """The sources, split by these rectangles; many destinations have the same ones."""
        given = tuple(rectangles)
        key = tuple(map(id, given))
        if key not in kept:
            cells = [(sources, self._shades.number(NOTHING))]
            for rectangle in given:
                cells = self._split(cells, rectangle)
            kept[key] = cells
        return kept[key]

    def _split(self, cells: list[Shaded], rectangle: Rectangle) -> list[Shaded]:
        """Cells stay disjoint; those with equal ports are merged."""
        area, more = rectangle.sources, self._shades.of(rectangle)
        merged: dict[int, int] = defaultdict(int)
        for sources, shade in cells:
            inside = sources & area
            if inside:
                merged[self._shades.join(shade, more)] |= inside
            if sources != inside:
                merged[shade] |= sources & ~area
        return [(sources, shade) for shade, sources in merged.items()]


class _Shades:
    """Numbers for what may be sent: comparing and adding them costs no set algebra."""

    def __init__(self) -> None:
        self._all: list[Allowed] = []
        self._numbers: dict[Allowed, int] = {}
        self._rectangles: dict[int, int] = {}
        self._joined: dict[tuple[int, int], int] = {}
        self._met: dict[tuple[int, int], int] = {}

    def number(self, allowed: Allowed) -> int:
        """The number of a set; equal sets have equal numbers."""
        found = self._numbers.setdefault(allowed, len(self._all))
        if found == len(self._all):
            self._all.append(allowed)
        return found

    def allowed(self, number: int) -> Allowed:
        """The set of a number."""
        return self._all[number]

    def of(self, rectangle: Rectangle) -> int:
        """The number of what a rectangle lets through."""
        key = id(rectangle)
        if key not in self._rectangles:
            is_sure = rectangle.certainty is Certainty.SURE
            sure = rectangle.ports if is_sure else PortSet.empty()
            self._rectangles[key] = self.number(Allowed(sure, rectangle.ports))
        return self._rectangles[key]

    def join(self, one: int, other: int) -> int:
        """The number of the union."""
        key = (one, other)
        if key not in self._joined:
            self._joined[key] = self.number(self._all[one] | self._all[other])
        return self._joined[key]

    def meet(self, one: int, other: int) -> int:
        """The number of the intersection."""
        key = (one, other)
        if key not in self._met:
            self._met[key] = self.number(self._all[one] & self._all[other])
        return self._met[key]
