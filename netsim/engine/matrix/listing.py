"""The list of connections: which workloads and address ranges may connect, on which ports.

``shop/web[Deployment] -> shop/api[Deployment] TCP 80``, and ``0.0.0.0-9.255.255.255[External]
-> shop/web[Deployment] TCP 443``: the rows of ``netsim list``, which a comparison and queries
read, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from operator import itemgetter

from msgspec import Struct

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.columns import Columns
from netsim.engine.policy.decision import Allowed
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet
from netsim.engine.space.universe import Universe
from netsim.model.addresses import AddressSet, Family, range_text
from netsim.model.ports import PortSet


class Pair(Struct, frozen=True):
    """Two ends that may connect; ``unknown`` are ports on which they may or may not.

    Of these ``by_family`` are the ones that are allowed over one address family, which is
    named, and denied over the other.
    """

    source: str
    destination: str
    ports: PortSet
    unknown: PortSet
    by_family: tuple[tuple[Family, PortSet], ...] = ()

    @classmethod
    def of(cls, source: str, destination: str, allowed: Allowed) -> Pair:
        """The pair of two ends and what may pass."""
        return cls(source, destination, allowed.sure, allowed.unknown, allowed.by_family)


EXTERNAL = "[External]"
"""How the title of an address range ends."""

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
        """All of it as pairs, sorted."""
        found = dict(self.inner)
        for name, areas in self.inward.items():
            found |= {(t, name): allowed for area, allowed in areas for t in titles(area)}
        for name, areas in self.outward.items():
            found |= {(name, t): allowed for area, allowed in areas for t in titles(area)}
        return tuple(
            Pair.of(source, destination, allowed)
            for (source, destination), allowed in sorted(found.items(), key=itemgetter(0))
        )


def listing(
    evaluator: Evaluator,
    sources: ClassSet | None = None,
    destinations: ClassSet | None = None,
) -> Listing:
    """All that may connect, or only from and to some classes.

    A workload stands for all its pods: ports that any of them allows count.  A workload with
    itself and two address ranges are left out.
    """
    gathering = _Gathering(evaluator.universe)
    columns = Columns(evaluator)
    everything = evaluator.universe.everything
    wanted = everything if sources is None else sources
    for destination in bits.members(everything if destinations is None else destinations):
        for cell, allowed in columns.of(destination):
            gathering.add(cell & wanted, destination, allowed)
    return gathering.listing()


def pairs(evaluator: Evaluator) -> tuple[Pair, ...]:
    """All pairs of workloads and address ranges that may connect, sorted."""
    return listing(evaluator).pairs()


class _Gathering:
    """Names classes, and gathers the atoms that share one answer into address ranges."""

    def __init__(self, universe: Universe) -> None:
        self._atoms = universe.atoms.all
        self._pods = len(universe.pods)
        self._names = tuple(
            tuple(sorted({str(pod.workload) for pod in pods})) for pods in universe.pods
        )
        self._inner: dict[tuple[str, str], Allowed] = {}
        self._inward: Gathered = {}
        self._outward: Gathered = {}

    def add(self, sources: ClassSet, destination: int, allowed: Allowed) -> None:
        """Adds one cell of a column."""
        pods = sources & bits.span(0, self._pods)
        names = {name for number in bits.members(pods) for name in self._names[number]}
        if destination >= self._pods:
            atom = self._atoms[destination - self._pods].addresses
            for name in names:
                _grow(self._outward, (name, allowed), atom)
            return
        for target in self._names[destination]:
            for name in names - {target}:
                known = self._inner.get((name, target))
                self._inner[name, target] = known | allowed if known else allowed
            for number in bits.members(sources >> self._pods):
                _grow(self._inward, (target, allowed), self._atoms[number].addresses)

    def listing(self) -> Listing:
        """All that was added."""
        return Listing(self._inner, _disjoint(self._inward), _disjoint(self._outward))


Gathered = dict[tuple[str, Allowed], AddressSet]


def _disjoint(gathered: Gathered) -> dict[str, Areas]:
    """The pods of a workload can differ: where their ranges overlap, the ports add up."""
    by_name: dict[str, list[tuple[AddressSet, Allowed]]] = defaultdict(list)
    for (name, allowed), addresses in gathered.items():
        by_name[name] = _overlaid(by_name[name], addresses, allowed)
    return {name: _merge(parts) for name, parts in by_name.items()}


def _merge(parts: list[tuple[AddressSet, Allowed]]) -> Areas:
    found: dict[Allowed, AddressSet] = {}
    for area, allowed in parts:
        found[allowed] = found.get(allowed, AddressSet.empty()) | area
    return tuple((area, allowed) for allowed, area in found.items())


def _overlaid(
    parts: list[tuple[AddressSet, Allowed]], addresses: AddressSet, allowed: Allowed
) -> list[tuple[AddressSet, Allowed]]:
    laid: list[tuple[AddressSet, Allowed]] = []
    rest = addresses
    for area, known in parts:
        both = area & addresses
        if both:
            laid.append((both, known | allowed))
        if area - addresses:
            laid.append((area - addresses, known))
        rest -= area
    return [*laid, (rest, allowed)] if rest else laid


def titles(addresses: AddressSet) -> Iterator[str]:
    """``a-b[External]`` for each range."""
    for family, interval in addresses:
        yield f"{range_text(family, interval)}{EXTERNAL}"


def _grow(into: Gathered, key: tuple[str, Allowed], more: AddressSet) -> None:
    into[key] = into.get(key, AddressSet.empty()) | more
