from __future__ import annotations

import pytest

from netsim.loader.load import Loaded
from netsim.model.addresses import AddressSet
from netsim.model.labels import Operator, Requirement, Selector
from netsim.model.location import Location
from netsim.model.peers import BlockPeer, PodPeer
from netsim.model.policies import (
    Direction,
    EveryPort,
    NamedPort,
    NumberedPorts,
    Policy,
    UnknownPort,
)
from netsim.model.ports import Protocol
from tests.loader.conftest import Read

HEAD = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: p\nspec:\n"
SPEC_LINE = 6

INGRESS, EGRESS = Direction.INGRESS, Direction.EGRESS


def place(line: int, field: str) -> Location:
    return Location("a.yaml", line, field)


def policy(loaded: Loaded) -> Policy:
    assert [str(found) for found in loaded.errors] == []
    (found,) = loaded.resources.policies
    return found


DIRECTIONS = [
    ("{podSelector: {}}", (INGRESS,), 0),
    ("{ingress: []}", (INGRESS,), 0),
    ("{egress: []}", (INGRESS,), 0),  # an empty list is no egress rule
    ("{egress: }", (INGRESS,), 0),
    ("{egress: [{}]}", (INGRESS, EGRESS), 1),
    ("{policyTypes: [], egress: [{}]}", (INGRESS, EGRESS), 1),  # empty is as absent
    ("{policyTypes: [Egress]}", (EGRESS,), 0),
    ("{policyTypes: [Egress, Ingress]}", (INGRESS, EGRESS), 0),
    ("{policyTypes: [Egress], ingress: [{}]}", (EGRESS,), 0),  # the rule has no effect
    ("{policyTypes: [Ingress], ingress: [{}, {}], egress: [{}]}", (INGRESS,), 2),
]


@pytest.mark.parametrize(("spec", "directions", "rules"), DIRECTIONS)
def test_directions(
    read: Read, spec: str, directions: tuple[Direction, ...], rules: int
) -> None:
    found = policy(read(HEAD.replace("spec:\n", f"spec: {spec}\n")))
    assert found.directions == directions
    assert len(found.rules) == rules


def test_rules_without_effect_are_warned_about(read: Read) -> None:
    loaded = read(HEAD + "  policyTypes: [Egress]\n  ingress:\n  - {}\n")
    (warning,) = loaded.diagnostics
    assert warning.location == place(7, "spec.ingress")
    assert "policyTypes does not list Ingress" in warning.message


def test_a_whole_policy(read: Read) -> None:
    found = policy(
        read(
            HEAD
            + """\
  podSelector:
    matchLabels: {app: web}
    matchExpressions:
    - {key: tier, operator: NotIn, values: [b, a, b]}
  ingress:
  - from:
    - podSelector: {}
      namespaceSelector:
        matchLabels: {team: x}
    - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}
    ports:
    - port: 80
    - {port: 90, endPort: 99, protocol: UDP}
    - {protocol: SCTP}
    - port: http
"""
        )
    )
    rule = "spec.ingress[0]"
    assert found.location == place(4, "metadata.name")
    assert found.title == "default/p"
    assert found.subject.pods == Selector.of(
        {"app": "web"}, [Requirement("tier", Operator.NOT_IN, ("a", "b"))]
    )
    (only,) = found.rules
    assert only.location == place(11, rule)
    assert only.peers == (
        PodPeer(Selector.of({"team": "x"}), Selector(), place(12, f"{rule}.from[0]")),
        BlockPeer(
            "10.0.0.0/8",
            ("10.1.0.0/16",),
            AddressSet.parse("10.0.0.0/8") - AddressSet.parse("10.1.0.0/16"),
            place(15, f"{rule}.from[1]"),
        ),
    )
    assert only.ports == (
        NumberedPorts(Protocol.TCP, 80, 80, place(17, f"{rule}.ports[0]")),
        NumberedPorts(Protocol.UDP, 90, 99, place(18, f"{rule}.ports[1]")),
        EveryPort(Protocol.SCTP, place(19, f"{rule}.ports[2]")),
        NamedPort(Protocol.TCP, "http", place(20, f"{rule}.ports[3]")),
    )


