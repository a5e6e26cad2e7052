"""The order of files that their dependencies ask for."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter

from msgspec import Struct

from netsim.rollout.dependency import Dependency, Rollout, Strength
from netsim.rollout.references import reference_dependencies
from netsim.rollout.selections import selection_dependencies

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


def apart_from(cycles: Iterable[Cycle], found: Iterable[Dependency]) -> tuple[Dependency, ...]:
    """The dependencies without those that make cycles, which no order keeps all."""
    edges = {(each.dependent.unit, each.on.unit) for c in cycles for each in c.dependencies}
    return tuple(each for each in found if (each.dependent.unit, each.on.unit) not in edges)


def dependencies(rollout: Rollout) -> tuple[Dependency, ...]:
    """Everything that should come before something else, each once."""
    found = (*reference_dependencies(rollout), *selection_dependencies(rollout))
    return tuple(dict.fromkeys(found))


def arranged(preferred: Sequence[str], found: Iterable[Dependency]) -> Arrangement:
    """The order nearest to ``preferred`` that keeps the dependencies between these units.

    What is only advised gives way to everything else.
    """
    rank = {unit: place for place, unit in enumerate(preferred)}
    edges = _edges(found, rank)
    strong = {e: each for e, each in edges.items() if _is_strong(each)}
    cycles: list[Cycle] = []
    while cycle := _cycle(strong):
        cycles.append(cycle)
        last = max(cycle.dependencies, key=lambda each: _dispensable(each, rank))
        del strong[last.dependent.unit, last.on.unit]
    before = _predecessors(strong, preferred)
    for dependent, on in sorted(edges.keys() - strong.keys(), key=lambda e: _ranks(e, rank)):
        if not _is_strong(edges[dependent, on]) and not _precedes(dependent, on, before):
            before[dependent].add(on)
    return Arrangement(_sorted(before, rank), tuple(cycles))


def _edges(found: Iterable[Dependency], rank: dict[str, int]) -> dict[Edge, Dependency]:
    """The strongest dependency of each pair of units."""
    edges: dict[Edge, Dependency] = {}
    for each in found:
        edge = each.dependent.unit, each.on.unit
        if edge[0] == edge[1] or not rank.keys() >= {*edge}:
            continue
        known = edges.setdefault(edge, each)
        if _weakness(each) < _weakness(known):
            edges[edge] = each
    return edges


def _weakness(dependency: Dependency) -> int:
    return _WEAKNESS[dependency.reason.strength]


def _is_strong(dependency: Dependency) -> bool:
    return dependency.reason.strength is not Strength.ADVISED


def _dispensable(dependency: Dependency, rank: dict[str, int]) -> tuple[int, int]:
    """What to give up first in a cycle: protection, then what the preference has last."""
    return _weakness(dependency), rank[dependency.on.unit]


def _ranks(edge: Edge, rank: dict[str, int]) -> tuple[int, int]:
    return rank[edge[0]], rank[edge[1]]


def _predecessors(edges: Iterable[Edge], units: Iterable[str]) -> dict[str, set[str]]:
    before: dict[str, set[str]] = {unit: set() for unit in units}
    for dependent, on in edges:
        before[dependent].add(on)
    return before


def _cycle(edges: dict[Edge, Dependency]) -> Cycle | None:
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


def _sorted(before: dict[str, set[str]], rank: dict[str, int]) -> tuple[str, ...]:
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
