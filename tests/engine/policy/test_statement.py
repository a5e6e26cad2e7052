"""Policies that say the same, and those that nearly do."""

from __future__ import annotations

from io import StringIO

import pytest

from netsim.engine.policy.statement import state
from netsim.loader.load import load
from netsim.model.policies import Policy

HEAD = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: NAME}\nspec: "
A, B = "{podSelector: {matchLabels: {a: x}}}", "{podSelector: {matchLabels: {b: x}}}"


def read(spec: str, name: str = "p") -> Policy:
    return load_one(f"{HEAD.replace('NAME', name)}{spec}\n")


def load_one(text: str) -> Policy:
    loaded = load(["-"], stdin=StringIO(text))
    assert loaded.errors == ()
    (policy,) = loaded.resources.policies
    return policy


def ingress(rules: str) -> str:
    return f"{{podSelector: {{}}, ingress: [{rules}]}}"


def block(cidr: str) -> str:
    return f"{{ipBlock: {{cidr: {cidr}}}}}"


IN = "{podSelector: {matchExpressions: [{key: a, operator: In, values: [x]}]}}"
WHOLE, *HALVES = map(block, ("10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("{ports: [{port: 1}]}, {ports: [{port: 2}]}", "{ports: [{port: 2}, {port: 1}]}"),
        ("{ports: [{port: 1, endPort: 2}]}", "{ports: [{port: 1}, {port: 2}]}"),
        ("{ports: [{protocol: UDP}]}", "{ports: [{protocol: UDP, port: 1, endPort: 65535}]}"),
        ("{}", "{ports: [{protocol: TCP}, {protocol: UDP}, {protocol: SCTP}]}"),
        ("{}", "{}, {}"),
        (f"{{from: [{A}, {B}]}}", f"{{from: [{B}]}}, {{from: [{A}]}}"),
        (f"{{from: [{A}]}}", f"{{from: [{IN}]}}"),
        (f"{{from: [{WHOLE}]}}", f"{{from: [{', '.join(HALVES)}]}}"),
        ("{ports: [{port: web}, {port: 1}]}", "{ports: [{port: 1}]}, {ports: [{port: web}]}"),
    ],
)
def test_the_same(first: str, second: str) -> None:
    assert state(read(ingress(first))) == state(read(ingress(second), "another-name"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("", "{}"),
        ("{ports: [{port: 1}]}", "{ports: [{port: 2}]}"),
        ("{ports: [{port: 1}]}", "{ports: [{port: 1, protocol: UDP}]}"),
        ("{ports: [{port: web}]}", "{ports: [{port: api}]}"),
        # Which port belongs to which peer.
        (
            f"{{from: [{A}], ports: [{{port: 1}}]}}, {{from: [{B}], ports: [{{port: 2}}]}}",
            f"{{from: [{A}], ports: [{{port: 2}}]}}, {{from: [{B}], ports: [{{port: 1}}]}}",
        ),
        (f"{{from: [{A}]}}", f"{{from: [{A}, {B}]}}"),
        # Every pod of the namespace is not everyone.
        ("{}", "{from: [{podSelector: {}}]}"),
        ("{from: [{podSelector: {}}]}", "{from: [{namespaceSelector: {}}]}"),
        (f"{{from: [{block('10.0.0.0/8')}]}}", f"{{from: [{block('10.0.0.0/9')}]}}"),
    ],
)
def test_not_the_same(first: str, second: str) -> None:
    assert state(read(ingress(first))) != state(read(ingress(second)))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("{podSelector: {}}", "{podSelector: {matchLabels: {a: x}}}"),
        ("{podSelector: {}}", "{podSelector: {}, policyTypes: [Egress]}"),
        ("{podSelector: {}, ingress: [{}]}", "{podSelector: {}, egress: [{}]}"),
    ],
)
def test_subject_and_directions_count(first: str, second: str) -> None:
    assert state(read(first)) != state(read(second))


RULES = ("{action: Deny, to: [{namespaces: {}}]}", "{action: Accept, to: [{namespaces: {}}]}")


def test_where_the_first_rule_decides_their_order_counts() -> None:
    texts = [
        "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\n"
        "metadata: {name: p}\n"
        "spec: {tier: Admin, priority: 1, subject: {namespaces: {}}, "
        f"egress: [{', '.join(rules)}]}}\n"
        for rules in (RULES, RULES[::-1])
    ]
    first, second = map(load_one, texts)
    assert state(first) != state(second)
