"""The endpoint classes: what policies can tell apart, each one bit of every set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from msgspec import Struct

from netsim.engine.space import bits
from netsim.engine.space.atoms import Atoms
from netsim.engine.space.bits import ClassSet, contains
from netsim.engine.space.places import ELSEWHERE, Places, Vicinity
from netsim.engine.space.vocabulary import PortNumber, Trait, Vocabulary
from netsim.model.addresses import AddressSet, Family
from netsim.model.conventions import Conventions
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.resources import Pod, PodNetwork, Resources


class ClassKey(Struct, frozen=True):
    """What decides which class a pod belongs to.

    ``atoms`` is None for an unknown address.  ``places`` are the nodes that a pod may run on,
    as far as anything has an address there; where there is one, it surely does.
    """

    namespace: str
    network: PodNetwork
    traits: tuple[Trait, ...]
    ports: tuple[PortNumber, ...]
    atoms: int | None
    places: tuple[str, ...]
    groups: tuple[int, ...] = ()


class Place(Struct):
    """A node: the classes that have its address, and those of the pods that run on it.

    Those that may be there are not among those that surely are.
    """

    at: ClassSet = 0
    runs: ClassSet = 0
    may_be_at: ClassSet = 0
    may_run: ClassSet = 0


class Universe:
    """All classes of one input.

    Bits 0 to ``len(pods) - 1`` are classes of pods, those above are address atoms.
    ``pods[i]`` are the pods of class ``i``.  ``families`` are those that pods of unknown
    address have.
    """

    def __init__(
        self,
        resources: Resources,
        vocabulary: Vocabulary,
        conventions: Conventions,
        cuts: Iterable[AddressSet] = (),
        groups: Iterable[PodEndpoint] = (),
    ) -> None:
        self.resources = resources
        self._groups: dict[int, tuple[int, ...]] = defaultdict(tuple)
        for number, group in enumerate(groups):
            for pod in group.pods:
                self._groups[id(pod)] += (number,)
        self.cuts = tuple(cuts)
        self.vocabulary = vocabulary
        self.families = families_of_pods(resources, vocabulary, conventions)
        self._places = Places(resources)
        nodes = [each for n in resources.nodes for each in (n.addresses, n.host_addresses)]
        self.atoms = Atoms([*vocabulary.blocks, *nodes, *self.cuts])
        self._inhabited = {
            name
            for name, addresses in self._places.addresses.items()
            if self.atoms.within(addresses)
        }
        for pod in resources.pods:
            if pod.network is PodNetwork.HOST:
                self._inhabited.update(self._places.of(pod))
        grouped: dict[ClassKey, list[Pod]] = defaultdict(list)
        for pod in resources.pods:
            grouped[self.key(pod)].append(pod)
        self.keys = tuple(grouped)
        self.pods = tuple(tuple(group) for group in grouped.values())
        self._bit = {key: bit for bit, key in enumerate(self.keys)}

    def key(self, pod: Pod) -> ClassKey:
        """The class key of a pod."""
        known = pod.addresses
        if known is None and pod.network is PodNetwork.HOST:
            known = self._places.host_addresses(pod)
        placed = None if known is None else self.atoms.holding(known)
        places = self._places.of(pod)
        if not self._inhabited.issuperset(places):
            found = tuple(name for name in places if name in self._inhabited)
            places = (*found, ELSEWHERE) if found else ()
        ports = self.vocabulary.port_numbers(pod)
        traits = self.vocabulary.traits(pod.labels)
        groups = self._groups.get(id(pod), ())
        return ClassKey(pod.namespace, pod.network, traits, ports, placed, places, groups)

    @property
    def size(self) -> int:
        """The number of classes of both kinds."""
        return len(self.pods) + len(self.atoms.all)

    @cached_property
    def everything(self) -> int:
        """All classes."""
        return bits.span(0, self.size)

    @cached_property
    def external(self) -> int:
        """The address atoms."""
        return bits.span(len(self.pods), len(self.atoms.all))

    @cached_property
    def node_addresses(self) -> int:
        """The address atoms that are known to be nodes."""
        return bits.union(map(self._only, self._places.addresses.values()))

    def _only(self, addresses: AddressSet) -> int:
        """The atoms that hold nothing but these addresses."""
        return self.atoms.within(addresses) << len(self.pods)

    @cached_property
    def selectable(self) -> int:
        """Pods that policies can select: those with a network of their own."""
        return self._where(PodNetwork.POD)

    @cached_property
    def hosts(self) -> int:
        """Pods on their node's network."""
        return self._where(PodNetwork.HOST)

    def _where(self, network: PodNetwork) -> int:
        return bits.of(bit for bit, key in enumerate(self.keys) if key.network is network)

    def bit(self, pod: Pod) -> int:
        """The class of a pod of the input."""
        return self._bit[self.key(pod)]

    @cached_property
    def _read(self) -> frozenset[Pod]:
        return frozenset(self.resources.pods)

    def knows(self, endpoint: Endpoint) -> bool:
        """Whether an endpoint is of the input; one pod at one of its addresses is not."""
        return isinstance(endpoint, ExternalEndpoint) or self._read.issuperset(endpoint.pods)

    def outside(self, addresses: AddressSet) -> int:
        """The atoms that hold any of these addresses."""
        return self.atoms.holding(addresses) << len(self.pods)

    def addresses(self, classes: int) -> AddressSet:
        """The addresses of the atoms among some classes."""
        atoms = bits.members(classes >> len(self.pods))
        return AddressSet.union(self.atoms.all[number].addresses for number in atoms)

    def of(self, endpoint: Endpoint) -> int:
        """The classes of an endpoint."""
        if isinstance(endpoint, ExternalEndpoint):
            return self.outside(endpoint.addresses)
        found = 0
        for pod in endpoint.pods:
            found |= 1 << self.bit(pod)
        return found

    # --- address families: packets of which may pass between two classes ---

    def over(self, family: Family) -> ClassSet:
        """The classes of pods that have addresses of a family."""
        return self._pods_over[family]

    @cached_property
    def _pods_over(self) -> dict[Family, ClassSet]:
        found = {}
        for family in Family:
            atoms, is_shown = self.atoms.of(family), family in self.families
            found[family] = bits.of(
                bit
                for bit, key in enumerate(self.keys)
                if (is_shown if key.atoms is None else key.atoms & atoms)
            )
        return found

    @cached_property
    def unplaced(self) -> ClassSet:
        """Pods of unknown address."""
        return bits.of(bit for bit, key in enumerate(self.keys) if key.atoms is None)

    def partners(self, number: int, family: Family) -> ClassSet:
        """The classes that packets of a family may come from, or go to, for one class.

        A pod of unknown address meets addresses outside of either family.
        """
        atoms, pods = self.atoms.of(family) << len(self.pods), self.over(family)
        if number >= len(self.pods):
            return atoms | pods | self.unplaced if contains(atoms, number) else 0
        if contains(pods, number):
            return atoms | pods
        return atoms if contains(self.unplaced, number) else 0

    def common(self, source: int, destination: int) -> tuple[Family, ...]:
        """The families of which packets may pass between two classes."""
        return tuple(
            family for family in Family if contains(self.partners(destination, family), source)
        )

    # --- nodes: which classes are on one, or have its address ---

    def vicinity(self, source: int, destination: int) -> Vicinity:
        """Whether one end is the node on which the other runs."""
        surely, perhaps = self.near(destination)
        if contains(surely, source):
            return Vicinity.OWN_NODE
        return Vicinity.MAYBE if contains(perhaps, source) else Vicinity.APART

    def near(self, number: int) -> tuple[ClassSet, ClassSet]:
        """What surely has the address of a class's node, or runs on it, and what may."""
        if number not in self._near:
            self._near[number] = self._find_near(number)
        return self._near[number]

    def _find_near(self, number: int) -> tuple[ClassSet, ClassSet]:
        surely = perhaps = 0
        for place in self._nodes.get(number, ()):
            everything = place.runs | place.may_run
            addresses = place.at | place.may_be_at
            if contains(place.at, number):
                surely |= place.runs
            if contains(addresses, number):
                perhaps |= everything
            if contains(place.runs, number):
                surely |= place.at
            if contains(everything, number):
                perhaps |= addresses
        return surely, perhaps & ~surely

    @cached_property
    def _near(self) -> dict[int, tuple[ClassSet, ClassSet]]:
        return {}

    @cached_property
    def _nodes(self) -> dict[int, list[Place]]:
        """The nodes that have, or may have, anything to do with a class."""
        places = {
            name: Place(at=self._only(addresses))
            for name, addresses in self._places.addresses.items()
        }
        for bit, key in enumerate(self.keys):
            is_host = key.network is PodNetwork.HOST
            for name in key.places:
                if name == ELSEWHERE:
                    continue
                place = places.setdefault(name, Place())
                if len(key.places) == 1:
                    place.runs |= 1 << bit
                    place.at |= 1 << bit if is_host else 0
                else:
                    place.may_run |= 1 << bit
                    place.may_be_at |= 1 << bit if is_host else 0
        found: dict[int, list[Place]] = defaultdict(list)
        for place in places.values():
            for number in bits.members(place.at | place.runs | place.may_run):
                found[number].append(place)
        return found


def shown_families(resources: Resources) -> frozenset[Family]:
    """The address families that the addresses of pods and nodes show."""
    pods = (pod.addresses for pod in resources.pods if pod.addresses)
    nodes = (each for node in resources.nodes for each in (node.addresses, node.pod_ranges))
    return frozenset(family for known in (*pods, *nodes) for family in known.families)


def families_of_pods(
    resources: Resources, vocabulary: Vocabulary, conventions: Conventions
) -> frozenset[Family]:
    """The families that pods of unknown address are taken to have.

    A block of a policy shows that pods may have addresses of its family, though not that
    they have none of the other.
    """
    if conventions.has_stated_ranges:
        return conventions.pod_ranges.families
    shown = shown_families(resources) or frozenset((Family.IPV4,))
    return shown.union(*(block.families for block in vocabulary.blocks))
