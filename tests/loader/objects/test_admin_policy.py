"""Policies of the admin tiers, in all the forms that their API had."""

from __future__ import annotations

import pytest

from netsim.loader.load import Loaded
from netsim.model.addresses import AddressSet
from netsim.model.labels import Selector
from netsim.model.location import Location
from netsim.model.peers import BlockPeer, DomainPeer, NodePeer, PodPeer
from netsim.model.policies import (
    UNRANKED,
    Action,
    Direction,
    NamedPort,
    NumberedPorts,
    Policy,
    PolicyPort,
    Tier,
    UnknownPort,
)
from netsim.model.ports import Protocol
from tests.loader.conftest import Read

ADMIN = """\
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: p}
spec:
  priority: 10
  subject: {namespaces: {}}
"""
BASELINE = """\
apiVersion: policy.networking.k8s.io/v1alpha1
kind: BaselineAdminNetworkPolicy
metadata: {name: default}
spec:
  subject: {namespaces: {}}
"""
CLUSTER = """\
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: p}
spec:
  tier: Baseline
  priority: 0
  subject: {namespaces: {}}
"""
TCP, UDP, SCTP = Protocol.TCP, Protocol.UDP, Protocol.SCTP
EVERY = Selector()
SHOP = Selector.of({"team": "shop"})
WEB = Selector.of({"app": "web"})


def policy(loaded: Loaded) -> Policy:
    assert [str(found) for found in loaded.errors] == []
    (found,) = loaded.resources.policies
    return found


def at(line: int, field: str) -> Location:
    return Location("a.yaml", line, field)


HEADS = [
    (ADMIN, "AdminNetworkPolicy/p", Tier.ADMIN, 10),
    (BASELINE, "BaselineAdminNetworkPolicy/default", Tier.BASELINE, UNRANKED),
    (CLUSTER, "ClusterNetworkPolicy/p", Tier.BASELINE, 0),
    (CLUSTER.replace("Baseline", "Admin"), "ClusterNetworkPolicy/p", Tier.ADMIN, 0),
]


@pytest.mark.parametrize(("text", "title", "tier", "priority"), HEADS)
def test_kinds(read: Read, text: str, title: str, tier: Tier, priority: float) -> None:
    found = policy(read(text))
    assert (found.title, found.tier, found.priority) == (title, tier, priority)
    assert found.rules == ()
    assert found.directions == ()


PODS = [
    ("{namespaces: {}}", EVERY, EVERY),
    ("{namespaces: {matchLabels: {team: shop}}}", SHOP, EVERY),
    # The form of the first versions.
    ("{namespaces: {namespaceSelector: {matchLabels: {team: shop}}}}", SHOP, EVERY),
    (
        (
            "{pods: {namespaceSelector: {matchLabels: {team: shop}}, "
            "podSelector: {matchLabels: {app: web}}}}"
        ),
        SHOP,
        WEB,
    ),
    (
        (
            "{pods: {namespaces: {namespaceSelector: {matchLabels: {team: shop}}}, "
            "podSelector: {matchLabels: {app: web}}}}"
        ),
        SHOP,
        WEB,
    ),
    ("{pods: {namespaceSelector: {}, podSelector: {}}}", EVERY, EVERY),
]


@pytest.mark.parametrize(("pods", "namespaces", "selector"), PODS)
@pytest.mark.parametrize("head", [ADMIN, CLUSTER])
def test_subjects(
    read: Read, head: str, pods: str, namespaces: Selector, selector: Selector
) -> None:
    found = policy(read(head.replace("{namespaces: {}}", pods))).subject
    assert (found.namespaces, found.pods) == (namespaces, selector)


@pytest.mark.parametrize(("pods", "namespaces", "selector"), PODS)
def test_pods_as_peers(read: Read, pods: str, namespaces: Selector, selector: Selector) -> None:
    text = f"{ADMIN}  ingress:\n  - action: Deny\n    from:\n    - {pods}\n"
    (rule,) = policy(read(text)).rules
    assert rule.peers == (PodPeer(namespaces, selector, at(10, "spec.ingress[0].from[0]")),)


def test_a_half_that_is_missing_is_said(read: Read) -> None:
    loaded = read(ADMIN.replace("{namespaces: {}}", "{pods: {podSelector: {}}}"))
    (found,) = loaded.diagnostics
    assert str(found) == (
        "a.yaml:6: warning: spec.subject.pods: no namespaceSelector: read as {}, which selects "
        "all; the API server requires it"
    )
    loaded = read(ADMIN.replace("{namespaces: {}}", "{pods: {namespaceSelector: {}}}"))
    assert policy(loaded).subject.pods == EVERY
    assert "no podSelector: read as {}" in str(loaded.diagnostics[0])


