"""What an attacker in a workload can reach, hop by hop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from netsim.engine.matrix.listing import titles
from netsim.engine.policy.rectangle import Certainty
from netsim.engine.query.hops import Hop, Hops, counted
from netsim.engine.query.subject import Subject
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet, contains, single
from netsim.model.addresses import AddressSet
from netsim.model.ports import PortSet

EMPTY = PortSet.empty()


class Reached(Struct, frozen=True):
    """A workload or an address range, and a shortest way to these ports of it.

    Its last hop has the ports that no shorter way opens; it is never without any.
    """

    title: str
    way: tuple[Hop, ...]

    @property
    def distance(self) -> int:
        """The number of hops."""
        return len(self.way)

    @property
    def ports(self) -> PortSet:
        """What is surely reached."""
        return self.way[-1].ports

    @property
    def unknown(self) -> PortSet:
        """What may be reached: some hop of the way is unknown."""
        return self.way[-1].unknown


Target = str | int
"""A workload by its title, one of its pods where they differ, or an address class by number."""


class _Step(Struct, frozen=True):
    """Ports that open at some distance; ``origin`` is the class they are reached from."""

    distance: int
    target: Target
    origin: int
    ports: PortSet


def blast_radius(hops: Hops, source: Subject, most: int | None = None) -> tuple[Reached, ...]:
    """Everything within ``most`` hops of some pods, the nearest first.

    A target has a row for each distance at which further ports of it open.  A way that needs
    an unknown connection is listed apart, with ports that are unknown.
    """
    sure, maybe = (_Spread(hops, source, certainty, most) for certainty in Certainty)
    known = tuple(sure.steps())
    doubtful = tuple(_beyond(maybe.steps(), known))
    direct = [step for step in (*known, *doubtful) if step.distance == 1]
    found = [*_direct(hops, source, direct, known)]
    found += _further(hops, source, sure, known, Certainty.SURE)
    found += _further(hops, source, maybe, doubtful, Certainty.POSSIBLE)
    joined = _join_pods(hops, source, found)
    return tuple(
        sorted(joined, key=lambda each: (each.distance, each.title, bool(each.unknown)))
    )


class _Spread:
    """Goes from class to class, one hop at a time."""

    def __init__(
        self, hops: Hops, source: Subject, certainty: Certainty, most: int | None
    ) -> None:
        self._hops, self._source = hops, source
        self._certainty, self._most = certainty, most
        self._seen: dict[Target, PortSet] = {}
        self._before: dict[int, int] = {}

    def steps(self) -> Iterator[_Step]:
        """What opens, the nearest first."""
        frontier = reached = self._source.classes
        distance = 0
        while frontier and (self._most is None or distance < self._most):
            distance += 1
            fresh = 0
            for sources, destination, ports in self._open:
                hit = sources & frontier
                if hit:
                    yield from self._new(distance, hit, destination, ports)
                    fresh |= self._entered(hit, destination, reached)
            frontier, reached = fresh, reached | fresh

    @property
    def _open(self) -> Iterator[tuple[ClassSet, int, PortSet]]:
        for cell in self._hops.cells:
            ports = counted(cell.allowed, self._certainty)
            if ports:
                yield cell.sources, cell.destination, ports

    def _new(
        self, distance: int, origins: ClassSet, destination: int, ports: PortSet
    ) -> Iterator[_Step]:
        for target in self._targets(destination):
            new = ports - self._seen.get(target, EMPTY)
            origin = self._origin(origins, target) if new else None
            if origin is not None:
                self._seen[target] = self._seen.get(target, EMPTY) | ports
                yield _Step(distance, target, origin, new)

    def _origin(self, origins: ClassSet, target: Target) -> int | None:
        """A class to reach a target from; a workload that is held opens itself no further."""
        for origin in bits.members(origins):
            if self._workloads(origin) != {target}:
                return origin
        return None

    def _targets(self, destination: int) -> Iterable[Target]:
        universe = self._hops.evaluator.universe
        if destination >= len(universe.pods):
            return (destination,)
        others = (pod for pod in universe.pods[destination] if not self._source.has(pod))
        return dict.fromkeys(map(self._hops.title_of, others))

    def _workloads(self, number: int) -> set[Target]:
        return set(map(self._hops.title_of, self._hops.evaluator.universe.pods[number]))

    def _entered(self, origins: ClassSet, destination: int, reached: ClassSet) -> ClassSet:
        pods = len(self._hops.evaluator.universe.pods)
        if destination >= pods or contains(reached, destination):
            return 0
        self._before.setdefault(destination, next(bits.members(origins)))
        return single(destination)

    def way(self, origin: int) -> list[int]:
        """The classes from the source to one that was reached."""
        found = [origin]
        while found[-1] in self._before:
            found.append(self._before[found[-1]])
        return found[::-1]


def _beyond(steps: Iterable[_Step], known: Iterable[_Step]) -> Iterator[_Step]:
    """Possible steps, without the ports that are surely open no further away."""
    sure: dict[Target, list[_Step]] = defaultdict(list)
    for step in known:
        sure[step.target].append(step)
    for step in steps:
        ports = step.ports
        for other in sure[step.target]:
            ports -= other.ports if other.distance <= step.distance else EMPTY
        if ports:
            yield _Step(step.distance, step.target, step.origin, ports)


def _join_pods(hops: Hops, source: Subject, found: Iterable[Reached]) -> Iterator[Reached]:
    """Pods of one workload as such, where all that are not the source's are reached alike."""
    pods: dict[str, set[str]] = defaultdict(set)
    owners: dict[str, str] = {}
    for pod in hops.evaluator.universe.resources.pods:
        title, owner = hops.title_of(pod), str(pod.workload)
        if title != owner and not source.has(pod):
            pods[owner].add(title)
            owners[title] = owner
    alike: dict[tuple[str, tuple[Hop, ...], Hop], list[Reached]] = defaultdict(list)
    for each in found:
        owner = owners.get(each.title, each.title)
        rest = replace(each.way[-1], destination=owner)
        alike[owner, each.way[:-1], rest].append(each)
    for (owner, before, last), own in alike.items():
        if {each.title for each in own} == pods.get(owner):
            yield Reached(owner, (*before, last))
        else:
            yield from own


