"""Which mutants a policy has."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsim.loader.load import load
from netsim.model.addresses import Family
from netsim.model.policies import Policy
from netsim.mutation.mutants import Mutation, list_mutants

BOTH = (Family.IPV4, Family.IPV6)


def policies(tmp_path: Path, text: str) -> tuple[Policy, ...]:
    file = tmp_path / "policies.yaml"
    file.write_text(text, encoding="utf-8")
    loaded = load((str(file),), "shop")
    assert not loaded.errors
    return loaded.resources.policies


def network_policy(spec: str) -> str:
    return (
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
        f"metadata: {{name: api, namespace: shop}}\nspec: {spec}\n"
    )


def admin_policy(spec: str) -> str:
    return (
        "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\n"
        f"metadata: {{name: guard}}\nspec: {{priority: 1, {spec}}}\n"
    )


DROPPED = "shop/api: dropped"
OPENED = "shop/api: ingress open to everyone by a further rule"
RULE = "shop/api ingress[0]: removed"
ANYONE = "shop/api ingress[0]: from anyone"


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("{podSelector: {}}", [DROPPED, OPENED]),
        # Without one of two directions it still isolates in the other.
        (
            "{podSelector: {}, policyTypes: [Ingress, Egress]}",
            [
                DROPPED,
                "shop/api: Ingress removed from policyTypes",
                OPENED,
                "shop/api: Egress removed from policyTypes",
                "shop/api: egress open to everyone by a further rule",
            ],
        ),
        # What is open cannot be opened, and has no peer or port to change.
        ("{podSelector: {}, ingress: [{}]}", [DROPPED, RULE]),
        (
            "{podSelector: {matchLabels: {app: api}}, policyTypes: [Ingress]}",
            [DROPPED, "shop/api: selects every pod of the namespace, not only app=api", OPENED],
        ),
        (
            "{podSelector: {matchExpressions: [{key: app, operator: In, values: [a, b]}]}}",
            [
                DROPPED,
                "shop/api: selects every pod of the namespace, not only app in (a,b)",
                "shop/api: no longer selects app=a",
                "shop/api: no longer selects app=b",
                OPENED,
            ],
        ),
        # The only peer is never removed: an empty list means everybody.
        (
            "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}",
            [
                DROPPED,
                OPENED,
                RULE,
                ANYONE,
                "shop/api ingress[0]: any pod of the namespace, not only app=web",
                "shop/api ingress[0]: app=web of any namespace, not only app=web",
            ],
        ),
        (
            (
                "{podSelector: {}, ingress: "
                "[{from: [{namespaceSelector: {}}, {podSelector: {}}]}]}"
            ),
            [
                DROPPED,
                OPENED,
                RULE,
                ANYONE,
                "shop/api ingress[0]: without any pod of any namespace",
                "shop/api ingress[0]: without any pod of the namespace",
                (
                    "shop/api ingress[0]: any pod of any namespace, not only any pod of the "
                    "namespace"
                ),
            ],
        ),
        (
            (
                "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: "
                "[10.0.0.0/16, 10.1.0.0/16]}}]}]}"
            ),
            [
                DROPPED,
                OPENED,
                RULE,
                ANYONE,
                (
                    "shop/api ingress[0]: any address, not only 10.0.0.0/8 except 10.0.0.0/16, "
                    "10.1.0.0/16"
                ),
                "shop/api ingress[0]: 10.0.0.0/8 without its exception 10.0.0.0/16",
                "shop/api ingress[0]: 10.0.0.0/8 without its exception 10.1.0.0/16",
            ],
        ),
        (
            "{podSelector: {}, ingress: [{ports: [{port: 80}, {port: 90, endPort: 99}]}]}",
            [
                DROPPED,
                OPENED,
                RULE,
                "shop/api ingress[0]: without TCP 80",
                "shop/api ingress[0]: without TCP 90-99",
                "shop/api ingress[0]: TCP 100, too",
                "shop/api ingress[0]: on every port",
            ],
        ),
        # There is no port after the last one.
        (
            "{podSelector: {}, ingress: [{ports: [{port: 65535, protocol: UDP}]}]}",
            [
                DROPPED,
                OPENED,
                RULE,
                "shop/api ingress[0]: UDP 65534, too",
                "shop/api ingress[0]: on every port",
            ],
        ),
        # Every port of TCP is one more port already.
        (
            "{podSelector: {}, ingress: [{ports: [{protocol: TCP}]}]}",
            [DROPPED, OPENED, RULE, "shop/api ingress[0]: on every port"],
        ),
    ],
)
def test_of_a_network_policy(tmp_path: Path, spec: str, expected: list[str]) -> None:
    (policy,) = policies(tmp_path, network_policy(spec))
    found = [f"{each.subject}: {each.what}" for each in list_mutants(policy, BOTH)]
    assert found == expected


def test_of_an_admin_policy(tmp_path: Path) -> None:
    text = admin_policy(
        "subject: {namespaces: {matchLabels: {team: shop}}}, "
        "ingress: [{action: Deny, from: [{namespaces: {}}]}], "
        "egress: [{action: Pass, to: [{networks: [10.0.0.0/8]}]}]"
    )
    (policy,) = policies(tmp_path, text)
    found = list(list_mutants(policy, BOTH))
    assert [each.what for each in found] == [
        "dropped",
        "selects pods of every namespace, not only team=shop",
        "ingress open to everyone by a further rule",
        "egress open to everyone by a further rule",
        "removed",
        "Allow instead of Deny",
        "from anyone",
        "removed",
        "Deny instead of Pass",
        "to anyone",
        "any address, not only 10.0.0.0/8",
    ]
    opened = [m.changed for m in found if m.mutation is Mutation.DIRECTION_OPENED]
    # The first rule that matches decides; and no ingress of an admin tier is from addresses.
    assert [p.rules[0].index for p in opened if p] == [1, 1]
    assert [len(p.rules[0].peers) for p in opened if p] == [1, 3]


def test_a_mutant_is_where_it_was_changed(tmp_path: Path) -> None:
    text = network_policy(
        "\n  podSelector: {}\n  ingress:\n  - from:\n    - podSelector: {matchLabels: {a: b}}\n"
        "    ports:\n    - port: 80\n"
    )
    (policy,) = policies(tmp_path, text)
    places = {m.mutation: m.location.line for m in list_mutants(policy, BOTH)}
    assert places[Mutation.ANY_POD] == 8
    assert places[Mutation.PORT_ADDED] == 10
    assert places[Mutation.RULE_REMOVED] == 7
