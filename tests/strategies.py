"""Hypothesis strategies: port sets, address sets, and small random clusters.

Clusters are built from short fixed lists, simplest first: drawing stays cheap, labels and
addresses collide often, and a failing cluster shrinks to something a person can read.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from itertools import combinations
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from netsim.model.addresses import Address, AddressSet
from netsim.model.conventions import Conventions, IpBlockPods
from netsim.model.intervals import Interval
from netsim.model.labels import Labels, Operator, Requirement, Selector
from netsim.model.location import Location
from netsim.model.policies import (
    Action,
    AdminPolicy,
    BlockPeer,
    Direction,
    DomainPeer,
    EveryPort,
    NamedPort,
    NetworkPolicy,
    NodePeer,
    NumberedPorts,
    Peer,
    PodPeer,
    Policy,
    PolicyPort,
    Rule,
    Tier,
    UnknownPort,
)
from netsim.model.ports import HIGHEST_PORT, LOWEST_PORT, PortSet, Protocol
from netsim.model.resources import (
    NAME_LABEL,
    ContainerPort,
    Namespace,
    Node,
    Origin,
    Pod,
    PodNetwork,
    Resources,
    WorkloadName,
)

T = TypeVar("T")


def thorough(examples: int) -> settings:
    """So many examples without a time limit for each; the same ones every time in CI."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize="CI" in os.environ,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


# --- sets ---

_EDGE_PORTS = (1, 2, 3, 79, 80, 81, 443, 8080, 65533, 65534, 65535)
port_numbers = st.sampled_from(_EDGE_PORTS) | st.integers(LOWEST_PORT, HIGHEST_PORT)
protocols = st.sampled_from(tuple(Protocol))


def _ordered(pair: Interval) -> Interval:
    return min(pair), max(pair)


def _port_set(ranges: Sequence[tuple[Protocol, Interval]]) -> PortSet:
    found = PortSet.empty()
    for protocol, pair in ranges:
        found |= PortSet.of(protocol, *_ordered(pair))
    return found


port_sets = st.one_of(
    st.lists(st.tuples(protocols, st.tuples(port_numbers, port_numbers)), max_size=6).map(
        _port_set
    ),
    st.sampled_from(
        (PortSet.empty(), PortSet.full(), *(PortSet.all_of(protocol) for protocol in Protocol))
    ),
)

BLOCK_TEXTS = (
    "10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.0.0.0/30", "10.0.0.0/31", "10.0.0.2/31",
    "10.0.0.1/32", "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "255.255.255.255/32", "0.0.0.0/32",
    "::/0", "::/128", "fd00::/126", "fd00::/127", "fd00::2/127", "fd00::3/128",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
)  # fmt: skip
address_sets = st.one_of(
    st.lists(st.sampled_from(BLOCK_TEXTS), max_size=5).map(AddressSet.of),
    st.lists(st.ip_addresses().map(str), max_size=3).map(AddressSet.of),
    st.tuples(
        st.lists(st.sampled_from(BLOCK_TEXTS), max_size=3).map(AddressSet.of),
        st.lists(st.sampled_from(BLOCK_TEXTS), max_size=3).map(AddressSet.of),
    ).map(lambda pair: pair[0] - pair[1]),
    st.just(AddressSet.full()),
)


def _around(text: str) -> list[Address]:
    network = ip_network(text)
    last = (1 << network.max_prefixlen) - 1
    low, high = int(network.network_address), int(network.broadcast_address)
    make = type(network.network_address)
    return [make(n) for n in (low - 1, low, high, high + 1) if 0 <= n <= last]


EDGE_ADDRESSES = tuple(dict.fromkeys(edge for text in BLOCK_TEXTS for edge in _around(text)))
addresses = st.sampled_from(EDGE_ADDRESSES) | st.ip_addresses()


# --- parts of clusters ---

_NOWHERE = Location("generated.yaml", 0)

