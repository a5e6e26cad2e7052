"""Which node a pod runs on, and whether one end of a connection is the other's node."""

from __future__ import annotations

from netsim.model.resources import Node, Pod, PodNetwork, Resources
from tests.naive import Truth, once
from tests.naive.blocks import Address, addresses_in

End = Pod | Address
UNSEEN = "a node that nothing in the input shows"


@once
def is_own_node(resources: Resources, one: End, other: End) -> Truth:
    """Whether one end is the node that the other runs on."""
    return max(_is_node_of(resources, one, other), _is_node_of(resources, other, one))


def _is_node_of(resources: Resources, end: End, pod: End) -> Truth:
    """Whether an end, an address or a pod on its node's network, is the node of a pod."""
    if not isinstance(pod, Pod):
        return Truth.NO
    if isinstance(end, Pod):
        if end.network is not PodNetwork.HOST:
            return Truth.NO
        possible = nodes_of(resources, end)
    else:
        possible = {node for node in _seen(resources) if end in _addresses_at(resources, node)}
    shared = (possible & nodes_of(resources, pod)) - {UNSEEN}
    if not shared:
        return Truth.NO
    return Truth.YES if len(possible) == len(nodes_of(resources, pod)) == 1 else Truth.MAYBE


@once
def nodes_of(resources: Resources, pod: Pod) -> set[str]:
    """The names of the nodes that a pod may run on.

    ``nodeName`` says it; else ``status.hostIPs``, which are addresses of the node; else it may
    be any Node of the input that has the labels of ``nodeSelector``.
    """
    if pod.node is not None:
        return {pod.node}
    status = _status(pod)
    if status:
        for node in sorted(_seen(resources)):
            if set(status) & set(_addresses_at(resources, node)):
                return {node}
        return set()
    fitting = {node.name for node in resources.nodes if _fits(pod, node)}
    unread = _seen(resources) - {node.name for node in resources.nodes}
    return fitting | {UNSEEN} if unread and fitting else fitting


def is_node_address(resources: Resources, address: Address) -> bool:
    """Whether a Node, or the status of some pod, says that a node has this address."""
    return any(address in _addresses_at(resources, name) for name in _seen(resources))


@once
def host_addresses(resources: Resources, pod: Pod) -> list[Address] | None:
    """The addresses that a pod on the host's network may have; None where they are not known.

    "podIPs holds the IP addresses allocated to the pod." (core/v1, PodStatus)  Until then it
    may be those of any node on which it may run.
    """
    found: list[Address] = []
    for name in nodes_of(resources, pod):
        addresses = [
            address
            for node in resources.nodes
            if node.name == name
            for address in addresses_in(node.host_addresses)
        ]
        if not addresses:
            return None
        found.extend(addresses)
    return found or None


def _status(pod: Pod) -> list[Address]:
    """The addresses of its node that a pod has in its status."""
    if pod.host_addresses is not None:
        return addresses_in(pod.host_addresses)
    if pod.network is PodNetwork.HOST and pod.addresses is not None:
        return addresses_in(pod.addresses)
    return []


@once
def _seen(resources: Resources) -> set[str]:
    """The nodes that are in the input, and those that pods name or have addresses of."""
    found = {node.name for node in resources.nodes}
    found |= {pod.node for pod in resources.pods if pod.node is not None}
    known = {address for name in found for address in _addresses_at(resources, name)}
    for pod in resources.pods:
        if pod.node is None and _status(pod) and not known & set(_status(pod)):
            found.add(_nameless(pod))
    return found


def _nameless(pod: Pod) -> str:
    return f"the node at {min(_status(pod), key=str)}"


def _addresses_at(resources: Resources, name: str) -> list[Address]:
    found: list[Address] = []
    for node in resources.nodes:
        if node.name == name:
            found.extend(addresses_in(node.addresses))
    for pod in resources.pods:
        if pod.node == name or (pod.node is None and _status(pod) and _nameless(pod) == name):
            found.extend(_status(pod))
    # Who has one of these addresses runs there, and knows them all.
    for pod in resources.pods:
        if pod.node is None and set(_status(pod)) & set(found):
            found.extend(_status(pod))
    return found


def _fits(pod: Pod, node: Node) -> bool:
    """Whether a node has the labels that a pod asks for.

    "Selector which must match a node's labels for the pod to be scheduled on that node."
    (core/v1, PodSpec.nodeSelector)  Labels of kubernetes.io are the kubelet's to set, so a
    manifest of a Node may lack them.
    """
    for key, value in pod.node_selector.pairs:
        has = dict(node.labels.pairs).get(key)
        if has is None and "kubernetes.io/" in key:
            continue
        if has != value:
            return False
    return True
