"""The sequence of files that their dependencies ask for.

``arrange_units(["web.yaml", "policy.yaml"], ...)`` puts the policy first.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter

from msgspec import Struct

from netsim.rollout.dependency import Dependency, Strength

Edge = tuple[str, str]
"""A unit, and one that comes before it."""

_WEAKNESS = {Strength.REQUIRED: 0, Strength.PROTECTS: 1, Strength.ADVISED: 2}


class Cycle(Struct, frozen=True):
    """Units that all come before each other: for each a dependency on the next one."""

    dependencies: tuple[Dependency, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """Each once, in the order of the dependencies."""
        return tuple(each.dependent.unit for each in self.dependencies)


class Arrangement(Struct, frozen=True):
    """Units in an order that keeps every dependency but those that close a cycle."""

    units: tuple[str, ...]
    cycles: tuple[Cycle, ...]


def drop_cycles(cycles: Iterable[Cycle], found: Iterable[Dependency]) -> tuple[Dependency, ...]:
    """The dependencies without those that form cycles, as no order keeps all of these."""
    edges = {(each.dependent.unit, each.on.unit) for c in cycles for each in c.dependencies}
    return tuple(each for each in found if (each.dependent.unit, each.on.unit) not in edges)


def arrange_units(preferred: Sequence[str], found: Iterable[Dependency]) -> Arrangement:
    """The order nearest to ``preferred`` that keeps the dependencies between these units.

    What is only advised gives way to everything else.
    """
    rank = {unit: place for place, unit in enumerate(preferred)}
    edges = _index_edges(found, rank)
    strong = {e: each for e, each in edges.items() if _is_strong(each)}
    cycles: list[Cycle] = []
    while cycle := _find_cycle(strong):
        cycles.append(cycle)
        last = max(cycle.dependencies, key=lambda each: _rank_dispensable(each, rank))
        del strong[last.dependent.unit, last.on.unit]
    before = _index_predecessors(strong, preferred)
    for dependent, on in sorted(
        edges.keys() - strong.keys(), key=lambda e: _rank_edge(e, rank)
    ):
        if not _is_strong(edges[dependent, on]) and not _precedes(dependent, on, before):
            before[dependent].add(on)
    return Arrangement(_sort_units(before, rank), tuple(cycles))


def _index_edges(found: Iterable[Dependency], rank: dict[str, int]) -> dict[Edge, Dependency]:
    """The strongest dependency of each pair of units."""
    edges: dict[Edge, Dependency] = {}
    for each in found:
        edge = each.dependent.unit, each.on.unit
        if edge[0] == edge[1] or not rank.keys() >= {*edge}:
            continue
        known = edges.setdefault(edge, each)
        if _measure_weakness(each) < _measure_weakness(known):
            edges[edge] = each
    return edges


def _measure_weakness(dependency: Dependency) -> int:
    return _WEAKNESS[dependency.reason.strength]


def _is_strong(dependency: Dependency) -> bool:
    return dependency.reason.strength is not Strength.ADVISED


def _rank_dispensable(dependency: Dependency, rank: dict[str, int]) -> tuple[int, int]:
    """What to give up first in a cycle: protection, then what the preference has last."""
    return _measure_weakness(dependency), rank[dependency.on.unit]


def _rank_edge(edge: Edge, rank: dict[str, int]) -> tuple[int, int]:
    return rank[edge[0]], rank[edge[1]]


def _index_predecessors(edges: Iterable[Edge], units: Iterable[str]) -> dict[str, set[str]]:
    before: dict[str, set[str]] = {unit: set() for unit in units}
    for dependent, on in edges:
        before[dependent].add(on)
    return before


def _find_cycle(edges: dict[Edge, Dependency]) -> Cycle | None:
    before: dict[str, list[str]] = defaultdict(list)
    for dependent, on in edges:
        before[dependent].append(on)
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        # Of each unit in the list and the next, the former comes first.
        units: list[str] = error.args[1]
        ends = zip(units[:0:-1], units[-2::-1], strict=True)
        return Cycle(tuple(edges[edge] for edge in ends))
    return None


def _precedes(unit: str, other: str, before: dict[str, set[str]]) -> bool:
    """Whether a unit has to come before another."""
    pending, seen = [other], {other}
    while pending:
        for each in before[pending.pop()] - seen:
            seen.add(each)
            pending.append(each)
    return unit in seen


def _sort_units(before: dict[str, set[str]], rank: dict[str, int]) -> tuple[str, ...]:
    """Of the units that may come next always the one that is preferred first."""
    sorter = TopologicalSorter(before)
    sorter.prepare()
    ready: list[tuple[int, str]] = []
    found: list[str] = []
    while sorter.is_active():
        for unit in sorter.get_ready():
            heapq.heappush(ready, (rank[unit], unit))
        _, unit = heapq.heappop(ready)
        found.append(unit)
        sorter.done(unit)
    return tuple(found)