POD_LABELS = tuple(
    Labels.of(mapping)
    for mapping in ({}, {"a": "x"}, {"a": "y"}, {"b": "x"}, {"a": "x", "b": "y"}, {"a": ""})
)


def _selectors(requirements: Sequence[Requirement]) -> tuple[Selector, ...]:
    return (
        Selector(),
        *(Selector.of(match_expressions=(one,)) for one in requirements),
        *(Selector.of(match_expressions=pair) for pair in combinations(requirements, 2)),
    )


POD_SELECTORS = _selectors(
    (
        Requirement("a", Operator.IN, ("x",)),
        Requirement("a", Operator.IN, ("x", "y")),
        Requirement("a", Operator.NOT_IN, ("x",)),
        Requirement("a", Operator.EXISTS),
        Requirement("a", Operator.DOES_NOT_EXIST),
        Requirement("a", Operator.IN, ("",)),
        Requirement("b", Operator.IN, ("x",)),
        Requirement("b", Operator.NOT_IN, ("x", "y")),
        Requirement("b", Operator.DOES_NOT_EXIST),
        Requirement("c", Operator.EXISTS),
    )
)
_SUBJECTS = (
    *(Selector(),) * 5,
    *(selector for selector in POD_SELECTORS if len(selector.requirements) == 1),
)

NAMESPACE_NAMES = ("n0", "n1", "n2", "n3")
_NAMESPACE_LABELS: tuple[dict[str, str], ...] = ({}, {"team": "x"}, {"team": "y"}, {"a": "x"})
NAMESPACE_SELECTORS = _selectors(
    (
        Requirement(NAME_LABEL, Operator.IN, ("n0",)),
        Requirement(NAME_LABEL, Operator.NOT_IN, ("n0", "n2")),
        Requirement("team", Operator.IN, ("x",)),
        Requirement("team", Operator.NOT_IN, ("x",)),
        Requirement("team", Operator.EXISTS),
        Requirement("team", Operator.DOES_NOT_EXIST),
    )
)


def block(cidr: str, *exceptions: str) -> BlockPeer:
    """An ipBlock of this text."""
    addresses = AddressSet.parse(cidr) - AddressSet.of(exceptions)
    return BlockPeer(cidr, exceptions, addresses, _NOWHERE)


