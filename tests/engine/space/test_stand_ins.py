"""Pods that stand for those nobody has written: one a namespace, and what peers ask for."""

from __future__ import annotations

import pytest

from netsim.engine.space.stand_ins import add_stand_ins, is_stand_in, name_pod
from tests.rules.samples import documents, namespace, pod, policy, resources

SHOP = documents(namespace("shop"), pod("web"))
NOT_B = "{key: a, operator: NotIn, values: [b]}"
EVERYWHERE = ["any other pod in shop", "any pod in another namespace"]


def stand_ins(*texts: str) -> list[str]:
    """The stand_ins of an input whose scenario governs the namespace shop."""
    everyone = add_stand_ins(resources(documents(SHOP, *texts)), (), "shop")
    return sorted(name_pod(each) for each in everyone.pods if is_stand_in(each))


def ingress(peer: str) -> str:
    return policy("policy", f"podSelector: {{}}\ningress: [{{from: [{peer}]}}]")


def test_each_namespace_has_one_and_there_is_one_elsewhere() -> None:
    assert stand_ins() == EVERYWHERE
    assert stand_ins(namespace("ops")) == ["any other pod in ops", *EVERYWHERE]


@pytest.mark.parametrize(
    "peer",
    [
        # Every stand-in is already such a pod.
        "{podSelector: {}}",
        "{namespaceSelector: {}}",
        "{podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}}",
        # There is such a pod.
        "{podSelector: {matchLabels: {app: web}}}",
        # There can be no such pod.
        f"{{podSelector: {{matchLabels: {{a: b}}, matchExpressions: [{NOT_B}]}}}}",
        "{ipBlock: {cidr: 10.0.0.0/8}}",
    ],
)
def test_no_more_are_needed(peer: str) -> None:
    assert stand_ins(ingress(peer)) == EVERYWHERE


@pytest.mark.parametrize(
    ("peer", "more"),
    [
        (
            "{podSelector: {matchLabels: {app: db}}}",
            ["any pod with app=db in shop"],
        ),
        (
            "{podSelector: {matchExpressions: [{key: app, operator: In, values: [db, key]}]}}",
            ["any pod with app=db in shop"],
        ),
        (
            "{podSelector: {matchExpressions: [{key: tier, operator: Exists}]}}",
            ["any pod with tier=any in shop"],
        ),
        (
            "{podSelector: {}}, {podSelector: {matchLabels: {app: db}}}",
            ["any pod with app=db in shop"],
        ),
        # A namespace by its name.
        (
            "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ops}}}",
            ["any other pod in ops"],
        ),
        # A namespace by a label that none has.
        (
            "{namespaceSelector: {matchLabels: {team: a}}}",
            ["any other pod in a namespace with team=a"],
        ),
        # Any namespace: that of the scenario, and all others together.
        (
            "{namespaceSelector: {}, podSelector: {matchLabels: {app: db}}}",
            ["any pod with app=db in another namespace", "any pod with app=db in shop"],
        ),
        # A single namespace, and pods of it.
        (
            (
                "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ops}}, "
                "podSelector: {matchLabels: {app: db}}}"
            ),
            ["any other pod in ops", "any pod with app=db in ops"],
        ),
        # Any namespace means none of those named elsewhere in particular.
        (
            (
                "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ops}}}, "
                "{namespaceSelector: {}, podSelector: {matchLabels: {app: db}}}"
            ),
            [
                "any other pod in ops",
                "any pod with app=db in another namespace",
                "any pod with app=db in shop",
            ],
        ),
    ],
)
def test_a_peer_that_nobody_is_has_one(peer: str, more: list[str]) -> None:
    assert stand_ins(ingress(peer)) == sorted([*EVERYWHERE, *more])
