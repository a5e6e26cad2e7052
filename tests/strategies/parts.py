"""What clusters are built from.

The lists are short and fixed, simplest first: drawing stays cheap, labels and addresses
collide often, and a failing cluster shrinks to something a person can read.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TypeVar

from hypothesis import strategies as st

from netsim.model.addresses import AddressSet
from netsim.model.conventions import Conventions, IpBlockPods
from netsim.model.generated_labels import GeneratedLabel
from netsim.model.labels import Labels, Operator, Requirement, Selector
from netsim.model.location import Location
from netsim.model.peers import BlockPeer
from netsim.model.policies import EveryPort, NamedPort, NumberedPorts, PolicyPort, UnknownPort
from netsim.model.ports import Protocol
from netsim.model.resources import NAME_LABEL, ContainerPort, Node
from netsim.model.truth import Truth

T = TypeVar("T")

NOWHERE = Location("generated.yaml", 0)

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
        Requirement("a", Operator.IN, ("x0",)),
        Requirement("a", Operator.NOT_IN, ("x0", "x1")),
    )
)
GENERATED_LABELS = (
    GeneratedLabel("a"),
    GeneratedLabel("b", "x"),
    GeneratedLabel("a", "x", 0, 1),
    GeneratedLabel("a", "x", 1),
    GeneratedLabel("c", present=Truth.MAYBE),
)
SUBJECTS = (
    *(Selector(),) * 5,
    *(selector for selector in POD_SELECTORS if len(selector.requirements) == 1),
)

NAMESPACE_NAMES = ("n0", "n1", "n2", "n3")
NAMESPACE_LABELS: tuple[dict[str, str], ...] = ({}, {"team": "x"}, {"team": "y"}, {"a": "x"})
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
    return BlockPeer(cidr, exceptions, addresses, NOWHERE)


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
PLACEHOLDER_BLOCK = BlockPeer("${CIDR}", (), None, NOWHERE)

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
    *(NumberedPorts(Protocol.TCP, low, high, NOWHERE) for low, high in _NUMBERS),
    NumberedPorts(Protocol.UDP, 80, 80, NOWHERE),
    NumberedPorts(Protocol.UDP, 53, 81, NOWHERE),
    NumberedPorts(Protocol.SCTP, 80, 90, NOWHERE),
    *(EveryPort(protocol, NOWHERE) for protocol in Protocol),
    *(NamedPort(Protocol.TCP, name, NOWHERE) for name in ("web", "dns", "web", "gone")),
    NamedPort(Protocol.UDP, "dns", NOWHERE),
    NamedPort(Protocol.SCTP, "web", NOWHERE),
    UnknownPort(Protocol.TCP, "${PORT}", NOWHERE),
    UnknownPort(Protocol.UDP, "${PORT}", NOWHERE),
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
        AddressSet.of(("172.16.0.1", "203.0.113.1", "fd01::1")),
        AddressSet.parse("10.0.0.0/30"),
        host_addresses=AddressSet.of(("172.16.0.1", "fd01::1")),
    ),
    Node(
        "two",
        Labels(),
        AddressSet.parse("172.16.0.2"),
        AddressSet.parse("10.0.0.4/30"),
        host_addresses=AddressSet.parse("172.16.0.2"),
    ),
)
NODE_NAMES = (None, None, "one", "two", "gone")
HOSTS = (
    *((name, None) for name in NODE_NAMES),
    *((name, AddressSet.parse("172.16.0.1")) for name in (None, "one")),
    *((name, AddressSet.of(("172.16.0.2", "fd01::2"))) for name in (None, "two")),
    *((name, AddressSet.parse("172.16.0.9")) for name in (None, "gone")),
)
"""What a pod says of its node: ``nodeName`` and ``hostIPs``, which do not contradict."""
NODE_SELECTORS = (
    Labels(),
    Labels(),
    Labels.of({"zone": "x"}),
    Labels.of({"kubernetes.io/os": "linux"}),
)

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


def tuples_of(elements: Sequence[T], most: int) -> st.SearchStrategy[tuple[T, ...]]:
    """Up to so many of these, each as often as it comes."""
    return st.lists(st.sampled_from(elements), max_size=most).map(tuple)
