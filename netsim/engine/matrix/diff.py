"""What a change of the input opens and closes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.diff_replicas import AreaChange, Replicas
from netsim.engine.matrix.listing import Cell, Listing, Pair, Part, Pods, listing, part_of
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

    ``area`` are the addresses, where one end is outside; ``parts`` the pods between which it
    is so, where not all pods of the workloads are meant.
    """

    source: str
    destination: str
    before: Allowed
    now: Allowed
    area: AddressSet | None = None
    parts: tuple[Part, ...] = ()

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
    def may_open(self) -> PortSet:
        """What is allowed now or may be, and was not: surely denied before, or sure now."""
        return self.opened | (self.now.possible - self.before.possible)

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
        inner, divided = dict(found.inner), defaultdict(tuple, found.divided)
        for pair in led:
            ends, allowed = (TITLE, pair.destination), pair.allowed
            if pair.parts:
                divided[ends] += tuple(Cell(part, allowed) for part in pair.parts)
            else:
                inner[ends] = allowed
        explaining = evaluator
        if resources.entries:
            explaining = Evaluator.of(with_controller(resources, controller), conventions)
        every = replace(found, inner=inner, divided=dict(divided))
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


def _place(difference: Difference) -> tuple[object, ...]:
    pods = [(part.sources.titles, part.destinations.titles) for part in difference.parts]
    return difference.source, difference.destination, pods


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
    replicas = Replicas(old.resources, new.resources)
    yield from _differences_inside(replicas, old.listing, new.listing, apart)
    before, now = old.listing, new.listing
    for name in (before.inward.keys() | now.inward.keys()) - apart:
        areas = before.inward.get(name, ()), now.inward.get(name, ())
        for title, cell, pods in replicas.outside(name, *areas):
            yield _outer(title, name, cell, pods)
    for name in (before.outward.keys() | now.outward.keys()) - apart:
        areas = before.outward.get(name, ()), now.outward.get(name, ())
        for title, cell, pods in replicas.outside(name, *areas):
            yield _outer(name, title, cell, pods)


def _differences_inside(
    replicas: Replicas, before: Listing, now: Listing, apart: frozenset[str]
) -> Iterator[Difference]:
    divided = before.divided.keys() | now.divided.keys()
    for ends in before.inner.keys() | now.inner.keys() | divided:
        if not apart.isdisjoint(ends):
            continue
        if ends in divided:
            for was, is_, parts in replicas.between(ends, before, now):
                yield Difference(*ends, was, is_, parts=parts)
            continue
        was, is_ = (side.inner.get(ends, NOTHING) for side in (before, now))
        if was != is_:
            yield Difference(*ends, was, is_)


def _outer(source: str, destination: str, cell: AreaChange, pods: Pods | None) -> Difference:
    parts = () if pods is None else (part_of(source, destination, pods),)
    return Difference(source, destination, *cell, parts)