def test_v1alpha2_needs_no_namespace_selector(read: Read) -> None:
    loaded = read(CLUSTER.replace("{namespaces: {}}", "{pods: {podSelector: {}}}"))
    assert policy(loaded).subject.namespaces == EVERY
    assert loaded.diagnostics == ()
    text = CLUSTER.replace("{namespaces: {}}", "{pods: {namespaceSelector: {}}}")
    assert "podSelector: missing" in read(text).errors[0].message


FORMER = [
    "{namespaces: {namespaceSelector: {}}}",
    "{pods: {namespaces: {namespaceSelector: {}}, podSelector: {}}}",
]


@pytest.mark.parametrize("subject", FORMER)
def test_the_form_of_earlier_versions_is_said_in_v1alpha2(read: Read, subject: str) -> None:
    loaded = read(CLUSTER.replace("{namespaces: {}}", subject))
    (found,) = loaded.diagnostics
    assert "the API server drops it, which selects every namespace" in str(found)
    assert read(ADMIN.replace("{namespaces: {}}", subject)).diagnostics == ()


UNKNOWN = [
    ("ports: [{portNumber: {port: 80, protocol: tcp}}]", "unknown protocol 'tcp'"),
    ("ports: [{portRange: {start: 80, end: 80}}]", "80 is not above start 80"),
]


@pytest.mark.parametrize(("ports", "phrase"), UNKNOWN)
def test_ports_that_only_the_server_understands_are_unknown(
    read: Read, ports: str, phrase: str
) -> None:
    text = f"{ADMIN}  ingress:\n  - {{action: Deny, from: [namespaces: {{}}],\n    {ports}}}\n"
    loaded = read(text)
    (rule,) = policy(loaded).rules
    assert rule.ports
    assert all(isinstance(port, UnknownPort) for port in rule.ports)
    assert phrase in str(loaded.diagnostics[0])


def test_a_network_of_v1alpha1_may_be_none(read: Read) -> None:
    text = f"{ADMIN}  egress:\n  - action: Deny\n    to: [{{networks: [10.0.0.0]}}]\n"
    loaded = read(text)
    (rule,) = policy(loaded).rules
    assert rule.peers == (
        BlockPeer("10.0.0.0", (), None, at(9, "spec.egress[0].to[0].networks[0]")),
    )
    assert "the API server accepts it" in str(loaded.diagnostics[0])


def test_a_name_that_no_port_has_selects_nothing(read: Read) -> None:
    rule = (
        "{action: Deny, from: [namespaces: {}],\n    protocols: [{destinationNamedPort: WEB}]}"
    )
    loaded = read(f"{CLUSTER}  ingress:\n  - {rule}\n")
    assert policy(loaded).rules[0].ports[0] == NamedPort(
        TCP, "WEB", at(10, "spec.ingress[0].protocols[0]")
    )
    assert "no container port can have this name" in str(loaded.diagnostics[0])


@pytest.mark.parametrize("name", ["Files.EXAMPLE.com", "*.my_host.example.com", "a.b."])
def test_domain_names(read: Read, name: str) -> None:
    rule = f"{{action: Accept, to: [{{domainNames: ['{name}']}}]}}"
    loaded = read(f"{CLUSTER}  egress:\n  - {rule}\n")
    assert policy(loaded)
    assert loaded.diagnostics == ()


def test_domain_names_of_a_rule_that_denies_are_unknown(read: Read) -> None:
    loaded = read(f"{CLUSTER}  egress:\n  - {{action: Deny, to: [{{domainNames: [a.b]}}]}}\n")
    assert policy(loaded)
    assert "are meant for action Accept alone" in str(loaded.diagnostics[0])


def test_null_is_no_item_of_a_custom_resource(read: Read) -> None:
    """Lists of a schema that is not nullable refuse it, mappings drop it."""
    (error,) = read(f"{CLUSTER}  ingress: [~]\n").errors
    assert "expected a mapping" in error.message
    text = CLUSTER.replace("{namespaces: {}}", "{namespaces: {matchLabels: {a: ~}}}")
    loaded = read(text)
    assert policy(loaded).subject.namespaces == EVERY
    assert "the API server drops this label" in str(loaded.diagnostics[0])


def test_duplicate_networks_of_v1alpha1_are_a_warning(read: Read) -> None:
    networks = "[10.0.0.0/8, 10.0.0.0/8]"
    loaded = read(f"{ADMIN}  egress:\n  - {{action: Deny, to: [{{networks: {networks}}}]}}\n")
    assert policy(loaded)
    assert "some versions of the definition refuse it" in str(loaded.diagnostics[0])


def block(cidr: str, field: str) -> BlockPeer:
    return BlockPeer(cidr, (), AddressSet.parse(cidr), at(12, field))


