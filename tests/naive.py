"""Network policies of all tiers, one packet at a time, written from the text of the API.

As plain as can be: it shares no code with the engine, nor the algebras of
``netsim.model``, so that a mistake in one of them shows as a disagreement.
"""

from __future__ import annotations

import ipaddress
from enum import IntEnum
from functools import cache, cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from netsim.model.conventions import Conventions, IpBlockPods
from netsim.model.labels import Labels, Operator, Selector
from netsim.model.policies import (
    Action,
    AdminPolicy,
    BlockPeer,
    Direction,
    DomainPeer,
    EveryPort,
    NamedPort,
    NodePeer,
    NumberedPorts,
    Peer,
    PolicyPort,
    Rule,
    Tier,
)
from netsim.model.ports import Protocol
from netsim.model.resources import NAME_LABEL, Node, Pod, PodNetwork, Resources
from netsim.model.verdict import Outcome

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
End = Pod | Address


class Truth(IntEnum):
    """Kleene's three values: AND is ``min``, OR is ``max``."""

    NO = 0
    MAYBE = 1
    YES = 2


ALLOWED, DENIED, PASSED = "allowed", "denied", "passed"
RESULTS = {Action.ALLOW: ALLOWED, Action.DENY: DENIED, Action.PASS: PASSED}
_OUTCOMES = {Truth.NO: Outcome.DENY, Truth.MAYBE: Outcome.UNKNOWN, Truth.YES: Outcome.ALLOW}


def decide(
    resources: Resources,
    conventions: Conventions,
    source: End,
    destination: End,
    protocol: Protocol,
    port: int,
) -> Outcome:
    """Whether the source can open a connection to this port of the destination."""
    if is_same_pod(source, destination):
        return Outcome.ALLOW
    if _is_own_node(resources, source, destination):
        return Outcome.ALLOW
    if _is_own_node(resources, destination, source):
        return Outcome.ALLOW
    flow = _Flow(resources, conventions, source, destination, protocol, port)
    egress = flow.permitted(Direction.EGRESS, source, destination)
    if egress is Truth.NO:
        return Outcome.DENY
    ingress = flow.permitted(Direction.INGRESS, destination, source)
    return _OUTCOMES[min(egress, ingress)]


def is_same_pod(source: End, destination: End) -> bool:
    """Whether both are one pod; the pods of a template are many, and each is another."""
    if not isinstance(source, Pod) or not isinstance(destination, Pod):
        return False
    names = {(pod.namespace, pod.name) for pod in (source, destination)}
    return source.name is not None and len(names) == 1


def _is_own_node(resources: Resources, node_end: End, pod: End) -> bool:
    """Whether one end is the node that the other runs on."""
    if not isinstance(pod, Pod) or pod.node is None:
        return False
    if isinstance(node_end, Pod):
        return node_end.network is PodNetwork.HOST and node_end.node == pod.node
    for node in resources.nodes:
        if node.name == pod.node:
            for family, (low, high) in node.addresses:
                if family.value == node_end.max_prefixlen and low <= int(node_end) <= high:
                    return True
    return False


