"""What is not filled in yet: placeholders in labels, selectors, namespaces and ports.

No text of Kubernetes speaks of them, as the API server refuses ``$`` in each of these places:
"a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.'".
(apimachinery, validation.IsValidLabelValue)  What is applied in the end has some other text.
"""

from __future__ import annotations

import pytest

from tests.semantics.world import XYZ, check

CLOSED = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: closed, namespace: x}
    spec: {podSelector: {}}
"""


def policy(spec: str, namespace: str = "x") -> str:
    return f"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {{name: policy, namespace: "{namespace}"}}
        spec: {spec}
    """


def admits(peer: str) -> str:
    return policy(f"{{podSelector: {{}}, ingress: [{{from: [{peer}]}}]}}")


def pod(labels: str, namespace: str = "x", spec: str = "{}") -> str:
    return f"""
        apiVersion: v1
        kind: Pod
        metadata: {{name: open, namespace: "{namespace}", labels: {labels}}}
        spec: {spec}
    """


@pytest.mark.parametrize(
    "peer",
    [
        '{podSelector: {matchLabels: {pod: "${POD}"}}}',
        '{podSelector: {matchLabels: {"${KEY}": b}}}',
        '{podSelector: {matchExpressions: [{key: pod, operator: In, values: [a, "${POD}"]}]}}',
        '{podSelector: {matchExpressions: [{key: pod, operator: NotIn, values: ["${POD}"]}]}}',
        '{podSelector: {matchExpressions: [{key: "${KEY}", operator: Exists}]}}',
        '{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: "${NS}"}}}',
    ],
)
def test_a_peer_that_may_match(peer: str) -> None:
    check(XYZ, admits(peer), unknown=["x/b -> x/a 80"], denied=["203.0.113.7 -> x/a 80"])


def test_a_peer_of_another_key_does_not_match() -> None:
    check(
        XYZ,
        admits('{podSelector: {matchLabels: {pod: "${POD}"}}}'),
        denied=["x/c -> x/a 80", "y/b -> x/a 80"],
    )


def test_what_is_written_of_a_text_has_to_be_there() -> None:
    check(
        XYZ,
        admits('{podSelector: {matchLabels: {pod: "a${SUFFIX}"}}}'),
        pod('{pod: "${PREFIX}-b"}'),
        denied=["x/b -> x/a 80"],
        unknown=["x/a -> x/open 80", "x/open -> x/a 80"],
    )


def test_a_placeholder_has_one_value_wherever_it_stands() -> None:
    check(
        XYZ,
        admits('{podSelector: {matchLabels: {pod: "${POD}"}}}'),
        pod('{pod: "${POD}"}'),
        allowed=["x/open -> x/a 80"],
        unknown=["x/b -> x/a 80"],
    )


def test_a_subject_that_may_be_selected_may_be_isolated() -> None:
    spec = (
        '{podSelector: {matchLabels: {pod: "${POD}"}}, '
        "ingress: [{from: [{podSelector: {matchLabels: {pod: b}}}]}]}"
    )
    # Whether or not it is selected, c of the namespace has no label, and is not.
    check(XYZ, policy(spec), unknown=["x/c -> x/a 80"], allowed=["x/a -> x/c 80"])
    # Where another policy isolates it, only what this one may allow is open.
    check(
        XYZ,
        CLOSED,
        policy(spec),
        unknown=["x/b -> x/a 80"],
        denied=["x/c -> x/a 80", "x/b -> x/c 80"],
    )


@pytest.mark.parametrize("labels", ['{pod: "${POD}"}', '{"${KEY}": b}'])
def test_labels_of_a_pod(labels: str) -> None:
    check(
        XYZ,
        admits("{podSelector: {matchLabels: {pod: b}}}"),
        pod(labels),
        unknown=["x/open -> x/a 80"],
        allowed=["x/b -> x/a 80"],
    )


def test_labels_of_a_namespace() -> None:
    check(
        XYZ.replace("team: blue", 'team: "${TEAM}"'),
        admits("{namespaceSelector: {matchLabels: {team: red}}}"),
        allowed=["z/a -> x/a 80"],
        unknown=["y/a -> x/a 80"],
    )


def test_the_namespace_of_a_pod() -> None:
    """It may be one that is in the input, with the labels of that."""
    check(
        XYZ,
        admits("{namespaceSelector: {matchLabels: {team: red}}}"),
        pod("{pod: d}", "${NS}"),
        unknown=["${NS}/open -> x/a 80", "x/a -> ${NS}/open 80"],
    )
    check(
        XYZ,
        admits("{namespaceSelector: {matchLabels: {team: green}}}"),
        pod("{pod: d}", "${NS}"),
        denied=["${NS}/open -> x/a 80"],
    )


def test_the_namespace_of_a_policy() -> None:
    check(
        XYZ,
        policy("{podSelector: {}}", "${NS}"),
        pod("{pod: d}", "${NS}"),
        unknown=["x/b -> x/a 80"],
        denied=["x/b -> ${NS}/open 80"],
    )


def test_tiers_whose_rules_are_ordered() -> None:
    admin = """
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: AdminNetworkPolicy
        metadata: {name: admin}
        spec:
          priority: 1
          subject: {namespaces: {matchLabels: {team: "${TEAM}"}}}
          ingress:
          - action: Deny
            from: [{pods: {namespaceSelector: {}, podSelector: {matchLabels: {pod: b}}}}]
    """
    check(
        XYZ,
        admin,
        unknown=["x/b -> y/a 80", "x/b -> z/a 80"],
        allowed=["x/b -> x/a 80", "x/a -> y/a 80"],
    )


def test_labels_of_nodes() -> None:
    admin = """
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: AdminNetworkPolicy
        metadata: {name: admin}
        spec:
          priority: 1
          subject: {namespaces: {}}
          egress:
          - {action: Deny, to: [{nodes: {matchLabels: {zone: "${ZONE}"}}}]}
    """
    node = """
        apiVersion: v1
        kind: Node
        metadata: {name: one, labels: {zone: a}}
        status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}
    """
    check(XYZ, admin, node, unknown=["x/a -> 192.0.2.1 80"], allowed=["x/a -> 192.0.2.2 80"])


@pytest.mark.parametrize(
    ("ports", "unknown", "denied"),
    [
        ('[{name: web, containerPort: "${PORT}"}]', [8080, 80], []),
        ('[{name: "${NAME}", containerPort: 8080}]', [8080], [80]),
        (
            '[{name: "${NAME}", containerPort: 8080}, {name: web, containerPort: 80}]',
            [80],
            [81],
        ),
        ('[{name: dns, containerPort: "${PORT}"}]', [], [8080, 80]),
    ],
)
def test_ports_of_containers(ports: str, unknown: list[int], denied: list[int]) -> None:
    """A named port is resolved on the destination, where the first declaration counts."""
    check(
        XYZ,
        policy("{podSelector: {}, ingress: [{ports: [{port: web}]}]}"),
        pod("{pod: d}", spec=f"{{containers: [{{name: main, ports: {ports}}}]}}"),
        unknown=[f"x/a -> x/open {port}" for port in unknown],
        denied=[f"x/a -> x/open {port}" for port in denied],
    )
