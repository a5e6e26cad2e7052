"""What differs between two sides for the pods of workloads that are not all alike.

Pods are compared by name: where ``db-0`` was the one that admits ``web`` and now ``db-1`` is,
one connection closes and another opens.  The names of many pods are made up anew for each, so
a pod that only one side has counts as a change only where the other side has no pod of the
workload that may do the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from netsim.engine.matrix.listing import (
    Areas,
    Cell,
    Listing,
    Part,
    Pods,
    title_of,
    titles,
)
from netsim.engine.policy.decision import NOTHING, Allowed
from netsim.model.addresses import AddressSet
from netsim.model.resources import Resources

Ends = tuple[str, str]
DividedChange = tuple[Allowed, Allowed, tuple[Part, ...]]
"""What was allowed, what is now, and between which pods; none where all are meant."""

AreaChange = tuple[Allowed, Allowed, AddressSet]
"""What was allowed, what is now, and the addresses for which it is so."""

_Answers = dict[Ends, Allowed]


class Replicas:
    """The pods of each workload on two sides, by title."""

    def __init__(self, old: Resources, new: Resources) -> None:
        self._old, self._new = _list_pods(old), _list_pods(new)

    def between(self, ends: Ends, old: Listing, new: Listing) -> Iterator[DividedChange]:
        """The changes between two workloads; O(pods x pods) where anything differs."""
        before, now = _cells(ends, old), _cells(ends, new)
        starts, targets = ((self._of(end, self._old), self._of(end, self._new)) for end in ends)
        if before == now and starts[0] == starts[1] and targets[0] == targets[1]:
            return
        was = _spread(before, starts[0], targets[0])
        is_ = _spread(now, starts[1], targets[1])
        found: dict[tuple[Allowed, Allowed], dict[str, set[str]]] = defaultdict(
            lambda: defaultdict(set)
        )
        for pair, change in _compare(was, is_):
            found[change][pair[0]].add(pair[1])
        for change, by_source in found.items():
            parts = tuple(self._parts(ends, by_source))
            whole = all(p.sources.are_all and p.destinations.are_all for p in parts)
            yield (*change, () if whole else parts)

    def _parts(self, ends: Ends, by_source: Mapping[str, set[str]]) -> Iterator[Part]:
        grouped: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for source in sorted(by_source):
            grouped[tuple(sorted(by_source[source]))].append(source)
        for destinations, sources in grouped.items():
            yield Part(self._pods(ends[0], tuple(sources)), self._pods(ends[1], destinations))

    def outside(
        self, name: str, old: Areas, new: Areas
    ) -> Iterator[tuple[str, AreaChange, Pods | None]]:
        """The changes between a workload and addresses, range by range."""
        if all(area.pods is None for area in (*old, *new)):
            yield from ((title, cell, None) for title, cell in _areas(old, new))
            return
        pods = self._of(name, self._old), self._of(name, self._new)
        if old == new and pods[0] == pods[1]:
            return
        was = {pod: _of_pod(old, pod) for pod in pods[0]}
        is_ = {pod: _of_pod(new, pod) for pod in pods[1]}
        found: dict[tuple[str, AreaChange], list[str]] = defaultdict(list)
        for pod in dict.fromkeys((*pods[0], *pods[1])):
            if pod in was and pod in is_:
                changes = _areas(was[pod], is_[pod])
            elif pod in is_:
                changes = _areas(_likest(is_[pod], was.values()), is_[pod])
            elif any(not any(_areas(was[pod], other)) for other in is_.values()):
                continue
            else:
                changes = _areas(was[pod], ())
            for change in changes:
                found[change].append(pod)
        for (title, cell), own in found.items():
            chosen = self._pods(name, tuple(sorted(own)))
            yield title, cell, None if chosen.are_all else chosen

    def _of(self, name: str, pods: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        return pods.get(name, (name,))

    def _pods(self, name: str, chosen: tuple[str, ...]) -> Pods:
        """Some pods of a workload, among those of the side that has them all."""
        sides = [self._of(name, side) for side in (self._new, self._old)]
        both = tuple(dict.fromkeys((*sides[0], *sides[1])))
        among = next(side for side in (*sides, both) if set(chosen) <= set(side))
        if len(chosen) == len(among) == len(sides[0]):
            return Pods((name,))
        return Pods(chosen, len(among))


def _list_pods(resources: Resources) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for pod in resources.pods:
        found[str(pod.workload)][title_of(pod)] = None
    return {name: tuple(sorted(pods)) for name, pods in found.items()}


def _cells(ends: Ends, listing: Listing) -> tuple[Cell, ...]:
    if ends in listing.inner:
        whole = Part(Pods((ends[0],)), Pods((ends[1],)))
        return (Cell(whole, listing.inner[ends]),)
    return listing.divided.get(ends, ())


def _spread(
    cells: Iterable[Cell], sources: tuple[str, ...], destinations: tuple[str, ...]
) -> _Answers:
    """The answer of each pair of pods."""
    found = {(start, end): NOTHING for start in sources for end in destinations}
    for cell in cells:
        part = cell.part
        starts = sources if part.sources.are_all else part.sources.titles
        ends = destinations if part.destinations.are_all else part.destinations.titles
        found |= {(start, end): cell.allowed for start in starts for end in ends}
    return found


def _compare(was: _Answers, is_: _Answers) -> Iterator[tuple[Ends, tuple[Allowed, Allowed]]]:
    before, now = set(was.values()), set(is_.values())
    for pair in dict.fromkeys((*was, *is_)):
        if pair in was and pair in is_:
            change = was[pair], is_[pair]
        elif pair in is_:
            all_did = next(iter(before)) if len(before) == 1 else NOTHING
            change = is_[pair] if is_[pair] in before else all_did, is_[pair]
        else:
            change = was[pair], was[pair] if was[pair] in now else NOTHING
        if change[0] != change[1]:
            yield pair, change


def _of_pod(areas: Areas, pod: str) -> Areas:
    return tuple(area for area in areas if area.pods is None or pod in area.pods.titles)


def _likest(areas: Areas, others: Iterable[Areas]) -> Areas:
    """What one of the others has that is the same, or what all of them share; else nothing."""
    known = tuple(others)
    for other in known:
        if not any(_areas(other, areas)):
            return other
    first = known[0] if known else ()
    return first if all(not any(_areas(first, other)) for other in known) else ()


_Cells = dict[tuple[Allowed, Allowed], AddressSet]


def _areas(before: Areas, now: Areas) -> Iterator[tuple[str, AreaChange]]:
    """Ranges that differ, whichever way each side happens to cut them."""
    cells: _Cells = {}
    for area, was in _whole(before):
        for other, is_ in _whole(now):
            common = area & other
            if common and was != is_:
                cells[was, is_] = cells.get((was, is_), AddressSet.empty()) | common
    for (was, is_), area in cells.items():
        for family, interval in area:
            part = AddressSet.of_range(family, interval)
            yield next(titles(part)), (was, is_, part)


def _whole(areas: Areas) -> Iterator[tuple[AddressSet, Allowed]]:
    """With the rest of the address space, from where or to where nothing is allowed."""
    rest = AddressSet.full()
    for area in areas:
        yield area.addresses, area.allowed
        rest -= area.addresses
    if rest:
        yield rest, NOTHING