def test_placeholders_leave_ports_and_blocks_unknown(read: Read) -> None:
    loaded = read(
        HEAD
        + """\
  egress:
  - to:
    - ipBlock: {cidr: "${CIDR}"}
    - ipBlock: {cidr: 10.0.0.0/8, except: ["${CIDR}"]}
    ports:
    - port: ${PORT}
    - {port: 80, endPort: "${END}"}
    - {port: "${CIDR}", endPort: 90}
"""
    )
    (rule,) = policy(loaded).rules
    assert [peer.addresses for peer in rule.peers if isinstance(peer, BlockPeer)] == [None] * 2
    assert [port.text for port in rule.ports if isinstance(port, UnknownPort)] == [
        "${PORT}",
        "80-${END}",
        "${CIDR}",
    ]
    # Once each, where it is used first.
    assert [
        (found.location.line, found.message.split()[1]) for found in loaded.diagnostics
    ] == [
        (8, "${CIDR}"),
        (11, "${PORT}"),
        (12, "${END}"),
    ]


REFUSED = [
    ("ingress: {}", "spec.ingress", "expected a list"),
    ("ingress: [from]", "spec.ingress[0]", "expected a mapping"),
    ("ingress: [{to: []}]", "spec.ingress[0].to", "unknown field to"),
    ("ingress: [{from: [~]}]", "spec.ingress[0].from[0]", "empty peer"),
    ("egress: [{from: []}]", "spec.egress[0].from", "unknown field from"),
    ("ingress: [{from: [{}]}]", "spec.ingress[0].from[0]", "empty peer"),
    ("ingress: [{from: [{podSelector: }]}]", "spec.ingress[0].from[0]", "empty peer"),
    ("ingress: [{from: [{ipBlock: {}}]}]", "spec.ingress[0].from[0].ipBlock.cidr", "missing"),
    (
        "ingress: [{from: [{podselector: {}}]}]",
        "spec.ingress[0].from[0].podselector",
        "did you mean podSelector?",
    ),
    ("ingress: [{ports: [{port: 70000}]}]", "spec.ingress[0].ports[0].port", "70000 is not a"),
    (
        "ingress: [{ports: [{port: '80'}]}]",
        "spec.ingress[0].ports[0].port",
        "remove the quotes",
    ),
    ("ingress: [{ports: [{port: yes}]}]", "spec.ingress[0].ports[0].port", "whole number"),
    (
        "ingress: [{ports: [{port: 80, endPort: '90'}]}]",
        "spec.ingress[0].ports[0].endPort",
        "quo",
    ),
    (
        "ingress: [{ports: [{protocol: '${P}'}]}]",
        "spec.ingress[0].ports[0].protocol",
        "TCP, UDP",
    ),
    ("policyTypes: Ingress", "spec.policyTypes", "expected a list"),
    ("policyTypes: [Ingress, Egress, Ingress]", "spec.policyTypes", "more than two"),
    ("podSelector: {app: web}", "spec.podSelector.app", "matchLabels"),
    (
        "podSelector: {matchLabels: {a: on}}",
        "spec.podSelector.matchLabels.a",
        "on is a boolean",
    ),
    (
        "podSelector: {matchLabels: {1.5: a}}",
        "spec.podSelector.matchLabels.1.5",
        "key 1.5 is a number",
    ),
    (
        "podSelector: {matchLabels: {y: a, yes: b}}",
        "spec.podSelector.matchLabels.yes",
        "duplicate key true",
    ),
    (
        "podSelector: {matchLabels: {a: [b]}}",
        "spec.podSelector.matchLabels.a",
        "expected text",
    ),
    ("podSelectors: {}", "spec.podSelectors", "did you mean podSelector?"),
]


@pytest.mark.parametrize(("line", "field", "phrase"), REFUSED)
def test_what_is_wrong_rejects_the_policy(
    read: Read, line: str, field: str, phrase: str
) -> None:
    loaded = read(HEAD + f"  {line}\n")
    (error,) = loaded.errors
    assert error.location == place(SPEC_LINE, field)
    assert error.message.startswith(f"{field}: ")
    assert phrase in error.message
    assert loaded.resources.policies == ()


def test_kubectl_numbers_are_ports(read: Read) -> None:
    found = policy(
        read(HEAD + "  ingress: [{ports: [{port: 0o120}, {port: 8_0}, {port: 80.0}]}]\n")
    )
    assert [str(port) for port in found.rules[0].ports] == ["TCP 80"] * 3


