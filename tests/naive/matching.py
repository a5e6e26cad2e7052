"""Whether a rule matches one connection: its ports, its peers, and the selectors of these."""

from __future__ import annotations

import re
from functools import cache

from netsim.model.conventions import Conventions, IpBlockPods
from netsim.model.generated_labels import GeneratedLabel
from netsim.model.labels import Labels, Operator, Requirement, Selector
from netsim.model.peers import BlockPeer, DomainPeer, NodePeer, Peer, UnevaluatedPeer
from netsim.model.policies import EveryPort, NamedPort, NumberedPorts, PolicyPort, Rule
from netsim.model.ports import Protocol
from netsim.model.resources import NAME_LABEL, Node, Origin, Pod, PodNetwork, Resources
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
            belongs = equal(other.namespace, namespace)
        else:
            belongs = self.namespace_selected(peer.namespaces, other.namespace)
        return min(belongs, selected(peer.pods, other.labels))

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
                selected(peer.nodes, read[name].labels) if name in read else Truth.MAYBE
                for name in nodes_of(self.resources, other)
            ]
            return found[0] if len(set(found)) == 1 else Truth.MAYBE
        here = self.nodes_at(other)
        if here:
            return max(selected(peer.nodes, node.labels) for node in here)
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

    def namespace_selected(self, selector: Selector, name: str) -> Truth:
        """Whether a namespace is selected; of one that is not in the input the name is known.

        Where a name is a placeholder, a namespace may turn out to be one that is in the input.
        """
        own = Labels(((NAME_LABEL, name),))
        is_read = False
        for namespace in self.resources.namespaces:
            if namespace.name == name:
                own = namespace.labels
                is_read = namespace.origin is Origin.READ
        results = {selected(selector, own)}
        for namespace in self.resources.namespaces:
            is_other = namespace.origin is Origin.READ and not is_read
            if is_other and equal(namespace.name, name) is Truth.MAYBE:
                labels = {**dict(namespace.labels.pairs), NAME_LABEL: name}
                results.add(selected(selector, Labels(tuple(labels.items()))))
        return results.pop() if len(results) == 1 else Truth.MAYBE

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


def selected(selector: Selector, labels: Labels) -> Truth:
    """A label selector, requirement by requirement; all must hold.

    "There is a match ... (4) The operator is DoesNotExist or NotIn and Labels does not have the
    Requirement's key." (apimachinery, labels.Requirement.Matches)
    """
    return min((meets(each, labels) for each in selector.requirements), default=Truth.YES)


def meets(requirement: Requirement, labels: Labels) -> Truth:
    """Whether labels meet one requirement, by what is written and by what a controller adds."""
    present = Truth.NO
    listed = Truth.NO
    entries: list[tuple[str, str | GeneratedLabel]] = [*labels.pairs]
    entries += [(label.key, label) for label in labels.generated]
    for key, value in entries:
        is_key = equal(key, requirement.key)
        if is_key is Truth.MAYBE and requirement.key in dict(labels.pairs):
            is_key = Truth.NO  # no key is there twice
        if isinstance(value, GeneratedLabel):
            is_key = min(is_key, Truth(value.present))
        present = max(present, is_key)
        listed = max(listed, min(is_key, one_of(value, requirement.values)))
    match requirement.operator:
        case Operator.IN:
            return listed
        case Operator.NOT_IN:
            return opposite(listed)
        case Operator.EXISTS:
            return present
        case Operator.DOES_NOT_EXIST:
            return opposite(present)


def one_of(label: str | GeneratedLabel, values: tuple[str, ...]) -> Truth:
    """Whether a value is one of these.

    A controller gives its pods different ones: it is where all have one of these.
    """
    if isinstance(label, str):
        return max((equal(label, value) for value in values), default=Truth.NO)
    if label.prefix is None:
        return Truth.MAYBE if values else Truth.NO
    if label.first is None:
        return max((equal(label.prefix, value) for value in values), default=Truth.NO)
    last = label.first + 9 if label.last is None else label.last
    found = set()
    for number in range(label.first, last + 1):
        own = f"{label.prefix}{number}"
        found.add(max((equal(own, value) for value in values), default=Truth.NO))
    if label.last is None:
        found.add(Truth.NO)
    return found.pop() if len(found) == 1 else Truth.MAYBE


def opposite(truth: Truth) -> Truth:
    """Not."""
    return {Truth.NO: Truth.YES, Truth.MAYBE: Truth.MAYBE, Truth.YES: Truth.NO}[truth]


@cache
def equal(one: str, other: str) -> Truth:
    """Whether two texts are equal once a later step has filled in their placeholders.

    A placeholder has one value wherever it stands, and it may be empty.
    """
    if one == other:
        return Truth.YES
    ours, theirs = PLACEHOLDER.split(one), PLACEHOLDER.split(other)
    if len(ours) == 1 and len(theirs) == 1:
        return Truth.NO
    if len(ours) > 1 and len(theirs) > 1:
        begins = ours[0].startswith(theirs[0]) or theirs[0].startswith(ours[0])
        ends = ours[-1].endswith(theirs[-1]) or theirs[-1].endswith(ours[-1])
        return Truth.MAYBE if begins and ends else Truth.NO
    parts, text = (ours, other) if len(ours) > 1 else (theirs, one)
    fits = re.fullmatch(".*".join(re.escape(part) for part in parts), text)
    return Truth.MAYBE if fits else Truth.NO


PLACEHOLDER = re.compile(r"\$\{\w+\}")
