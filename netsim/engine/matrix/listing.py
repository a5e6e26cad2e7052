"""The list of connections: which workloads and address ranges may connect, on which ports.

``shop/web[Deployment] -> shop/api[Deployment] TCP 80``, and ``0.0.0.0-9.255.255.255[External]
-> shop/web[Deployment] TCP 443``: the rows of ``netsim list``, which a comparison and queries
read, too.

A row is about all pods of a workload.  Where pods of a workload may do different things
(another label, another port, another node), each such row also says which of them it is about::

    shop/web[Deployment] -> shop/db[StatefulSet] TCP 5432, only to shop/db-0[Pod]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.columns import Columns
from netsim.engine.policy.decision import Allowed
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet
from netsim.engine.space.universe import Universe
from netsim.model.addresses import AddressSet, Family, range_text
from netsim.model.endpoint import EXTERNAL
from netsim.model.ports import PortSet
from netsim.model.resources import Pod


class Pods(Struct, frozen=True):
    """The pods at one end of a row: ``titles`` are some of the ``total`` of a workload.

    An end that is meant as a whole, a workload or an address range, is one of one.
    """

    titles: tuple[str, ...]
    total: int = 1

    @property
    def are_all(self) -> bool:
        """Whether the whole end is meant."""
        return len(self.titles) == self.total


class Part(Struct, frozen=True):
    """The pods between which what a row says is so."""

    sources: Pods
    destinations: Pods


class Pair(Struct, frozen=True):
    """Two ends that may connect; ``unknown`` are ports on which they may or may not.

    Of these ``by_family`` are the ones that are allowed over one address family, which is
    named, and denied over the other.  ``parts`` are the pods that this is about, where not all
    pods of both ends are meant.
    """

    source: str
    destination: str
    ports: PortSet
    unknown: PortSet
    by_family: tuple[tuple[Family, PortSet], ...] = ()
    parts: tuple[Part, ...] = ()

    @classmethod
    def of(
        cls, source: str, destination: str, allowed: Allowed, parts: tuple[Part, ...] = ()
    ) -> Pair:
        """The pair of two ends and what may pass."""
        return cls(source, destination, allowed.sure, allowed.unknown, allowed.by_family, parts)

    @property
    def allowed(self) -> Allowed:
        """What may pass."""
        over = dict(self.by_family)
        nothing = PortSet.empty()
        return Allowed(
            self.ports,
            self.ports | self.unknown,
            over.get(Family.IPV4, nothing),
            over.get(Family.IPV6, nothing),
        )

    def split(self) -> Iterator[Pair]:
        """The same with an end for each pod, where the pods of a workload differ."""
        if not self.parts:
            yield self
            return
        for source, destination in split_ends(self.source, self.destination, self.parts):
            yield replace(self, source=source, destination=destination, parts=())


def split_ends(
    source: str, destination: str, parts: tuple[Part, ...]
) -> Iterator[tuple[str, str]]:
    """The ends of a row, pod by pod where only some pods are meant."""
    if not parts:
        yield source, destination
    for part in parts:
        for start in part.sources.titles:
            yield from ((start, end) for end in part.destinations.titles)


def split_pairs(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """Sorted rows, pod by pod, for formats that have no words for some pods of a workload."""
    known = tuple(pairs)
    if not any(pair.parts for pair in known):
        return known
    return tuple(sorted((one for pair in known for one in pair.split()), key=_ENDS))


_ENDS = attrgetter("source", "destination")


class Area(Struct, frozen=True):
    """An address range, what may pass, and the pods of the workload that it is about.

    ``pods`` None are all of them.
    """

    addresses: AddressSet
    allowed: Allowed
    pods: Pods | None = None


Areas = tuple[Area, ...]
"""For each pod, disjoint address ranges, each with what may pass."""


class Cell(Struct, frozen=True):
    """What some pods of a workload may send to some of another."""

    part: Part
    allowed: Allowed


class Listing(Struct, frozen=True):
    """What may connect, workload by workload.

    ``inner`` is between workloads, by their titles; ``inward`` from addresses to a workload,
    and ``outward`` from a workload to addresses.  ``divided`` is between workloads whose pods
    differ in it, as disjoint cells.
    """

    inner: dict[tuple[str, str], Allowed]
    inward: dict[str, Areas]
    outward: dict[str, Areas]
    divided: dict[tuple[str, str], tuple[Cell, ...]]

    def pairs(self) -> tuple[Pair, ...]:
        """All of it as pairs, sorted."""
        found = [Pair.of(*ends, allowed) for ends, allowed in self.inner.items()]
        for ends, cells in self.divided.items():
            parts: dict[Allowed, list[Part]] = defaultdict(list)
            for cell in cells:
                parts[cell.allowed].append(cell.part)
            found += (Pair.of(*ends, allowed, tuple(own)) for allowed, own in parts.items())
        for name, areas in self.inward.items():
            for area in areas:
                found += (_pair((t, name), area) for t in titles(area.addresses))
        for name, areas in self.outward.items():
            for area in areas:
                found += (_pair((name, t), area) for t in titles(area.addresses))
        return tuple(sorted(found, key=_ENDS))


def _pair(ends: tuple[str, str], area: Area) -> Pair:
    parts = () if area.pods is None else (part_of(*ends, area.pods),)
    return Pair.of(*ends, area.allowed, parts)


def part_of(source: str, destination: str, pods: Pods) -> Part:
    """The part of a row with addresses at one end."""
    if source.endswith(EXTERNAL):
        return Part(Pods((source,)), pods)
    return Part(pods, Pods((destination,)))


def listing(
    evaluator: Evaluator,
    sources: ClassSet | None = None,
    destinations: ClassSet | None = None,
) -> Listing:
    """All that may connect, or only from and to some classes.

    A workload with itself and two address ranges are left out.
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


