"""Whom a rule means: the items of ``from`` and ``to``."""

from __future__ import annotations

import pytest

from tests.semantics.world import XYZ, check


def policy(peers: str) -> str:
    """A policy for every pod of x, which admits these peers."""
    return f"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {{name: policy, namespace: x}}
        spec:
          podSelector: {{}}
          ingress:
          - from: {peers}
    """


def test_a_pod_selector_means_the_policys_own_namespace() -> None:
    """Otherwise it selects the pods matching podSelector in the policy's own namespace.
    (types.go, NetworkPolicyPeer)
    """
    check(
        XYZ,
        policy("[{podSelector: {matchLabels: {pod: b}}}]"),
        allowed=["x/b -> x/a 80"],
        denied=["x/c -> x/a 80", "y/b -> x/a 80"],
    )


@pytest.mark.parametrize(
    "peer",
    [
        "{podSelector: {}}",
        "{podSelector: {matchLabels: {}}}",
        "{podSelector: {}, namespaceSelector: null}",
    ],
)
def test_an_empty_pod_selector_selects_all_pods(peer: str) -> None:
    """If present but empty, it selects all pods. (types.go, NetworkPolicyPeer)

    Of the own namespace, that is, and no address outside.
    """
    check(
        XYZ,
        policy(f"[{peer}]"),
        allowed=["x/b -> x/a 80", "x/c -> x/a 80"],
        denied=["y/b -> x/a 80", "203.0.113.7 -> x/a 80"],
    )


@pytest.mark.parametrize(
    "peer", ["{namespaceSelector: {}}", "{namespaceSelector: {}, podSelector: {}}"]
)
def test_an_empty_namespace_selector_selects_all_namespaces(peer: str) -> None:
    """If present but empty, it selects all namespaces. (types.go, NetworkPolicyPeer)
    e2e: should enforce policy to allow ingress traffic from pods in all namespaces.
    """
    check(
        XYZ,
        policy(f"[{peer}]"),
        allowed=["x/b -> x/a 80", "y/c -> x/a 80", "z/a -> x/a 80"],
        denied=["203.0.113.7 -> x/a 80"],
    )


def test_a_namespace_selector_selects_all_pods_of_its_namespaces() -> None:
    """Otherwise it selects all pods in the namespaces selected by namespaceSelector.
    (types.go, NetworkPolicyPeer)
    """
    check(
        XYZ,
        policy("[{namespaceSelector: {matchLabels: {team: blue}}}]"),
        allowed=["y/a -> x/a 80", "y/c -> x/a 80"],
        denied=["x/b -> x/a 80", "z/a -> x/a 80"],
    )


def test_both_selectors_in_one_item_must_match() -> None:
    """If namespaceSelector is also set, then the NetworkPolicyPeer as a whole selects the pods
    matching podSelector in the Namespaces selected by NamespaceSelector. (types.go)
    e2e: should enforce policy based on PodSelector and NamespaceSelector.
    """
    check(
        XYZ,
        policy("""
            - namespaceSelector: {matchLabels: {team: blue}}
              podSelector: {matchLabels: {pod: b}}
        """),
        allowed=["y/b -> x/a 80"],
        denied=["y/a -> x/a 80", "x/b -> x/a 80", "z/b -> x/a 80"],
    )


def test_items_are_alternatives() -> None:
    """Items in this list are combined using a logical OR operation. (types.go, From)
    e2e: should enforce policy based on PodSelector or NamespaceSelector.
    """
    check(
        XYZ,
        policy("""
            - namespaceSelector: {matchLabels: {team: blue}}
            - podSelector: {matchLabels: {pod: b}}
        """),
        allowed=["y/a -> x/a 80", "x/b -> x/a 80"],
        denied=["x/c -> x/a 80", "z/b -> x/a 80"],
    )


def test_requirements_of_a_selector_must_all_match() -> None:
    """The result of matchLabels and matchExpressions are ANDed. (meta/v1, LabelSelector)"""
    check(
        XYZ,
        policy("""
            - namespaceSelector:
                matchLabels: {team: blue}
                matchExpressions:
                - {key: kubernetes.io/metadata.name, operator: In, values: [y, z]}
        """),
        allowed=["y/a -> x/a 80"],
        denied=["z/a -> x/a 80"],
    )


@pytest.mark.parametrize(
    ("requirement", "selected"),
    [
        ("{key: pod, operator: In, values: [a, b]}", {"x/a", "x/b"}),
        ("{key: pod, operator: NotIn, values: [a]}", {"x/b", "x/c"}),
        ("{key: pod, operator: Exists}", {"x/a", "x/b"}),
        ("{key: pod, operator: DoesNotExist}", {"x/c"}),
    ],
)
def test_operators(requirement: str, selected: set[str]) -> None:
    """There is a match ... (4) The operator is DoesNotExist or NotIn and Labels does not have
    the Requirement's key. (apimachinery, labels.Requirement.Matches)

    x/c has no label at all.
    """
    sources = {"x/a", "x/b", "x/c"}
    check(
        XYZ,
        f"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {{name: into-y, namespace: y}}
        spec:
          podSelector: {{}}
          ingress:
          - from:
            - namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: x}}}}
              podSelector: {{matchExpressions: [{requirement}]}}
        """,
        allowed=[f"{source} -> y/a 80" for source in selected],
        denied=[f"{source} -> y/a 80" for source in sources - selected],
    )


def test_not_in_matches_namespaces_without_the_label() -> None:
    """Selects all resources with key equal to tier and value distinct from frontend, and all
    resources with no labels with the tier key. (labels)

    x has no label "team".
    """
    check(
        XYZ,
        policy("""
            - namespaceSelector:
                matchExpressions: [{key: team, operator: NotIn, values: [red]}]
        """),
        allowed=["x/b -> x/a 80", "y/a -> x/a 80"],
        denied=["z/a -> x/a 80"],
    )


def test_every_namespace_but_the_own() -> None:
    """e2e: should enforce policy based on NamespaceSelector with MatchExpressions using default
    ns label.
    """
    check(
        XYZ,
        policy("""
            - namespaceSelector:
                matchExpressions:
                - {key: kubernetes.io/metadata.name, operator: NotIn, values: [x]}
        """),
        allowed=["y/a -> x/a 80", "z/a -> x/a 80"],
        denied=["x/b -> x/a 80"],
    )


def test_the_name_label_cannot_be_forged() -> None:
    """The Kubernetes control plane sets an immutable label kubernetes.io/metadata.name.
    (concept page)
    """
    check(
        XYZ.replace("team: red", "team: red, kubernetes.io/metadata.name: y"),
        policy("[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: y}}}]"),
        allowed=["y/a -> x/a 80"],
        denied=["z/a -> x/a 80"],
    )
