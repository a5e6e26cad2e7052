"""What a change of the input opens and closes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from msgspec import Struct

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.listing import Areas, Listing, Pair, listing, titles
from netsim.engine.naming.controller import TITLE, Controller, with_controller
from netsim.engine.naming.ways_in import controller_pairs
from netsim.engine.policy.decision import NOTHING, Allowed
from netsim.engine.space import bits
from netsim.engine.space.stand_ins import is_stand_in
from netsim.model.addresses import AddressSet
from netsim.model.conventions import Conventions
from netsim.model.policies import Policy
from netsim.model.ports import PortSet
from netsim.model.resources import Origin, Resources


class Change(Enum):
    """How a connection differs.

    OPENED: nothing was allowed before.  CLOSED: nothing is allowed now.  CHANGED: other ports,
    or whether it is allowed is no longer, or not before, unknown.
    """

    OPENED = "opened"
    CLOSED = "closed"
    CHANGED = "changed"


class Difference(Struct, frozen=True):
    """A pair of which the two sides differ; ``source`` and ``destination`` as in a list.

    ``area`` are the addresses, where one end is outside.
    """

    source: str
    destination: str
    before: Allowed
    now: Allowed
    area: AddressSet | None = None

    @property
    def change(self) -> Change:
        """How it differs."""
        if not self.before.possible:
            return Change.OPENED
        return Change.CHANGED if self.now.possible else Change.CLOSED

    @property
    def opened(self) -> PortSet:
        """What is surely allowed now and was not."""
        return self.now.sure - self.before.sure

    @property
    def closed(self) -> PortSet:
        """What was surely allowed and is not now."""
        return self.before.sure - self.now.sure

    @property
    def unknown_before(self) -> PortSet:
        """What could not be told before."""
        return self.before.unknown

    @property
    def unknown_now(self) -> PortSet:
        """What cannot be told now."""
        return self.now.unknown


class Side(Struct, frozen=True):
    """One side of a comparison, evaluated.

    ``explaining`` also has the ingress controller's pod, where something leads in.
    """

    resources: Resources
    evaluator: Evaluator
    listing: Listing
    explaining: Evaluator

    @classmethod
    def of(cls, resources: Resources, conventions: Conventions, controller: Controller) -> Side:
        """Evaluates one side; the ingress controller is a source like any other."""
        evaluator = Evaluator.of(resources, conventions)
        found = listing(evaluator)
        led = controller_pairs(resources, conventions, controller)
        inner = found.inner | {
            (TITLE, pair.destination): Allowed(pair.ports, pair.ports | pair.unknown)
            for pair in led
        }
        explaining = evaluator
        if resources.entries:
            explaining = Evaluator.of(with_controller(resources, controller), conventions)
        every = Listing(inner, found.inward, found.outward)
        return cls(resources, evaluator, every, explaining)

    def selects_known(self, policy: Policy) -> bool:
        """Whether a policy selects a pod other than a stand-in."""
        classes = bits.members(self.evaluator.selection.subject(policy).possible)
        pods = self.evaluator.universe.pods
        return any(not is_stand_in(pod) for bit in classes for pod in pods[bit])

    @property
    def workloads(self) -> frozenset[str]:
        """The titles of what was read."""
        pods = (p for p in self.resources.pods if p.origin is Origin.READ)
        return frozenset(str(pod.workload) for pod in pods)


class Diff(Struct, frozen=True):
    """All that differs; connections of workloads that one side lacks stand apart."""

    differences: tuple[Difference, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    of_added: tuple[Pair, ...]
    of_removed: tuple[Pair, ...]

    @property
    def is_empty(self) -> bool:
        """Whether both sides are the same."""
        return not (self.differences or self.added or self.removed)


def diff(old: Side, new: Side) -> Diff:
    """Compares two sides."""
    added, removed = new.workloads - old.workloads, old.workloads - new.workloads
    found = sorted(_differences(old, new, added | removed), key=_place)
    return Diff(
        tuple(found),
        tuple(sorted(added)),
        tuple(sorted(removed)),
        _pairs_of(new, added),
        _pairs_of(old, removed),
    )


def _place(difference: Difference) -> tuple[str, str]:
    return difference.source, difference.destination


def _pairs_of(side: Side, workloads: frozenset[str]) -> tuple[Pair, ...]:
    if not workloads:
        return ()
    stand_ins = {str(pod.workload) for pod in side.resources.pods if is_stand_in(pod)}
    return tuple(
        pair
        for pair in side.listing.pairs()
        for ends in ({pair.source, pair.destination},)
        if ends & workloads and not ends & stand_ins
    )


def _differences(old: Side, new: Side, apart: frozenset[str]) -> Iterator[Difference]:
    before, now = old.listing, new.listing
    for ends in before.inner.keys() | now.inner.keys():
        if apart.isdisjoint(ends):
            was, is_ = (side.inner.get(ends, NOTHING) for side in (before, now))
            if was != is_:
                yield Difference(*ends, was, is_)
    for name in (before.inward.keys() | now.inward.keys()) - apart:
        for title, cell in _areas(before.inward.get(name, ()), now.inward.get(name, ())):
            yield Difference(title, name, *cell)
    for name in (before.outward.keys() | now.outward.keys()) - apart:
        for title, cell in _areas(before.outward.get(name, ()), now.outward.get(name, ())):
            yield Difference(name, title, *cell)


_Cells = dict[tuple[Allowed, Allowed], AddressSet]


def _areas(
    before: Areas, now: Areas
) -> Iterator[tuple[str, tuple[Allowed, Allowed, AddressSet]]]:
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


def _whole(areas: Areas) -> Iterable[tuple[AddressSet, Allowed]]:
    """With the rest of the address space, from where or to where nothing is allowed."""
    rest = AddressSet.full() - AddressSet.union(area for area, _ in areas)
    return (*areas, (rest, NOTHING)) if rest else areas
