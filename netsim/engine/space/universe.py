"""The endpoint classes: what policies can tell apart, each one bit of every set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from msgspec import Struct

from netsim.engine.space import bits
from netsim.engine.space.atoms import Atoms
from netsim.engine.space.vocabulary import PortNumber, Trait, Vocabulary
from netsim.model.addresses import AddressSet
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.resources import Pod, PodNetwork, Resources


class ClassKey(Struct, frozen=True):
    """What decides which class a pod belongs to; ``atoms`` is None for an unknown address."""

    namespace: str
    network: PodNetwork
    traits: tuple[Trait, ...]
    ports: tuple[PortNumber, ...]
    atoms: int | None
    node: str | None
    groups: tuple[int, ...] = ()


class Universe:
    """All classes of one input.

    Bits 0 to ``len(pods) - 1`` are classes of pods, those above are address atoms.
    ``pods[i]`` are the pods of class ``i``.
    """

    def __init__(
        self,
        resources: Resources,
        vocabulary: Vocabulary,
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
        nodes = [node.addresses for node in resources.nodes]
        self.atoms = Atoms([*vocabulary.blocks, *nodes, *self.cuts])
        self._nodes = {node.name for node in resources.nodes} | {
            pod.node for pod in resources.pods if pod.network is PodNetwork.HOST and pod.node
        }
        grouped: dict[ClassKey, list[Pod]] = defaultdict(list)
        for pod in resources.pods:
            grouped[self.key(pod)].append(pod)
        self.keys = tuple(grouped)
        self.pods = tuple(tuple(group) for group in grouped.values())
        self._bit = {key: bit for bit, key in enumerate(self.keys)}

    def key(self, pod: Pod) -> ClassKey:
        """The class key of a pod."""
        placed = None if pod.addresses is None else self.atoms.holding(pod.addresses)
        node = pod.node if pod.node in self._nodes else None
        ports = self.vocabulary.port_numbers(pod)
        traits = self.vocabulary.traits(pod.labels)
        groups = self._groups.get(id(pod), ())
        return ClassKey(pod.namespace, pod.network, traits, ports, placed, node, groups)

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
        nodes = (node.addresses for node in self.resources.nodes)
        return self.outside(AddressSet.union(nodes))

    @cached_property
    def selectable(self) -> int:
        """Pods that policies can select: those with a network of their own."""
        return self._where(PodNetwork.POD)

    @cached_property
    def hosts(self) -> int:
        """Pods on their node's network."""
        return self._where(PodNetwork.HOST)

    def _where(self, network: PodNetwork) -> int:
        return sum(1 << bit for bit, key in enumerate(self.keys) if key.network is network)

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

    @cached_property
    def neighbours(self) -> tuple[tuple[int, int], ...]:
        """Per node with anything on it: what has its address, and the pods it runs."""
        own = {node.name: self.outside(node.addresses) for node in self.resources.nodes}
        running: dict[str, int] = defaultdict(int)
        for bit, key in enumerate(self.keys):
            if key.node is None:
                continue
            running[key.node] |= 1 << bit
            if key.network is PodNetwork.HOST:
                own[key.node] = own.get(key.node, 0) | 1 << bit
        return tuple((own[node], pods) for node, pods in running.items() if own.get(node))