def title_of(pod: Pod) -> str:
    """``namespace/pod[Pod]``, or the workload for the pods of a template."""
    return f"{pod.namespace}/{pod.name}[Pod]" if pod.name else str(pod.workload)


class Workloads:
    """The workloads of a universe by title, and which of their pods policies tell apart."""

    def __init__(self, universe: Universe) -> None:
        self._universe = universe
        self.classes: dict[str, ClassSet] = defaultdict(int)
        self.totals: dict[str, int] = defaultdict(int)
        for number, group in enumerate(universe.pods):
            for pod in group:
                name = str(pod.workload)
                self.classes[name] |= bits.single(number)
                self.totals[name] += 1
        self.divided = {
            name: classes for name, classes in self.classes.items() if classes.bit_count() > 1
        }

    def pods(self, name: str, classes: ClassSet) -> Pods:
        """The pods of a workload that are in some classes."""
        own = classes & self.classes[name]
        if own == self.classes[name]:
            return Pods((name,))
        found = [
            title_of(pod)
            for number in bits.members(own)
            for pod in self._universe.pods[number]
            if str(pod.workload) == name
        ]
        return Pods(tuple(sorted(found)), self.totals[name])


_Sets = dict[int, dict[int, ClassSet]]
"""By the number of an answer: for each class or atom the classes it is the answer with."""


def _new_sets() -> _Sets:
    return defaultdict(partial(defaultdict[int, ClassSet], int))