def test_unknown_fields_of_the_metadata_are_refused_too(read: Read) -> None:
    loaded = read(HEAD.replace("metadata:", "metadata:\n  namespce: x"))
    assert "did you mean namespace?" in loaded.errors[0].message


def test_a_single_letter_is_text_with_a_warning(read: Read) -> None:
    loaded = read(HEAD + "  podSelector: {matchLabels: {ns: y}}\n")
    assert policy(loaded).subject.pods == Selector.of({"ns": "y"})
    assert "kubectl refuses it" in loaded.diagnostics[0].message


def test_a_key_is_what_kubectl_makes_of_it(read: Read) -> None:
    loaded = read(HEAD + "  podSelector: {matchLabels: {y: a, 'n': b, 010: c, 1: d}}\n")
    labels = {"true": "a", "n": "b", "8": "c", "1": "d"}
    assert policy(loaded).subject.pods == Selector.of(labels)
    assert [found.message.partition(": ")[2] for found in loaded.diagnostics] == [
        'label key y is "true" to kubectl: quote it',
        'label key 010 is "8" to kubectl: quote it',
    ]


def test_null_is_the_empty_item(read: Read) -> None:
    loaded = read(
        HEAD
        + """\
  podSelector:
    matchLabels: {a: ~}
    matchExpressions: [{key: b, operator: In, values: [~]}]
  ingress: [~]
  egress: [{ports: [~]}]
"""
    )
    found = policy(loaded)
    assert found.subject.pods == Selector.of({"a": ""}, [Requirement("b", Operator.IN, ("",))])
    opening, every_port = found.rules
    assert (opening.peers, opening.ports) == ((), ())
    assert [str(port) for port in every_port.ports] == ["TCP every port"]


BLOCKS = [
    ("10.0.0.5/8", "", "'10.0.0.5/8' has bits after its prefix, read as 10.0.0.0/8"),
    ("10.0.0.0/8", "10.1.2.3/16", "'10.1.2.3/16' has bits after its prefix"),
    ("2001:db8::1/32", "", "'2001:db8::1/32' has bits after its prefix"),
]


@pytest.mark.parametrize(("cidr", "exception", "phrase"), BLOCKS)
def test_host_bits_are_masked(read: Read, cidr: str, exception: str, phrase: str) -> None:
    block = f"{{cidr: '{cidr}', except: [{exception}]}}"
    loaded = read(HEAD + f"  ingress: [{{from: [{{ipBlock: {block}}}]}}]\n")
    (peer,) = policy(loaded).rules[0].peers
    assert isinstance(peer, BlockPeer)
    assert peer.addresses is not None
    (warning,) = loaded.diagnostics
    assert phrase in warning.message
    assert "the API server refuses it since Kubernetes 1.36" in warning.message


@pytest.mark.parametrize("cidr", ["::ffff:10.0.0.0/104", "::ffff:a00:0/104"])
def test_what_a_block_of_mapped_addresses_means_is_unknown(read: Read, cidr: str) -> None:
    loaded = read(HEAD + f"  ingress: [{{from: [{{ipBlock: {{cidr: '{cidr}'}}}}]}}]\n")
    (peer,) = policy(loaded).rules[0].peers
    assert isinstance(peer, BlockPeer)
    assert peer.addresses is None
    assert "an older one makes of it is unknown" in loaded.diagnostics[0].message


ANNOTATIONS = [
    ("revision: 3", "annotation value 3 is a number"),
    ("inject: false", "annotation value false is a boolean"),
    ("a b: x", "annotation key 'a b'"),
]


@pytest.mark.parametrize(("annotation", "phrase"), ANNOTATIONS)
def test_annotations_are_texts(read: Read, annotation: str, phrase: str) -> None:
    text = HEAD.replace("  name: p\n", f"  name: p\n  annotations: {{{annotation}}}\n")
    (error,) = read(text).errors
    assert error.location.line == 5
    assert phrase in error.message


def test_annotations_may_have_capitals(read: Read) -> None:
    text = HEAD.replace("  name: p\n", "  name: p\n  annotations: {Example.COM/A: ''}\n")
    assert read(text).diagnostics == ()
