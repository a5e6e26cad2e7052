"""The pairs of workloads and address ranges that may connect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct

from netsim.engine.matrix.columns import Columns
from netsim.engine.policy.decision import NOTHING, Allowed
from netsim.engine.reachability import Reachability
from netsim.engine.space import bits
from netsim.model.addresses import AddressSet, range_text
from netsim.model.ports import PortSet
from netsim.model.resources import WorkloadName


class Pair(Struct, frozen=True):
    """Two ends that may connect; ``unknown`` are ports on which they may or may not."""

    source: str
    destination: str
    ports: PortSet
    unknown: PortSet


Areas = tuple[tuple[AddressSet, Allowed], ...]
"""Disjoint address ranges, each with what may pass."""


class Listing(Struct, frozen=True):
    """What may connect, workload by workload.

    ``inner`` is between workloads, by their titles; ``inward`` from addresses to a workload,
    and ``outward`` from a workload to addresses.
    """

    inner: dict[tuple[str, str], Allowed]
    inward: dict[str, Areas]
    outward: dict[str, Areas]

    def pairs(self) -> tuple[Pair, ...]:
        """The same as pairs, sorted."""
        found = dict(self.inner)
        for name, areas in self.inward.items():
            found |= {(t, name): allowed for area, allowed in areas for t in titles(area)}
        for name, areas in self.outward.items():
            found |= {(name, t): allowed for area, allowed in areas for t in titles(area)}
        return tuple(
            Pair(source, destination, allowed.sure, allowed.possible - allowed.sure)
            for (source, destination), allowed in sorted(found.items(), key=lambda i: i[0])
        )


def listing(
    reachability: Reachability, sources: int | None = None, destinations: int | None = None
) -> Listing:
    """All that may connect, or only from and to some classes.

    A workload stands for all its pods: ports that any of them allows count.  A workload with
    itself and two address ranges are left out.
    """
    found: dict[tuple[str, str], Allowed] = {}
    ranges = _Ranges(reachability)
    columns = Columns(reachability)
    everything = reachability.universe.everything
    wanted = everything if sources is None else sources
    for destination in bits.members(everything if destinations is None else destinations):
        for cell, allowed in columns.of(destination):
            ranges.add(found, cell & wanted, destination, allowed)
    return Listing(found, ranges.inward(), ranges.outward())


def pairs(reachability: Reachability) -> tuple[Pair, ...]:
    """All pairs of workloads and address ranges that may connect, sorted."""
    return listing(reachability).pairs()


class _Ranges:
    """Names classes, and gathers the atoms that share one answer into address ranges."""

    def __init__(self, reachability: Reachability) -> None:
        universe = reachability.universe
        self._atoms = universe.atoms.all
        self._pods = len(universe.pods)
        self._names = tuple(
            tuple(sorted({pod.workload for pod in pods})) for pods in universe.pods
        )
        self._inward: dict[tuple[str, Allowed], AddressSet] = {}
        self._outward: dict[tuple[str, Allowed], AddressSet] = {}

    def add(
        self,
        found: dict[tuple[str, str], Allowed],
        sources: int,
        destination: int,
        allowed: Allowed,
    ) -> None:
        """Add one cell of a column."""
        names = self._among(sources)
        if destination >= self._pods:
            atom = self._atoms[destination - self._pods].addresses
            for name in names:
                _grow(self._outward, (str(name), allowed), atom)
            return
        for target in self._names[destination]:
            for name in names:
                if name != target:
                    _join(found, (str(name), str(target)), allowed)
            for number in bits.members(sources >> self._pods):
                _grow(self._inward, (str(target), allowed), self._atoms[number].addresses)

    def _among(self, classes: int) -> set[WorkloadName]:
        pods = classes & bits.span(0, self._pods)
        return {name for number in bits.members(pods) for name in self._names[number]}

    def inward(self) -> dict[str, Areas]:
        """What comes from addresses, by workload."""
        return _disjoint(self._inward)

    def outward(self) -> dict[str, Areas]:
        """What goes to addresses, by workload."""
        return _disjoint(self._outward)


Gathered = dict[tuple[str, Allowed], AddressSet]


def _disjoint(gathered: Gathered) -> dict[str, Areas]:
    """The pods of a workload can differ: where their ranges overlap, the ports add up."""
    by_name: dict[str, list[tuple[AddressSet, Allowed]]] = defaultdict(list)
    for (name, allowed), addresses in gathered.items():
        by_name[name] = _overlaid(by_name[name], addresses, allowed)
    return {name: _merged(parts) for name, parts in by_name.items()}


def _merged(parts: list[tuple[AddressSet, Allowed]]) -> Areas:
    found: dict[Allowed, AddressSet] = {}
    for area, allowed in parts:
        found[allowed] = found.get(allowed, AddressSet.empty()) | area
    return tuple((area, allowed) for allowed, area in found.items())


def _overlaid(
    parts: list[tuple[AddressSet, Allowed]], addresses: AddressSet, allowed: Allowed
) -> list[tuple[AddressSet, Allowed]]:
    laid: list[tuple[AddressSet, Allowed]] = []
    rest = addresses
    for area, held in parts:
        both = area & addresses
        if both:
            laid.append((both, held | allowed))
        if area - addresses:
            laid.append((area - addresses, held))
        rest -= area
    return [*laid, (rest, allowed)] if rest else laid


def titles(addresses: AddressSet) -> Iterator[str]:
    """``a-b[External]`` for each range."""
    for family, interval in addresses:
        yield f"{range_text(family, interval)}[External]"


def _grow(into: Gathered, key: tuple[str, Allowed], more: AddressSet) -> None:
    into[key] = into.get(key, AddressSet.empty()) | more


def _join(into: dict[tuple[str, str], Allowed], key: tuple[str, str], more: Allowed) -> None:
    into[key] = into.get(key, NOTHING) | more