class _Ports(Struct):
    """Sure and unknown ports of one target."""

    sure: PortSet = field(default_factory=PortSet.empty)
    unknown: PortSet = field(default_factory=PortSet.empty)


def _direct(
    hops: Hops, source: Subject, steps: Iterable[_Step], known: Iterable[_Step]
) -> Iterator[Reached]:
    """One hop away, as a list shows it: sure and unknown ports in one row."""
    sure = set(map(id, known))
    found: dict[Target, _Ports] = defaultdict(_Ports)
    for step in steps:
        ports = found[step.target]
        if id(step) in sure:
            ports.sure |= step.ports
        else:
            ports.unknown |= step.ports
    rows = ((target, (), ports.sure, ports.unknown) for target, ports in found.items())
    yield from _named(hops, source, rows)


def _further(
    hops: Hops,
    source: Subject,
    spread: _Spread,
    steps: Iterable[_Step],
    certainty: Certainty,
) -> Iterator[Reached]:
    """More than one hop away: one row for each workload on the last hop."""
    found: dict[tuple[Target, int], PortSet] = defaultdict(PortSet.empty)
    for step in steps:
        if step.distance > 1:
            found[step.target, step.origin] |= step.ports
    is_sure = certainty is Certainty.SURE
    rows = (
        (
            target,
            tuple(spread.way(origin)),
            ports if is_sure else EMPTY,
            EMPTY if is_sure else ports,
        )
        for (target, origin), ports in found.items()
    )
    yield from _named(hops, source, rows)


_Row = tuple[Target, tuple[int, ...], PortSet, PortSet]


def _named(hops: Hops, source: Subject, rows: Iterable[_Row]) -> Iterator[Reached]:
    """Workloads as they are; addresses of one way and equal ports as ranges."""
    universe = hops.evaluator.universe
    areas: dict[tuple[tuple[int, ...], PortSet, PortSet], AddressSet] = {}
    for target, way, sure, unknown in rows:
        if isinstance(target, str):
            yield _reached(hops, source, target, way, (sure, unknown))
            continue
        atom = universe.atoms.all[target - len(universe.pods)].addresses
        key = (way, sure, unknown)
        areas[key] = areas.get(key, AddressSet.empty()) | atom
    for (way, sure, unknown), addresses in areas.items():
        for title in titles(addresses):
            yield _reached(hops, source, title, way, (sure, unknown))


def _reached(
    hops: Hops,
    source: Subject,
    title: str,
    way: tuple[int, ...],
    ports: tuple[PortSet, PortSet],
) -> Reached:
    before = [*hops.along(list(way))]
    if before:
        before[0] = Hop(source.title, before[0].destination, before[0].ports, before[0].unknown)
    origin = before[-1].destination if before else source.title
    return Reached(title, (*before, Hop(origin, title, *ports)))
