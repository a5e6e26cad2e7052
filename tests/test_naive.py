"""The naive evaluator in cases small enough to be decided by reading the API."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from msgspec.structs import replace

from netsim.model.addresses import AddressSet
from netsim.model.conventions import Conventions, IpBlockPods
from netsim.model.labels import Labels, Operator, Requirement, Selector
from netsim.model.location import Location
from netsim.model.peers import BlockPeer, Peer, PodPeer
from netsim.model.policies import (
    Direction,
    EveryPort,
    NamedPort,
    NumberedPorts,
    Policy,
    PolicyPort,
    Rule,
    UnknownPort,
)
from netsim.model.ports import Protocol
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
from netsim.model.verdict import Outcome
from tests.naive.decision import decide
from tests.naive.matching import End
from tests.policies import network_policy, network_policy_id
from tests.strategies.parts import block

ALLOW, DENY, UNKNOWN = Outcome.ALLOW, Outcome.DENY, Outcome.UNKNOWN
TCP, UDP, SCTP = Protocol.TCP, Protocol.UDP, Protocol.SCTP
INGRESS, EGRESS = Direction.INGRESS, Direction.EGRESS
HERE = Location("case.yaml", 1)
ANY = Selector()


def pod(
    name: str,
    namespace: str = "shop",
    *,
    address: str | tuple[str, ...] | None = None,
    ports: tuple[ContainerPort, ...] = (),
    network: PodNetwork = PodNetwork.POD,
    node: str | None = None,
) -> Pod:
    known = (address,) if isinstance(address, str) else address
    return Pod(
        WorkloadName(namespace, name, "Pod"),
        Labels.of({"app": name}),
        ports,
        name,
        None if known is None else AddressSet.of(known),
        network,
        node,
    )


WEB = pod("web", address="10.0.0.1")
API = pod(
    "api",
    ports=(
        ContainerPort(4000, TCP, "http"),
        ContainerPort(4001, TCP, "http"),
        ContainerPort(53, UDP, "dns"),
    ),
    node="two",
)
DUAL = pod("dual", address=("10.0.0.9", "fd00::9"))
SPY = pod("web", "other", address="10.0.1.1")
LOST = pod("lost", "absent", address="10.0.2.1")
HOST = pod("agent", address="172.16.0.1", network=PodNetwork.HOST, node="one")
HIDDEN_HOST = pod("hidden", network=PodNetwork.HOST)
RESIDENT = pod("resident", node="one")
OUTSIDE = ip_address("203.0.113.7")
NODE_ADDRESS = ip_address("172.16.0.1")

NAMESPACES = (
    Namespace("shop", Labels.of({NAME_LABEL: "shop", "team": "x"}), Origin.READ),
    Namespace("other", Labels.of({NAME_LABEL: "other"}), Origin.READ),
)
PODS = (WEB, API, DUAL, SPY, LOST, HOST, HIDDEN_HOST, RESIDENT)
NODES = (Node("one", Labels(), AddressSet.parse("172.16.0.1"), AddressSet.empty()),)


def rule(
    direction: Direction, peers: tuple[Peer, ...] = (), ports: tuple[PolicyPort, ...] = ()
) -> Rule:
    return Rule(network_policy_id("shop", "policy"), direction, 0, peers, ports, HERE)


def policy(
    *rules: Rule,
    subject: Selector = ANY,
    directions: tuple[Direction, ...] = (INGRESS,),
    namespace: str = "shop",
) -> Policy:
    identity = network_policy_id(namespace, "policy")
    return network_policy(identity, subject, directions, rules, HERE)


def ask(
    source: End,
    destination: End,
    *policies: Policy,
    port: int = 4000,
    protocol: Protocol = TCP,
    mode: IpBlockPods = IpBlockPods.MATCH,
) -> Outcome:
    resources = Resources(NAMESPACES, PODS, NODES, policies=policies)
    return decide(resources, Conventions(mode), source, destination, protocol, port)


def peer(namespaces: Selector | None, pods: Selector = ANY) -> PodPeer:
    return PodPeer(namespaces, pods, HERE)


def named(name: str) -> Selector:
    return Selector.of({"app": name})


def space(key: str, operator: Operator, *values: str) -> Selector:
    return Selector((Requirement(key, operator, values),))


def test_without_policies_everything_is_allowed() -> None:
    for source in (*PODS, OUTSIDE):
        for destination in (*PODS, OUTSIDE):
            assert ask(source, destination) is ALLOW


def test_a_policy_without_rules_denies_its_direction() -> None:
    assert ask(WEB, API, policy()) is DENY
    assert ask(API, OUTSIDE, policy()) is ALLOW
    assert ask(API, OUTSIDE, policy(directions=(EGRESS,))) is DENY
    assert ask(SPY, API, policy(directions=(EGRESS,))) is ALLOW
    assert ask(WEB, SPY, policy()) is ALLOW
    assert ask(WEB, API, policy(subject=named("web"))) is ALLOW
    assert ask(WEB, API, policy(namespace="other")) is ALLOW


def test_the_empty_rule_allows_everything() -> None:
    for source in (WEB, SPY, HOST, OUTSIDE):
        assert ask(source, API, policy(rule(INGRESS))) is ALLOW


def test_both_ends_must_allow() -> None:
    into = policy(rule(INGRESS, (peer(None, named("web")),)), subject=named("api"))
    nothing_out = policy(subject=named("web"), directions=(EGRESS,))
    out = policy(
        rule(EGRESS, (peer(None, named("api")),)), subject=named("web"), directions=(EGRESS,)
    )
    assert ask(WEB, API, into) is ALLOW
    assert ask(WEB, API, into, nothing_out) is DENY
    assert ask(WEB, API, into, nothing_out, out) is ALLOW
    assert ask(DUAL, API, into) is DENY


def test_a_pod_reaches_itself_and_its_own_node() -> None:
    closed = policy(directions=(INGRESS, EGRESS))
    assert ask(WEB, WEB, closed) is ALLOW
    assert ask(HOST, RESIDENT, closed) is ALLOW
    assert ask(NODE_ADDRESS, RESIDENT, closed) is ALLOW
    assert ask(RESIDENT, HOST, closed) is ALLOW
    assert ask(HOST, API, closed) is DENY
    assert ask(HIDDEN_HOST, RESIDENT, closed) is UNKNOWN  # it may be on that node
    assert ask(NODE_ADDRESS, API, closed) is DENY


def test_the_pods_of_a_template_are_many() -> None:
    template = replace(API, name=None)
    assert ask(template, template, policy()) is DENY
    assert ask(template, template, policy(rule(INGRESS, (peer(None, named("api")),)))) is ALLOW


def test_pods_on_the_host_network_are_never_selected() -> None:
    assert ask(WEB, HOST, policy()) is ALLOW
    assert ask(HOST, OUTSIDE, policy(directions=(EGRESS,))) is ALLOW
    assert ask(HOST, API, policy(rule(INGRESS, (peer(None),)))) is DENY
    assert ask(HOST, API, policy(rule(INGRESS, (block("172.16.0.0/12"),)))) is ALLOW


@pytest.mark.parametrize(
    ("item", "web", "spy", "lost", "outside"),
    [
        (peer(None), ALLOW, DENY, DENY, DENY),
        (peer(None, named("web")), ALLOW, DENY, DENY, DENY),
        (peer(ANY), ALLOW, ALLOW, ALLOW, DENY),
        (peer(ANY, named("web")), ALLOW, ALLOW, DENY, DENY),
        (peer(space("team", Operator.EXISTS)), ALLOW, DENY, DENY, DENY),
        (peer(space("team", Operator.DOES_NOT_EXIST)), DENY, ALLOW, ALLOW, DENY),
        (peer(space("team", Operator.NOT_IN, "x")), DENY, ALLOW, ALLOW, DENY),
        (peer(space("team", Operator.IN, "x", "y")), ALLOW, DENY, DENY, DENY),
        (peer(space(NAME_LABEL, Operator.IN, "absent")), DENY, DENY, ALLOW, DENY),
        (block("0.0.0.0/0"), ALLOW, ALLOW, ALLOW, ALLOW),
        (block("0.0.0.0/0", "10.0.1.0/24"), ALLOW, DENY, ALLOW, ALLOW),
        (block("203.0.113.7/32"), DENY, DENY, DENY, ALLOW),
        (block("::/0"), DENY, DENY, DENY, DENY),  # an IPv6 block, IPv4 pods
    ],
)
def test_peers(item: Peer, web: Outcome, spy: Outcome, lost: Outcome, outside: Outcome) -> None:
    only = policy(rule(INGRESS, (item,)))
    found = [ask(source, API, only) for source in (WEB, SPY, LOST, OUTSIDE)]
    assert found == [web, spy, lost, outside]


def test_items_and_rules_are_a_union() -> None:
    items = policy(rule(INGRESS, (peer(None, named("web")), block("203.0.113.0/24"))))
    assert [ask(s, API, items) for s in (WEB, OUTSIDE, DUAL)] == [ALLOW, ALLOW, DENY]
    separate = policy(
        rule(INGRESS, (peer(None, named("web")),)), rule(INGRESS, (block("203.0.113.0/24"),))
    )
    assert [ask(s, API, separate) for s in (WEB, OUTSIDE, DUAL)] == [ALLOW, ALLOW, DENY]


@pytest.mark.parametrize(
    ("item", "protocol", "port", "expected"),
    [
        (NumberedPorts(TCP, 80, 90, HERE), TCP, 79, DENY),
        (NumberedPorts(TCP, 80, 90, HERE), TCP, 80, ALLOW),
        (NumberedPorts(TCP, 80, 90, HERE), TCP, 90, ALLOW),
        (NumberedPorts(TCP, 80, 90, HERE), TCP, 91, DENY),
        (NumberedPorts(TCP, 80, 90, HERE), UDP, 80, DENY),
        (EveryPort(UDP, HERE), UDP, 65535, ALLOW),
        (EveryPort(UDP, HERE), SCTP, 65535, DENY),
        (NamedPort(TCP, "http", HERE), TCP, 4000, ALLOW),
        (NamedPort(TCP, "http", HERE), TCP, 4001, DENY),
        (NamedPort(TCP, "dns", HERE), TCP, 53, DENY),
        (NamedPort(UDP, "dns", HERE), UDP, 53, ALLOW),
        (NamedPort(TCP, "gone", HERE), TCP, 4000, DENY),
        (UnknownPort(TCP, "${PORT}", HERE), TCP, 1, UNKNOWN),
        (UnknownPort(TCP, "${PORT}", HERE), UDP, 1, DENY),
    ],
)
def test_ports(item: PolicyPort, protocol: Protocol, port: int, expected: Outcome) -> None:
    into = policy(rule(INGRESS, (), (item,)))
    out = policy(rule(EGRESS, (), (item,)), subject=named("web"), directions=(EGRESS,))
    assert ask(WEB, API, into, port=port, protocol=protocol) is expected
    assert ask(WEB, API, out, port=port, protocol=protocol) is expected


def test_a_named_port_never_matches_outside() -> None:
    out = policy(rule(EGRESS, (), (NamedPort(TCP, "http", HERE),)), directions=(EGRESS,))
    assert ask(API, OUTSIDE, out) is DENY
    assert ask(WEB, API, out) is ALLOW


PLACEHOLDER = BlockPeer("${CIDR}", (), None, HERE)
RANGES_AND_MORE = block("0.0.0.0/0", "203.0.113.0/24")
OUT_OF_RANGES = block("203.0.113.0/24")
HALF = block("10.0.0.0/8")
NOTHING = block("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1")


@pytest.mark.parametrize(
    ("item", "end", "match", "known", "ignore"),
    [
        (HALF, WEB, ALLOW, ALLOW, DENY),
        (HALF, DUAL, UNKNOWN, UNKNOWN, DENY),
        (block("fd00::/64"), DUAL, UNKNOWN, UNKNOWN, DENY),
        (OUT_OF_RANGES, WEB, DENY, DENY, DENY),
        (HALF, HOST, DENY, DENY, DENY),
        (block("172.16.0.0/12"), HOST, ALLOW, ALLOW, DENY),
        # The input has IPv6, so a pod of unknown address may use that.
        (RANGES_AND_MORE, RESIDENT, UNKNOWN, DENY, DENY),
        (OUT_OF_RANGES, RESIDENT, DENY, DENY, DENY),
        (HALF, RESIDENT, UNKNOWN, DENY, DENY),
        (block("::/0"), RESIDENT, UNKNOWN, DENY, DENY),
        (NOTHING, RESIDENT, DENY, DENY, DENY),
        (RANGES_AND_MORE, HIDDEN_HOST, UNKNOWN, DENY, DENY),
        (OUT_OF_RANGES, HIDDEN_HOST, UNKNOWN, DENY, DENY),
        (NOTHING, HIDDEN_HOST, DENY, DENY, DENY),
        (PLACEHOLDER, WEB, UNKNOWN, UNKNOWN, DENY),
        (PLACEHOLDER, RESIDENT, UNKNOWN, DENY, DENY),
        (PLACEHOLDER, HOST, UNKNOWN, UNKNOWN, DENY),
        (PLACEHOLDER, HIDDEN_HOST, UNKNOWN, DENY, DENY),
        (PLACEHOLDER, OUTSIDE, UNKNOWN, UNKNOWN, UNKNOWN),
        (OUT_OF_RANGES, OUTSIDE, ALLOW, ALLOW, ALLOW),
    ],
)
def test_blocks(item: Peer, end: End, match: Outcome, known: Outcome, ignore: Outcome) -> None:
    into = policy(rule(INGRESS, (item,)), subject=named("api"))
    out = policy(rule(EGRESS, (item,)), subject=named("api"), directions=(EGRESS,))
    modes = (IpBlockPods.MATCH, IpBlockPods.KNOWN, IpBlockPods.IGNORE)
    assert [ask(end, API, into, mode=mode) for mode in modes] == [match, known, ignore]
    assert [ask(API, end, out, mode=mode) for mode in modes] == [match, known, ignore]


def test_denial_outweighs_the_unknown_and_a_sure_match_settles_it() -> None:
    unsure = policy(
        rule(INGRESS, (), (UnknownPort(TCP, "${PORT}", HERE),)), subject=named("api")
    )
    closed = policy(subject=named("web"), directions=(EGRESS,))
    sure = policy(rule(INGRESS, (), (NumberedPorts(TCP, 4000, 4000, HERE),)))
    assert ask(WEB, API, unsure) is UNKNOWN
    assert ask(WEB, API, unsure, closed) is DENY
    assert ask(WEB, API, unsure, sure) is ALLOW
    both = policy(rule(INGRESS, (HALF,), (UnknownPort(TCP, "${PORT}", HERE),)))
    assert ask(RESIDENT, API, both) is UNKNOWN
    assert ask(OUTSIDE, API, both) is DENY
