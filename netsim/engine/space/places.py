"""Places: the nodes of a cluster, and on which of them a pod runs or may run.

``nodeName`` or the addresses in the pod's status tell; where they do not, it is one of the
nodes that have the labels of its ``nodeSelector``::

    places = Places(resources)
    places.of(web)      # ("node-1",)
    places.of(pending)  # ("node-1", "node-2"): any of these
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from netsim.model.addresses import AddressSet, Family
from netsim.model.labels import Labels
from netsim.model.resources import Node, Pod, PodNetwork, Resources

ELSEWHERE = ""
"""The name for nodes that the input does not show."""

_OWN_DOMAINS = ("kubernetes.io", "k8s.io")
"""Domains of labels that the kubelet and the cloud set, which a manifest of a Node may lack."""


class Vicinity(Enum):
    """Whether one end of a connection is the node on which the other runs."""

    APART = "apart"
    MAYBE = "maybe"
    OWN_NODE = "own node"


class Places:
    """The nodes that are read, and those that pods name by ``nodeName`` or their status."""

    def __init__(self, resources: Resources) -> None:
        self._nodes = {node.name: node for node in resources.nodes}
        self.addresses = {node.name: node.addresses for node in resources.nodes}
        """Each place with the addresses of its node, as far as they are known."""
        for pod in resources.pods:
            if pod.node:
                known = self.addresses.get(pod.node, AddressSet.empty())
                self.addresses[pod.node] = known | addresses_of_host(pod)
        self._at: dict[tuple[Family, int], str] = {}
        for name, addresses in self.addresses.items():
            self._at |= dict.fromkeys(_each(addresses), name)
        for pod in resources.pods:
            if not pod.node:
                self._add(addresses_of_host(pod))
        self._are_all = self._nodes.keys() == self.addresses.keys()
        self._candidates: dict[Labels, tuple[str, ...]] = {}

    def _add(self, host: AddressSet) -> None:
        """A node that a pod names by addresses only, of which others may have named some."""
        if host:
            named = (self._at[address] for address in _each(host) if address in self._at)
            name = next(named, str(host))
            self.addresses[name] = self.addresses.get(name, AddressSet.empty()) | host
            self._at |= dict.fromkeys(_each(host), name)

    def of(self, pod: Pod) -> tuple[str, ...]:
        """The places where a pod may run: one where it surely does, none if nothing tells."""
        if pod.node:
            return (pod.node,)
        for address in _each(addresses_of_host(pod)):
            return (self._at[address],)
        if pod.node_selector not in self._candidates:
            self._candidates[pod.node_selector] = tuple(self._fitting(pod.node_selector))
        return self._candidates[pod.node_selector]

    def _fitting(self, selector: Labels) -> Iterator[str]:
        """The Nodes of the input with these labels; there may be others than those."""
        found = [name for name, node in self._nodes.items() if _fits(node, selector)]
        yield from (found if self._are_all or not found else (*found, ELSEWHERE))

    def read(self, pod: Pod) -> tuple[Node | None, ...]:
        """The nodes on which a pod may run; None for one that is not read."""
        return tuple(self._nodes.get(name) for name in self.of(pod))

    def host_addresses(self, pod: Pod) -> AddressSet | None:
        """The addresses that a pod on the host's network may have; None if unknown."""
        nodes = self.read(pod)
        known = [node.host_addresses for node in nodes if node and node.host_addresses]
        return AddressSet.union(known) if known and len(known) == len(nodes) else None


def addresses_of_host(pod: Pod) -> AddressSet:
    """The addresses of its node that a pod has in its status."""
    own = pod.addresses if pod.network is PodNetwork.HOST else None
    return pod.host_addresses or own or AddressSet.empty()


def _each(addresses: AddressSet) -> Iterator[tuple[Family, int]]:
    for family, (low, high) in addresses:
        yield from ((family, number) for number in range(low, high + 1))


def _fits(node: Node, selector: Labels) -> bool:
    return all(_has(node, key, value) for key, value in selector.pairs)


def _has(node: Node, key: str, value: str) -> bool:
    found = node.labels.get(key)
    if found is not None:
        return found == value
    domain = key.partition("/")[0]
    return any(domain == own or domain.endswith(f".{own}") for own in _OWN_DOMAINS)