class _Gathering:
    """Names classes, and gathers what shares one answer.

    Cost of a cell: its workloads of one class each, and once over those of several classes.
    """

    def __init__(self, universe: Universe) -> None:
        self._atoms = universe.atoms.all
        self._pods = len(universe.pods)
        self._workloads = Workloads(universe)
        divided = self._workloads.divided
        names: dict[int, list[str]] = defaultdict(list)
        for name, classes in self._workloads.classes.items():
            for number in bits.members(classes):
                names[number].append(name)
        self._names = tuple(
            tuple(sorted(name for name in names[number] if name not in divided))
            for number in range(self._pods)
        )
        self._parts = tuple(
            tuple(sorted(name for name in names[number] if name in divided))
            for number in range(self._pods)
        )
        self._uniform = bits.union(
            bits.single(number) for number, own in enumerate(self._names) if own
        )
        self._numbers: dict[Allowed, int] = {}
        self._inner: dict[tuple[str, str], Allowed] = {}
        self._inward: Gathered = {}
        self._outward: Gathered = {}
        self._divided: dict[tuple[str, str], _Sets] = defaultdict(_new_sets)
        self._from_atoms: dict[str, _Sets] = defaultdict(_new_sets)
        self._to_atoms: dict[str, _Sets] = defaultdict(_new_sets)

    def add(self, sources: ClassSet, destination: int, allowed: Allowed) -> None:
        """Adds one cell of a column."""
        pods = sources & bits.span(0, self._pods)
        uniform = bits.members(pods & self._uniform)
        names = {name for number in uniform for name in self._names[number]}
        divided = self._workloads.divided.items()
        parts = [(name, hit) for name, own in divided if (hit := own & pods)]
        answer = self._numbers.setdefault(allowed, len(self._numbers))
        if destination >= self._pods:
            self._add_outward(names, parts, destination - self._pods, allowed)
            return
        atoms = sources >> self._pods
        for target in self._names[destination]:
            for name in names - {target}:
                self._inner[name, target] = allowed
            for number in bits.members(atoms):
                _grow(self._inward, (target, allowed), self._atoms[number].addresses)
            for name, hit in parts:
                self._divided[name, target][answer][destination] |= hit
        if self._parts[destination]:
            parts += ((name, self._workloads.classes[name]) for name in names)
            self._add_to_parts(parts, destination, answer, atoms)

    def _add_to_parts(
        self, parts: list[tuple[str, ClassSet]], destination: int, answer: int, atoms: ClassSet
    ) -> None:
        for target in self._parts[destination]:
            for name, hit in parts:
                if name != target:
                    self._divided[name, target][answer][destination] |= hit
            if atoms:
                self._from_atoms[target][answer][destination] |= atoms

    def _add_outward(
        self, names: set[str], parts: list[tuple[str, ClassSet]], atom: int, allowed: Allowed
    ) -> None:
        for name in names:
            _grow(self._outward, (name, allowed), self._atoms[atom].addresses)
        for name, hit in parts:
            self._to_atoms[name][self._numbers[allowed]][atom] |= hit

    def listing(self) -> Listing:
        """All that was added."""
        answers = tuple(self._numbers)
        inner, divided = self._inner, {}
        for ends, sets in self._divided.items():
            if self._is_same_for_all(*ends, sets):
                inner[ends] = answers[next(iter(sets))]
            else:
                cells = self._cells(*ends, sets, answers)
                divided[ends] = tuple(sorted(cells, key=_titles_of))
        inward, outward = _join_areas(self._inward), _join_areas(self._outward)
        for name, sets in self._from_atoms.items():
            inward[name] = self._divided_areas(name, sets, answers)
        for name, sets in self._to_atoms.items():
            by_class = {answer: _turn(own) for answer, own in sets.items()}
            outward[name] = self._divided_areas(name, by_class, answers)
        return Listing(inner, inward, outward, divided)

    def _is_same_for_all(self, source: str, destination: str, sets: _Sets) -> bool:
        """Whether there is one answer, and all pods of both workloads have it."""
        if len(sets) > 1:
            return False
        (by_destination,) = sets.values()
        sources, destinations = (self._workloads.classes[end] for end in (source, destination))
        if len(by_destination) != destinations.bit_count():
            return False
        return all(own == sources for own in by_destination.values())

    def _cells(
        self, source: str, destination: str, sets: _Sets, answers: tuple[Allowed, ...]
    ) -> Iterator[Cell]:
        for answer, by_destination in sets.items():
            for sources, destinations in _group(by_destination):
                part = Part(
                    self._workloads.pods(source, sources),
                    self._workloads.pods(destination, destinations),
                )
                yield Cell(part, answers[answer])

    def _divided_areas(self, name: str, sets: _Sets, answers: tuple[Allowed, ...]) -> Areas:
        """Of a workload whose pods differ: what all of them share, and what some have."""
        own = self._workloads.classes[name]
        found: list[Area] = []
        for answer, by_class in sets.items():
            shared = -1
            for number in bits.members(own):
                shared &= by_class.get(number, 0)
            if shared:
                found.append(Area(self._addresses(shared), answers[answer]))
            rest = {
                number: atoms & ~shared for number, atoms in by_class.items() if atoms & ~shared
            }
            for atoms, classes in _group(rest):
                pods = self._workloads.pods(name, classes)
                found.append(Area(self._addresses(atoms), answers[answer], pods))
        return tuple(found)

    def _addresses(self, atoms: ClassSet) -> AddressSet:
        return AddressSet.union(self._atoms[number].addresses for number in bits.members(atoms))


def _titles_of(cell: Cell) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return cell.part.sources.titles, cell.part.destinations.titles


def _group(by_number: Mapping[int, ClassSet]) -> tuple[tuple[ClassSet, ClassSet], ...]:
    """Those of one set together: each set, and the numbers that have it."""
    found: dict[ClassSet, ClassSet] = defaultdict(int)
    for number, own in by_number.items():
        found[own] |= bits.single(number)
    return tuple(found.items())


def _turn(by_number: Mapping[int, ClassSet]) -> dict[int, ClassSet]:
    """For each member of the sets, the numbers whose sets it is in."""
    found: dict[int, ClassSet] = defaultdict(int)
    for own, numbers in _group(by_number):
        for member in bits.members(own):
            found[member] |= numbers
    return found


Gathered = dict[tuple[str, Allowed], AddressSet]


def _join_areas(gathered: Gathered) -> dict[str, Areas]:
    by_name: dict[str, list[Area]] = defaultdict(list)
    for (name, allowed), addresses in gathered.items():
        by_name[name].append(Area(addresses, allowed))
    return {name: tuple(areas) for name, areas in by_name.items()}


def titles(addresses: AddressSet) -> Iterator[str]:
    """``a-b[External]`` for each range."""
    for family, interval in addresses:
        yield f"{range_text(family, interval)}{EXTERNAL}"


def _grow(into: Gathered, key: tuple[str, Allowed], more: AddressSet) -> None:
    into[key] = into.get(key, AddressSet.empty()) | more