def test_peers_outside_of_pods(read: Read) -> None:
    text = f"""{ADMIN}
  egress:
  - action: Allow
    name: out
    to:
    - networks: [10.0.0.0/8, "2001:db8::/32"]
    - nodes: {{matchLabels: {{app: web}}}}
    - domainNames: ["*.example.com", example.org]
"""
    (rule,) = policy(read(text)).rules
    place = "spec.egress[0].to"
    assert rule.name == "out"
    assert rule.title == "AdminNetworkPolicy/p egress[0]"
    assert rule.peers == (
        BlockPeer(
            "10.0.0.0/8", (), AddressSet.parse("10.0.0.0/8"), at(12, f"{place}[0].networks[0]")
        ),
        BlockPeer(
            "2001:db8::/32",
            (),
            AddressSet.parse("2001:db8::/32"),
            at(12, f"{place}[0].networks[1]"),
        ),
        NodePeer(WEB, at(13, f"{place}[1]")),
        DomainPeer(("*.example.com", "example.org"), at(14, f"{place}[2]")),
    )


def test_rules_keep_their_order_and_action(read: Read) -> None:
    text = ADMIN + "".join(
        f"  {way}:\n"
        + "".join(
            f"  - {{action: {action}, {side}: [namespaces: {{}}]}}\n"
            for action in ("Pass", "Deny", "Allow")
        )
        for way, side in (("egress", "to"), ("ingress", "from"))
    )
    found = policy(read(text))
    order = (Action.PASS, Action.DENY, Action.ALLOW)
    for direction in Direction:
        rules = found.rules_of(direction)
        assert [rule.index for rule in rules] == [0, 1, 2]
        assert tuple(rule.action for rule in rules) == order


def test_accept_is_allow(read: Read) -> None:
    text = f"{CLUSTER}  ingress:\n  - {{action: Accept, from: [namespaces: {{}}]}}\n"
    (rule,) = policy(read(text)).rules
    assert rule.action is Action.ALLOW


HERE = at(9, "spec.ingress[0].ports[0]")
PORTS: list[tuple[str, tuple[PolicyPort, ...]]] = [
    ("{portNumber: {protocol: UDP, port: 53}}", (NumberedPorts(UDP, 53, 53, HERE),)),
    ("{portNumber: {port: 53}}", (NumberedPorts(TCP, 53, 53, HERE),)),  # the default
    (
        "{portRange: {protocol: SCTP, start: 1, end: 65535}}",
        (NumberedPorts(SCTP, 1, 65535, HERE),),
    ),
    # A name has no protocol: it may be of any.
    ("{namedPort: web}", tuple(NamedPort(protocol, "web", HERE) for protocol in Protocol)),
    ('{portNumber: {port: "${PORT}"}}', (UnknownPort(TCP, "${PORT}", HERE),)),
]


@pytest.mark.parametrize(("port", "expected"), PORTS)
def test_ports(read: Read, port: str, expected: tuple[PolicyPort, ...]) -> None:
    rule = f"{{action: Deny, from: [namespaces: {{}}],\n    ports: [{port}]}}"
    (found,) = policy(read(f"{ADMIN}  ingress:\n  - {rule}\n")).rules
    assert found.ports == expected


THERE = at(10, "spec.ingress[0].protocols[0]")
PROTOCOLS: list[tuple[str, tuple[PolicyPort, ...]]] = [
    ("{tcp: {destinationPort: {number: 80}}}", (NumberedPorts(TCP, 80, 80, THERE),)),
    (
        "{udp: {destinationPort: {range: {start: 1, end: 9}}}}",
        (NumberedPorts(UDP, 1, 9, THERE),),
    ),
    ("{sctp: {destinationPort: {number: 9}}}", (NumberedPorts(SCTP, 9, 9, THERE),)),
    (
        "{destinationNamedPort: web}",
        tuple(NamedPort(protocol, "web", THERE) for protocol in Protocol),
    ),
]


@pytest.mark.parametrize(("protocol", "expected"), PROTOCOLS)
def test_protocols(read: Read, protocol: str, expected: tuple[PolicyPort, ...]) -> None:
    rule = f"{{action: Deny, from: [namespaces: {{}}],\n    protocols: [{protocol}]}}"
    (found,) = policy(read(f"{CLUSTER}  ingress:\n  - {rule}\n")).rules
    assert found.ports == expected


def test_a_namespace_means_nothing(read: Read) -> None:
    loaded = read(ADMIN.replace("{name: p}", "{name: p, namespace: shop}"))
    assert policy(loaded).title == "AdminNetworkPolicy/p"
    assert ["is cluster-scoped" in found.message for found in loaded.diagnostics] == [True]
    assert loaded.resources.namespaces == ()


def test_one_wrong_rule_rejects_the_policy_and_no_other(read: Read) -> None:
    wrong = f"{ADMIN}  ingress:\n  - {{action: Drop, from: [namespaces: {{}}]}}\n"
    loaded = read(f"{wrong}---\n{BASELINE}")
    assert len(loaded.errors) == 1
    assert [p.kind for p in loaded.resources.policies] == ["BaselineAdminNetworkPolicy"]
