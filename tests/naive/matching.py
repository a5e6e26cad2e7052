"""Whether a rule matches one connection: its ports, its peers, and the selectors of these."""

from __future__ import annotations

from netsim.model.conventions import Conventions, IpBlockPods
from netsim.model.labels import Labels, Operator, Selector
from netsim.model.peers import BlockPeer, DomainPeer, NodePeer, Peer, UnevaluatedPeer
from netsim.model.policies import EveryPort, NamedPort, NumberedPorts, PolicyPort, Rule
from netsim.model.ports import Protocol
from netsim.model.resources import NAME_LABEL, Node, Pod, PodNetwork, Resources
from tests.naive import Truth
from tests.naive.blocks import Address, block_holds, filled, remaining
from tests.naive.families import known_addresses
from tests.naive.nodes import is_node_address, nodes_of

End = Pod | Address


class Matching:
    """One connection in packets of one family, 4 or 6, and the rules that match it."""

    def __init__(
        self,
        resources: Resources,
        conventions: Conventions,
        source: End,
        destination: End,
        protocol: Protocol,
        port: int,
        family: int,
    ) -> None:
        self.resources = resources
        self.conventions = conventions
        self.source = source
        self.destination = destination
        self.protocol = protocol
        self.port = port
        self.family = family

    def rule_matches(self, rule: Rule, namespace: str, other: End) -> Truth:
        """Whether a rule, of a policy in this namespace, matches.

        "The traffic must match both ports and from." (types.go, NetworkPolicyIngressRule)

        Of each list one item must match; "if this field is empty or missing, this rule matches
        all". (types.go, Ports, From)
        """
        port_matches = Truth.NO
        if len(rule.ports) == 0:
            port_matches = Truth.YES
        for port in rule.ports:
            port_matches = max(port_matches, self.port_matches(port))
        if port_matches is Truth.NO:
            return Truth.NO
        peer_matches = Truth.NO
        if len(rule.peers) == 0:
            peer_matches = Truth.YES
        for peer in rule.peers:
            peer_matches = max(peer_matches, self.peer_matches(peer, namespace, other))
        # Blocks may hold together what none of them holds alone.
        if peer_matches is not Truth.YES and isinstance(other, Pod):
            if self.blocks_surely_hold(rule, other):
                peer_matches = Truth.YES
            if self.blocks_hold_each_address(rule, other):
                peer_matches = Truth.YES
        return min(peer_matches, port_matches)

    def port_matches(self, port: PolicyPort) -> Truth:
        """Whether the connection's port is this one; ports are those of the destination.

        "Only traffic on the specified protocol AND port will be matched."  "If this field is
        not provided, this matches all port names and numbers." (types.go, Port)

        A name means what the destination's containers declare, the first of them.
        """
        if port.protocol is not self.protocol:
            return Truth.NO
        if isinstance(port, EveryPort):
            return Truth.YES
        if isinstance(port, NumberedPorts):
            return Truth.YES if port.first <= self.port <= port.last else Truth.NO
        if isinstance(port, NamedPort):
            if isinstance(self.destination, Pod):
                for declared in self.destination.ports:
                    if declared.name == port.name and declared.protocol is port.protocol:
                        return Truth.YES if declared.number == self.port else Truth.NO
            return Truth.NO
        return Truth.MAYBE

    def peer_matches(self, peer: Peer, namespace: str, other: End) -> Truth:
        """Whether the other end is this peer.

        "Otherwise it selects the pods matching podSelector in the policy's own namespace."
        (types.go, NetworkPolicyPeer)
        """
        if isinstance(peer, BlockPeer):
            if isinstance(other, Pod):
                return self.block_matches_pod(peer, other)
            return block_holds(peer, other)
        if isinstance(peer, NodePeer):
            return self.node_matches(peer, other)
        if isinstance(peer, DomainPeer | UnevaluatedPeer):
            is_named = isinstance(peer, DomainPeer)
            is_known = isinstance(other, Pod) or is_node_address(self.resources, other)
            return Truth.NO if is_named and is_known else Truth.MAYBE
        if not isinstance(other, Pod) or other.network is PodNetwork.HOST:
            return Truth.NO
        if peer.namespaces is None:
            if other.namespace != namespace:
                return Truth.NO
        elif not selected(peer.namespaces, self.namespace_labels(other.namespace)):
            return Truth.NO
        return Truth.YES if selected(peer.pods, other.labels) else Truth.NO

    def node_matches(self, peer: NodePeer, other: End) -> Truth:
        """Whether the other end is a node, or a pod on its network.

        "It selects the nodeIPs as the peer type by matching on the IPs present in the
        node.Status.Addresses field of the node." (CNP, Nodes)
        """
        everyone = len(peer.nodes.requirements) == 0
        read = {node.name: node for node in self.resources.nodes}
        if isinstance(other, Pod):
            if other.network is not PodNetwork.HOST:
                return Truth.NO
            if everyone:
                return Truth.YES
            found = [
                Truth.MAYBE
                if name not in read
                else Truth.YES
                if selected(peer.nodes, read[name].labels)
                else Truth.NO
                for name in nodes_of(self.resources, other)
            ]
            return found[0] if len(set(found)) == 1 else Truth.MAYBE
        here = self.nodes_at(other)
        for node in here:
            if selected(peer.nodes, node.labels):
                return Truth.YES
        if here:
            return Truth.NO
        if is_node_address(self.resources, other):
            return Truth.YES if everyone else Truth.MAYBE
        return Truth.NO if read else Truth.MAYBE

    def nodes_at(self, address: Address) -> list[Node]:
        """The nodes that have an address."""
        found = []
        for node in self.resources.nodes:
            for family, (low, high) in node.addresses:
                if family.value == address.max_prefixlen and low <= int(address) <= high:
                    found.append(node)
        return found

    def namespace_labels(self, name: str) -> Labels:
        """The labels of a namespace; of one that is not in the input the name is known."""
        for namespace in self.resources.namespaces:
            if namespace.name == name:
                return namespace.labels
        return Labels(((NAME_LABEL, name),))

    # What follows is about ipBlocks and pods.  "These should be cluster-external IPs, since Pod
    # IPs are ephemeral and unpredictable" (concept page): which pods they match is left open.

    def block_matches_pod(self, peer: BlockPeer, pod: Pod) -> Truth:
        """Whether an ipBlock holds a pod, by all or some of the addresses it may have."""
        mode = self.conventions.ipblock_pods
        if mode is IpBlockPods.IGNORE:
            return Truth.NO
        known = self.usable(pod)
        if known is not None:
            held = {block_holds(peer, address) for address in known}
            return held.pop() if len(held) == 1 else Truth.MAYBE
        if mode is IpBlockPods.KNOWN:
            return Truth.NO
        if peer.addresses is None:
            return Truth.MAYBE
        pieces = [piece for piece in remaining(peer) if piece.version == self.family]
        for low, high in self.area(pod):
            for piece in pieces:
                if low <= int(piece[-1]) and int(piece[0]) <= high:
                    return Truth.MAYBE
        return Truth.NO

    def usable(self, pod: Pod) -> list[Address] | None:
        """The known addresses of a pod that these packets may have."""
        known = known_addresses(self.resources, pod)
        if known is None:
            return None
        return [address for address in known if address.version == self.family]

    def area(self, pod: Pod) -> list[tuple[int, int]]:
        """Where a pod of unknown address is, in this family."""
        if pod.network is PodNetwork.HOST:
            return [(0, 2**32 - 1 if self.family == 4 else 2**128 - 1)]
        bits = 32 if self.family == 4 else 128
        return [span for each, span in self.conventions.pod_ranges if each.value == bits]

    def blocks_hold_each_address(self, rule: Rule, pod: Pod) -> bool:
        """Whether every address that a pod may use is in one of a rule's blocks."""
        known = self.usable(pod)
        if not known or self.conventions.ipblock_pods is IpBlockPods.IGNORE:
            return False
        blocks = [peer for peer in rule.peers if isinstance(peer, BlockPeer)]
        return all(
            any(block_holds(peer, address) is Truth.YES for peer in blocks) for address in known
        )

    def blocks_surely_hold(self, rule: Rule, pod: Pod) -> bool:
        """Whether a rule's blocks leave no gap where a pod of unknown address may be."""
        if self.usable(pod) is not None:
            return False
        if self.conventions.ipblock_pods is not IpBlockPods.MATCH:
            return False
        pieces = []
        for peer in rule.peers:
            if isinstance(peer, BlockPeer) and peer.addresses is not None:
                pieces.extend(remaining(peer))
        bits = 32 if self.family == 4 else 128
        return len(pieces) > 0 and all(filled(pieces, bits, *part) for part in self.area(pod))


def selected(selector: Selector, labels: Labels) -> bool:
    """A label selector, requirement by requirement; all must hold.

    "There is a match ... (4) The operator is DoesNotExist or NotIn and Labels does not have the
    Requirement's key." (apimachinery, labels.Requirement.Matches)
    """
    for requirement in selector.requirements:
        present = False
        value = ""
        for key, candidate in labels.pairs:
            if key == requirement.key:
                present = True
                value = candidate
        listed = present and value in requirement.values
        if requirement.operator is Operator.IN and not listed:
            return False
        if requirement.operator is Operator.NOT_IN and listed:
            return False
        if requirement.operator is Operator.EXISTS and not present:
            return False
        if requirement.operator is Operator.DOES_NOT_EXIST and present:
            return False
    return True