BLOCKS = (
    block("10.0.0.0/8"), block("0.0.0.0/0"), block("::/0"), block("10.0.0.0/30"),
    block("10.0.0.2/31"), block("10.0.0.1/32"), block("fd00::/126"), block("fd00::2/127"),
    block("192.168.0.0/16"), block("203.0.113.0/24"), block("172.16.0.0/30"),
    block("10.0.0.0/8", "10.0.0.0/30"), block("10.0.0.0/29", "10.0.0.1/32", "10.0.0.4/30"),
    block("0.0.0.0/0", "10.0.0.0/8"), block("0.0.0.0/0", "203.0.113.0/24"),
    block("0.0.0.0/0", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
    block("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1"), block("::/0", "fd00::/8"),
    block("10.0.0.0/30", "10.0.0.0/31", "10.0.0.2/31"), block("fd00::/64", "fd00::1/128"),
)  # fmt: skip
_PLACEHOLDER_BLOCK = BlockPeer("${CIDR}", (), None, _NOWHERE)

_NUMBERS = (
    (80, 80),
    (81, 81),
    (80, 90),
    (1, 79),
    (1, 65535),
    (65535, 65535),
    (85, 443),
    (1, 1),
)
POLICY_PORTS: tuple[PolicyPort, ...] = (
    *(NumberedPorts(Protocol.TCP, low, high, _NOWHERE) for low, high in _NUMBERS),
    NumberedPorts(Protocol.UDP, 80, 80, _NOWHERE),
    NumberedPorts(Protocol.UDP, 53, 81, _NOWHERE),
    NumberedPorts(Protocol.SCTP, 80, 90, _NOWHERE),
    *(EveryPort(protocol, _NOWHERE) for protocol in Protocol),
    *(NamedPort(Protocol.TCP, name, _NOWHERE) for name in ("web", "dns", "web", "gone")),
    NamedPort(Protocol.UDP, "dns", _NOWHERE),
    NamedPort(Protocol.SCTP, "web", _NOWHERE),
    UnknownPort(Protocol.TCP, "${PORT}", _NOWHERE),
    UnknownPort(Protocol.UDP, "${PORT}", _NOWHERE),
)

CONTAINER_PORTS = (
    ContainerPort(80, Protocol.TCP, "web"),
    ContainerPort(81, Protocol.TCP, "web"),
    ContainerPort(443, Protocol.TCP),
    ContainerPort(53, Protocol.UDP, "dns"),
    ContainerPort(80, Protocol.TCP, "dns"),
    ContainerPort(90, Protocol.SCTP, "web"),
    ContainerPort(65535, Protocol.UDP, "dns"),
)

NODES = (
    Node(
        "one",
        Labels.of({"zone": "x"}),
        AddressSet.of(("172.16.0.1", "fd01::1")),
        AddressSet.parse("10.0.0.0/30"),
    ),
    Node("two", Labels(), AddressSet.parse("172.16.0.2"), AddressSet.parse("10.0.0.4/30")),
)
_NODE_NAMES = (None, "one", "two", "gone")

conventions = st.builds(
    Conventions,
    ipblock_pods=st.sampled_from((IpBlockPods.MATCH, *IpBlockPods)),
    pod_ranges=st.sampled_from(
        (
            Conventions().pod_ranges,
            AddressSet.parse("10.0.0.0/8"),
            AddressSet.parse("10.0.0.0/30"),
            AddressSet.of(("10.0.0.0/31", "192.168.0.0/24", "fd00::/126")),
            AddressSet.parse("fd00::/64"),
        )
    ),
)


# --- clusters ---


@dataclass(frozen=True)
class Cluster:
    """What a test is run on."""

    resources: Resources
    conventions: Conventions


def _tuples(elements: Sequence[T], most: int) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(st.sampled_from(elements), max_size=most).map(tuple)


_ports_of_pods = _tuples(CONTAINER_PORTS, 3)
_ports_of_rules = _tuples(POLICY_PORTS, 3)
_flags = st.booleans()
_rarely = st.sampled_from((False, False, False, True))
_addressing = st.sampled_from(("none", "v4", "v6", "dual"))
_peer_forms = st.sampled_from(
    (*("pods", "namespaces", "both", "block") * 2, "block", "placeholder")
)


@st.composite
def pods(draw: st.DrawFn, number: int, namespaces: Sequence[str]) -> Pod:
    """One pod, or a template; addresses, where known, are the pod's own."""
    node = draw(st.sampled_from(_NODE_NAMES))
    network = draw(st.sampled_from((PodNetwork.POD,) * 4 + (PodNetwork.HOST,)))
    known: AddressSet | None = None
    match draw(_addressing):
        case "v4":
            known = AddressSet.parse(f"10.0.0.{number}")
        case "v6":
            known = AddressSet.parse(f"fd00::{number}")
        case "dual":
            known = AddressSet.of((f"10.0.0.{number}", f"fd00::{number}"))
    if network is PodNetwork.HOST and known is not None:
        known = next((n.addresses for n in NODES if n.name == node), known)
    template = known is None and draw(_rarely)
    kind = "Deployment" if template else "Pod"
    return Pod(
        workload=WorkloadName(draw(st.sampled_from(namespaces)), f"p{number}", kind),
        labels=draw(st.sampled_from(POD_LABELS)),
        ports=draw(_ports_of_pods),
        name=None if template else f"p{number}",
        addresses=known,
        network=network,
        node=node,
    )


@st.composite
def peers(draw: st.DrawFn) -> Peer:
    """One item of ``from`` or ``to``; seldom with a placeholder."""
    match draw(_peer_forms):
        case "pods":
            return PodPeer(None, draw(st.sampled_from(POD_SELECTORS)), _NOWHERE)
        case "namespaces":
            return PodPeer(draw(st.sampled_from(NAMESPACE_SELECTORS)), Selector(), _NOWHERE)
        case "both":
            return PodPeer(
                draw(st.sampled_from(NAMESPACE_SELECTORS)),
                draw(st.sampled_from(POD_SELECTORS)),
                _NOWHERE,
            )
        case "placeholder":
            return _PLACEHOLDER_BLOCK
    return draw(st.sampled_from(BLOCKS))


_peer_lists = st.lists(peers(), max_size=3).map(tuple)


def located(policy: NetworkPolicy, rules: Sequence[Rule]) -> NetworkPolicy:
    """The policy with these rules, numbered and placed as if they were read in this order."""
    seen = dict.fromkeys(Direction, 0)
    placed: list[Rule] = []
    for rule in rules:
        index = seen[rule.direction]
        seen[rule.direction] += 1
        field = f"spec.{rule.direction.word}[{index}]"
        side = "from" if rule.direction is Direction.INGRESS else "to"
        place = replace(policy.location, field=field)
        placed.append(
            Rule(
                policy=policy.title,
                direction=rule.direction,
                index=index,
                peers=tuple(
                    replace(peer, location=replace(place, field=f"{field}.{side}[{i}]"))
                    for i, peer in enumerate(rule.peers)
                ),
                ports=tuple(
                    replace(port, location=replace(place, field=f"{field}.ports[{i}]"))
                    for i, port in enumerate(rule.ports)
                ),
                location=place,
            )
        )
    return replace(policy, rules=tuple(placed))


@st.composite
def rules(draw: st.DrawFn, directions: Sequence[Direction]) -> Rule:
    """A rule of one of these directions, as yet of no policy."""
    direction = draw(st.sampled_from(directions))
    return Rule("", direction, 0, draw(_peer_lists), draw(_ports_of_rules), _NOWHERE)


_DIRECTIONS = ((Direction.INGRESS,), (Direction.EGRESS,), (Direction.INGRESS, Direction.EGRESS))


@st.composite
def policies(draw: st.DrawFn, number: int, namespaces: Sequence[str]) -> NetworkPolicy:
    """One policy."""
    directions = draw(st.sampled_from(_DIRECTIONS))
    policy = NetworkPolicy(
        namespace=draw(st.sampled_from(namespaces)),
        name=f"policy-{number}",
        subject=draw(st.sampled_from(_SUBJECTS)),
        directions=directions,
        rules=(),
        location=Location("generated.yaml", number + 1),
    )
    return located(policy, draw(st.lists(rules(directions), max_size=3)))


_subject_peers = st.builds(
    PodPeer,
    st.sampled_from((Selector(), *NAMESPACE_SELECTORS)),
    st.sampled_from((Selector(), *_SUBJECTS)),
    st.just(_NOWHERE),
)
_PEERS_OUTSIDE: tuple[Peer, ...] = (
    *BLOCKS,
    NodePeer(Selector(), _NOWHERE),
    NodePeer(Selector.of({"zone": "x"}), _NOWHERE),
    DomainPeer(("example.com",), _NOWHERE),
)


@st.composite
def admin_rules(draw: st.DrawFn, title: str, direction: Direction, index: int) -> Rule:
    """A rule of an admin tier; only egress has peers outside of pods."""
    outside = st.sampled_from(_PEERS_OUTSIDE)
    several: st.SearchStrategy[Peer] = _subject_peers
    if direction is Direction.EGRESS:
        several = _subject_peers | outside
    found = draw(st.lists(several, min_size=1, max_size=2))
    action = draw(st.sampled_from(tuple(Action)))
    ports = draw(_ports_of_rules)
    place = Location("generated.yaml", index + 1, f"{title} {direction.word}")
    return Rule(title, direction, index, tuple(found), ports, place, action)


@st.composite
def admin_policies(draw: st.DrawFn, number: int) -> AdminPolicy:
    """A policy of an admin tier; priorities collide."""
    title = f"AdminNetworkPolicy/a{number}"
    listed = tuple(
        draw(admin_rules(title, direction, index))
        for direction in Direction
        for index in range(draw(st.integers(0, 3)))
    )
    return AdminPolicy(
        kind="AdminNetworkPolicy",
        name=f"a{number}",
        tier=draw(st.sampled_from((Tier.ADMIN, Tier.ADMIN, Tier.BASELINE))),
        priority=draw(st.integers(1, 3)),
        subject=draw(_subject_peers),
        rules=listed,
        location=_NOWHERE,
    )


@st.composite
def clusters(draw: st.DrawFn) -> Cluster:
    """A small cluster; a namespace may be absent from the input, or be marked as implied."""
    names = NAMESPACE_NAMES[: draw(st.sampled_from((1, 2, 2, 3, 4)))]
    namespaces: list[Namespace] = []
    for name in names:
        origin = draw(st.sampled_from((Origin.READ, Origin.READ, Origin.IMPLIED, None)))
        if origin is not None:
            extra = draw(st.sampled_from(_NAMESPACE_LABELS)) if origin is Origin.READ else {}
            labels = Labels.of({NAME_LABEL: name, **extra})
            namespaces.append(Namespace(name, labels, origin))
    resources = Resources(
        namespaces=tuple(namespaces),
        pods=tuple(draw(pods(n, names)) for n in range(draw(st.integers(1, 8)))),
        nodes=NODES if draw(_flags) else (),
        policies=tuple(
            draw(policies(n, names))
            for n in range(draw(st.sampled_from((1, 2, 3, 2, 3, 4, 5, 0))))
        ),
        admin_policies=tuple(
            draw(admin_policies(n)) for n in range(draw(st.sampled_from((0, 0, 1, 2, 3))))
        ),
    )
    return Cluster(resources, draw(conventions))


# --- questions worth asking of a cluster ---


def all_policies(resources: Resources) -> tuple[Policy, ...]:
    """The policies of all tiers."""
    return (*resources.policies, *resources.admin_policies)


def interesting_ports(resources: Resources) -> list[tuple[Protocol, int]]:
    """Ports on both sides of every boundary that a rule or a container draws."""
    found = {(protocol, port) for protocol in Protocol for port in (LOWEST_PORT, HIGHEST_PORT)}
    for policy in all_policies(resources):
        for rule in policy.rules:
            for port in rule.ports:
                if isinstance(port, NumberedPorts):
                    edges = (port.first - 1, port.first, port.last, port.last + 1)
                    found.update((port.protocol, edge) for edge in edges)
    for pod in resources.pods:
        found.update((port.protocol, port.number) for port in pod.ports)
    return sorted(
        ((p, n) for p, n in found if LOWEST_PORT <= n <= HIGHEST_PORT),
        key=lambda connection: (connection[0].value, connection[1]),
    )


_OUTSIDE = (ip_address("8.8.8.8"), ip_address("2001:db8::1"))


def interesting_addresses(resources: Resources) -> list[Address]:
    """Addresses of no pod: of nodes, on both sides of every block's boundaries, and outside."""
    found = list(_OUTSIDE)
    for node in resources.nodes:
        found.extend(family.address(low) for family, (low, _) in node.addresses)
    for policy in all_policies(resources):
        for rule in policy.rules:
            for peer in rule.peers:
                if isinstance(peer, BlockPeer) and peer.addresses is not None:
                    for text in (peer.cidr, *peer.exceptions):
                        found.extend(_around(text))
    taken = [
        pod.addresses
        for pod in resources.pods
        if pod.addresses is not None and pod.network is PodNetwork.POD
    ]
    return [a for a in dict.fromkeys(found) if not any(a in known for known in taken)]