class _Flow:
    def __init__(
        self,
        resources: Resources,
        conventions: Conventions,
        source: End,
        destination: End,
        protocol: Protocol,
        port: int,
    ) -> None:
        self.resources = resources
        self.conventions = conventions
        self.source = source
        self.destination = destination
        self.protocol = protocol
        self.port = port

    @cached_property
    def families(self) -> list[int]:
        """Those of the packet; a pod that is not of the input is one of its addresses."""
        families = [4, 6]
        for end in (self.source, self.destination):
            if isinstance(end, Pod) and end not in self.resources.pods:
                families = [address.version for address in addresses_of(end)]
        return families

    def permitted(self, direction: Direction, subject: End, other: End) -> Truth:
        """What the policies of one end say about the other end."""
        if not isinstance(subject, Pod) or subject.network is PodNetwork.HOST:
            return Truth.YES
        results = self.admin_tier(Tier.ADMIN, direction, subject, other)
        if PASSED in results:
            results.remove(PASSED)
            results |= self.network_policies(direction, subject, other)
        if PASSED in results:
            results.remove(PASSED)
            results |= self.admin_tier(Tier.BASELINE, direction, subject, other)
        if PASSED in results:
            results.remove(PASSED)
            results.add(ALLOWED)
        if results == {ALLOWED}:
            return Truth.YES
        return Truth.NO if results == {DENIED} else Truth.MAYBE

    def network_policies(self, direction: Direction, subject: Pod, other: End) -> set[str]:
        """What NetworkPolicies make of the connection: all that is possible."""
        isolated = False
        best = Truth.NO
        for policy in self.resources.policies:
            if policy.namespace != subject.namespace:
                continue
            if direction not in policy.directions:
                continue
            if not selected(policy.subject, subject.labels):
                continue
            isolated = True
            for rule in policy.rules:
                if rule.direction is direction:
                    best = max(best, self.rule_allows(rule, policy.namespace, other))
        if not isolated:
            return {PASSED}
        if best is Truth.MAYBE:
            return {ALLOWED, DENIED}
        return {ALLOWED} if best is Truth.YES else {DENIED}

    def admin_tier(
        self, tier: Tier, direction: Direction, subject: Pod, other: End
    ) -> set[str]:
        """What one of the ordered tiers makes of it: all that is possible."""
        results: set[str] = set()
        policies = [
            policy
            for policy in self.resources.admin_policies
            if policy.tier is tier and self.is_subject(policy, subject)
        ]
        for priority in sorted({policy.priority for policy in policies}):
            decided = False
            for policy in policies:
                if policy.priority == priority:
                    found, surely = self.first_match(policy, direction, other)
                    results |= found
                    decided = decided or surely
            if decided:
                return results
        return results | {PASSED}

    def first_match(
        self, policy: AdminPolicy, direction: Direction, other: End
    ) -> tuple[set[str], bool]:
        """The results of the rules that may be the first to match, and whether one must be."""
        results: set[str] = set()
        for rule in policy.rules:
            if rule.direction is not direction:
                continue
            matches = self.rule_allows(rule, "", other)
            if matches is not Truth.NO:
                results.add(RESULTS[rule.action])
            if matches is Truth.YES:
                return results, True
        return results, False

    def is_subject(self, policy: AdminPolicy, pod: Pod) -> bool:
        spaces = policy.subject.namespaces
        if spaces is None or not selected(spaces, self.namespace_labels(pod.namespace)):
            return False
        return selected(policy.subject.pods, pod.labels)

    def rule_allows(self, rule: Rule, namespace: str, other: End) -> Truth:
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
        if peer_matches is not Truth.YES and isinstance(other, Pod):
            if self.blocks_surely_hold(rule, other):
                peer_matches = Truth.YES
            if self.blocks_hold_each_address(rule, other):
                peer_matches = Truth.YES
        return min(peer_matches, port_matches)

    def port_matches(self, port: PolicyPort) -> Truth:
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
        if isinstance(peer, BlockPeer):
            if isinstance(other, Pod):
                return self.block_matches_pod(peer, other)
            return block_holds(peer, other)
        if isinstance(peer, NodePeer):
            return self.node_matches(peer, other)
        if isinstance(peer, DomainPeer):
            if isinstance(other, Pod) or self.nodes_at(other):
                return Truth.NO
            return Truth.MAYBE
        if not isinstance(other, Pod) or other.network is PodNetwork.HOST:
            return Truth.NO
        if peer.namespaces is None:
            if other.namespace != namespace:
                return Truth.NO
        elif not selected(peer.namespaces, self.namespace_labels(other.namespace)):
            return Truth.NO
        return Truth.YES if selected(peer.pods, other.labels) else Truth.NO

    def node_matches(self, peer: NodePeer, other: End) -> Truth:
        if isinstance(other, Pod):
            if other.network is not PodNetwork.HOST:
                return Truth.NO
            if len(peer.nodes.requirements) == 0:
                return Truth.YES
            for node in self.resources.nodes:
                if node.name == other.node:
                    return Truth.YES if selected(peer.nodes, node.labels) else Truth.NO
            return Truth.MAYBE
        if len(self.resources.nodes) == 0:
            return Truth.MAYBE
        for node in self.nodes_at(other):
            if selected(peer.nodes, node.labels):
                return Truth.YES
        return Truth.NO

    def nodes_at(self, address: Address) -> list[Node]:
        """The nodes that have an address."""
        found = []
        for node in self.resources.nodes:
            for family, (low, high) in node.addresses:
                if family.value == address.max_prefixlen and low <= int(address) <= high:
                    found.append(node)
        return found

    def namespace_labels(self, name: str) -> Labels:
        for namespace in self.resources.namespaces:
            if namespace.name == name:
                return namespace.labels
        return Labels(((NAME_LABEL, name),))

    def block_matches_pod(self, peer: BlockPeer, pod: Pod) -> Truth:
        mode = self.conventions.ipblock_pods
        if mode is IpBlockPods.IGNORE:
            return Truth.NO
        if pod.addresses is not None:
            held = [block_holds(peer, address) for address in self.usable(pod)]
            if len(set(held)) == 1:
                return held[0]
            return Truth.MAYBE
        if mode is IpBlockPods.KNOWN:
            return Truth.NO
        if peer.addresses is None:
            return Truth.MAYBE
        if pod.network is PodNetwork.HOST:
            # Any address of either family; no one block covers both families.
            return Truth.MAYBE if remaining(peer) else Truth.NO
        return self.block_matches_unknown_address(peer)

    def usable(self, pod: Pod) -> list[Address]:
        """The addresses the packet may carry for a pod."""
        known = addresses_of(pod)
        return [each for each in known if each.version in self.families] or known

    def blocks_hold_each_address(self, rule: Rule, pod: Pod) -> bool:
        """Whether every address of a pod is in one of a rule's blocks."""
        if pod.addresses is None or self.conventions.ipblock_pods is IpBlockPods.IGNORE:
            return False
        blocks = [peer for peer in rule.peers if isinstance(peer, BlockPeer)]
        return all(
            any(block_holds(peer, address) is Truth.YES for peer in blocks)
            for address in self.usable(pod)
        )

    def blocks_surely_hold(self, rule: Rule, pod: Pod) -> bool:
        """Whether a rule's blocks leave no gap where a pod of unknown address may be."""
        if pod.addresses is not None:
            return False
        if self.conventions.ipblock_pods is not IpBlockPods.MATCH:
            return False
        area = [(each.value, *span) for each, span in self.conventions.pod_ranges]
        if pod.network is PodNetwork.HOST:
            area = [(32, 0, 2**32 - 1), (128, 0, 2**128 - 1)]
        pieces = []
        for peer in rule.peers:
            if isinstance(peer, BlockPeer) and peer.addresses is not None:
                pieces.extend(remaining(peer))
        return len(pieces) > 0 and all(filled(pieces, *part) for part in area)

    def block_matches_unknown_address(self, peer: BlockPeer) -> Truth:
        """The pod's address is somewhere in the cluster's pod ranges."""
        everywhere = True
        somewhere = False
        for family, (low, high) in self.conventions.pod_ranges:
            if not covered(peer, family.value, low, high):
                everywhere = False
            for network in remaining(peer):
                if network.max_prefixlen == family.value:
                    first, last = int(network[0]), int(network[-1])
                    if low <= last and first <= high:
                        somewhere = True
        if everywhere:
            return Truth.YES
        return Truth.MAYBE if somewhere else Truth.NO


