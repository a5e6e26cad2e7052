"""What the admin tiers make of all connections to one destination."""

from __future__ import annotations

from collections import defaultdict

from netsim.engine.policy.decision import PASSED, Decision, Progress
from netsim.engine.policy.rectangle import Rectangle
from netsim.engine.policy.tiers import Boundary, Stop, advance
from netsim.engine.reachability import Reachability
from netsim.model.policies import Direction, Tier

Ruled = tuple[int, Decision]
"""Sources, as bits, and what a tier makes of all that they send."""


class TierColumns:
    """Works out one column of a tier at a time; equal ones are worked out once."""

    def __init__(self, reachability: Reachability) -> None:
        self._reachability = reachability
        self._kept: dict[tuple[object, ...], tuple[Ruled, ...]] = {}
        self._advanced: dict[tuple[Progress, int], Progress] = {}

    def of(self, tier: Tier, direction: Direction, destination: int) -> tuple[Ruled, ...]:
        """Disjoint groups of all sources, and what a tier makes of each."""
        stops = self._stops(tier, direction, destination)
        key = tuple(stop if isinstance(stop, Boundary) else id(stop) for stop in stops)
        if key not in self._kept:
            self._kept[key] = self._walk(stops)
        return self._kept[key]

    def _stops(self, tier: Tier, direction: Direction, destination: int) -> tuple[Stop, ...]:
        if direction is Direction.INGRESS:
            return self._reachability.stops(tier, direction, destination)
        ordered = self._reachability.ordered(tier, direction)
        return ordered.kept(lambda r: bool(r.destinations >> destination & 1))

    def _walk(self, stops: tuple[Stop, ...]) -> tuple[Ruled, ...]:
        everything = self._reachability.universe.everything
        if not stops:
            return ((everything, PASSED),)
        cells = {Progress(): everything}
        for stop in stops:
            cells = self._step(cells, stop)
        merged: dict[Decision, int] = defaultdict(int)
        for progress, sources in cells.items():
            merged[progress.decision] |= sources
        return tuple((sources, decision) for decision, sources in merged.items())

    def _step(self, cells: dict[Progress, int], stop: Stop) -> dict[Progress, int]:
        """Cells stay disjoint; those that have come equally far are merged."""
        area = stop.sources if isinstance(stop, Rectangle) else -1
        merged: dict[Progress, int] = defaultdict(int)
        for progress, sources in cells.items():
            if sources & area:
                merged[self._advance(progress, stop)] |= sources & area
            if sources & ~area:
                merged[progress] |= sources & ~area
        return merged

    def _advance(self, progress: Progress, stop: Stop) -> Progress:
        key = (progress, id(stop))
        if key not in self._advanced:
            self._advanced[key] = advance(progress, stop)
        return self._advanced[key]