def addresses_of(pod: Pod) -> list[Address]:
    """The known addresses of a pod."""
    found: list[Address] = []
    if pod.addresses is not None:
        for family, (low, high) in pod.addresses:
            found.extend(family.address(number) for number in range(low, high + 1))
    return found


def selected(selector: Selector, labels: Labels) -> bool:
    """A label selector, requirement by requirement."""
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


@cache
def ip_network(text: str) -> Network:
    """The network of a CIDR; there are few, and each is asked for at every packet."""
    return ipaddress.ip_network(text)


def block_holds(peer: BlockPeer, address: Address) -> Truth:
    """Whether one address is in an ipBlock: in the CIDR and in none of the exceptions."""
    if peer.addresses is None:
        return Truth.MAYBE
    if address not in ip_network(peer.cidr):
        return Truth.NO
    for exception in peer.exceptions:
        if address in ip_network(exception):
            return Truth.NO
    return Truth.YES


def covered(peer: BlockPeer, bits: int, low: int, high: int) -> bool:
    """Whether all of a range is in an ipBlock: no part outside, none in an exception."""
    network = ip_network(peer.cidr)
    if network.max_prefixlen != bits:
        return False
    if low < int(network[0]) or int(network[-1]) < high:
        return False
    for exception in peer.exceptions:
        hole = ip_network(exception)
        if int(hole[0]) <= high and low <= int(hole[-1]):
            return False
    return True


def filled(pieces: list[Network], bits: int, low: int, high: int) -> bool:
    """Whether networks, together, hold all of a range."""
    spans = [(int(p[0]), int(p[-1])) for p in pieces if p.max_prefixlen == bits]
    reached = low - 1
    for first, last in sorted(spans):
        if first <= reached + 1:
            reached = max(reached, last)
    return reached >= high


def remaining(peer: BlockPeer) -> list[Network]:
    """What the exceptions of an ipBlock leave of its CIDR, as networks."""
    return _left_of(peer.cidr, peer.exceptions)


@cache
def _left_of(cidr: str, exceptions: tuple[str, ...]) -> list[Network]:
    pieces: list[Network] = [ip_network(cidr)]
    for exception in exceptions:
        hole = ip_network(exception)
        left: list[Network] = []
        for piece in pieces:
            left.extend(_without(piece, hole))
        pieces = left
    return pieces


def _without(piece: Network, hole: Network) -> list[Network]:
    if isinstance(piece, IPv4Network) and isinstance(hole, IPv4Network):
        if piece.subnet_of(hole):
            return []
        return list(piece.address_exclude(hole)) if hole.subnet_of(piece) else [piece]
    if isinstance(piece, IPv6Network) and isinstance(hole, IPv6Network):
        if piece.subnet_of(hole):
            return []
        return list(piece.address_exclude(hole)) if hole.subnet_of(piece) else [piece]
    return [piece]
