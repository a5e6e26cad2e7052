"""When a pod is isolated, and what then passes: policies as a whole."""

from __future__ import annotations

import pytest

from tests.semantics.world import XYZ, check


@pytest.mark.parametrize("egress", ["", "egress: []", "egress: null"])
def test_without_policy_types_ingress_alone_is_isolated(egress: str) -> None:
    """Any policy that does not specify policyTypes implies at least "Ingress". (defaults.go)

    Without a policyTypes value that includes Egress, no egress rules would "default to just
    [ "Ingress" ]". (types.go, PolicyTypes)
    """
    check(
        XYZ,
        f"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {{name: policy, namespace: x}}
        spec:
          podSelector: {{}}
          {egress}
        """,
        allowed=["x/a -> y/a 80"],
        denied=["y/a -> x/a 80"],
    )


@pytest.mark.parametrize("types", ["", "policyTypes: []", "policyTypes: null"])
def test_without_policy_types_egress_rules_isolate_egress_as_well(types: str) -> None:
    """Policies that contain an egress section are assumed to affect egress, and all policies
    (whether or not they contain an ingress section) are assumed to affect ingress.
    (types.go, PolicyTypes)
    """
    check(
        XYZ,
        f"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {{name: policy, namespace: x}}
        spec:
          podSelector: {{}}
          {types}
          egress:
          - ports: [{{port: 443}}]
        """,
        allowed=["x/a -> y/a 443"],
        denied=["x/a -> y/a 80", "y/a -> x/a 80"],
    )


def test_an_egress_only_policy_says_so() -> None:
    """If you want to write an egress-only policy, you must explicitly specify policyTypes
    [ "Egress" ]. (types.go, PolicyTypes)
    """
    check(
        XYZ,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: policy, namespace: x}
        spec:
          podSelector: {}
          policyTypes: [Egress]
          egress:
          - ports: [{port: 443}]
        """,
        allowed=["y/a -> x/a 80", "x/a -> y/a 443"],
        denied=["x/a -> y/a 80"],
    )


def test_rules_of_a_direction_that_is_not_listed_have_no_effect() -> None:
    """A pod is isolated for ingress if there is any NetworkPolicy that both selects the pod and
    has "Ingress" in its policyTypes; we say that such a policy applies to the pod for ingress.
    (concept page)
    """
    check(
        XYZ,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: deny, namespace: x}
        spec: {podSelector: {}, policyTypes: [Ingress]}
        """,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: egress-with-an-ingress-rule, namespace: x}
        spec:
          podSelector: {}
          policyTypes: [Egress]
          ingress:
          - {}
          egress:
          - {}
        """,
        allowed=["x/a -> y/a 80"],
        denied=["y/a -> x/a 80"],
    )


@pytest.mark.parametrize("selector", ["podSelector: {}", "podSelector: null", ""])
def test_an_empty_pod_selector_selects_every_pod_of_the_namespace(selector: str) -> None:
    """An empty selector matches all pods in the policy's namespace. ... This field is optional.
    If it is not specified, it defaults to an empty selector. (types.go, PodSelector)
    """
    check(
        XYZ,
        f"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {{name: policy, namespace: x}}
        spec:
          {selector}
          policyTypes: [Ingress]
        """,
        allowed=["x/a -> y/a 80"],
        denied=["y/a -> x/a 80", "y/a -> x/b 80", "y/a -> x/c 80"],
    )


def test_only_the_selected_pods_are_isolated() -> None:
    """e2e: should enforce policy to allow ingress traffic for a target."""
    check(
        XYZ,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: policy, namespace: x}
        spec:
          podSelector: {matchLabels: {pod: a}}
          policyTypes: [Ingress]
        """,
        allowed=["y/a -> x/b 80", "y/a -> x/c 80"],
        denied=["y/a -> x/a 80"],
    )


@pytest.mark.parametrize("ingress", ["", "ingress: []", "ingress: null"])
def test_no_rules_allow_nothing(ingress: str) -> None:
    """If this field is empty then this NetworkPolicy does not allow any traffic (and serves
    solely to ensure that the pods it selects are isolated by default). (types.go, Ingress)
    """
    check(
        XYZ,
        f"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {{name: policy, namespace: x}}
        spec:
          podSelector: {{}}
          policyTypes: [Ingress]
          {ingress}
        """,
        denied=["y/a -> x/a 80", "x/b -> x/a 80", "203.0.113.7 -> x/a 80"],
    )


@pytest.mark.parametrize("rule", ["{}", "{from: [], ports: []}", "{from: null, ports: null}"])
def test_the_empty_rule_allows_everything(rule: str) -> None:
    """If this field is empty or missing, this rule matches all ports ... matches all sources.
    (types.go, NetworkPolicyIngressRule)  e2e: should support allow-all policy.
    """
    check(
        XYZ,
        f"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {{name: policy, namespace: x}}
        spec:
          podSelector: {{}}
          ingress: [{rule}]
        """,
        allowed=["y/a -> x/a 80", "x/b -> x/a 53/UDP", "203.0.113.7 -> x/a 1/SCTP"],
    )


def test_a_rule_matches_where_both_peer_and_port_match() -> None:
    """The traffic must match both ports and from. (types.go, NetworkPolicyIngressRule)"""
    check(
        XYZ,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: policy, namespace: x}
        spec:
          podSelector: {}
          ingress:
          - from: [{podSelector: {matchLabels: {pod: b}}}]
            ports: [{port: 80}]
        """,
        allowed=["x/b -> x/a 80"],
        denied=["x/b -> x/a 81", "x/c -> x/a 80"],
    )


def test_rules_of_one_policy_are_alternatives() -> None:
    """Traffic is allowed ... if the traffic matches at least one ingress rule across all of the
    NetworkPolicy objects whose podSelector matches the pod. (types.go, Ingress)
    """
    check(
        XYZ,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: policy, namespace: x}
        spec:
          podSelector: {}
          ingress:
          - {from: [{podSelector: {matchLabels: {pod: b}}}], ports: [{port: 80}]}
          - {from: [{namespaceSelector: {matchLabels: {team: blue}}}], ports: [{port: 81}]}
        """,
        allowed=["x/b -> x/a 80", "y/a -> x/a 81"],
        # Never the peer of one rule with the port of another.
        denied=["x/b -> x/a 81", "y/a -> x/a 80"],
    )


def test_policies_are_additive() -> None:
    """Network policies do not conflict; they are additive. ... Thus, order of evaluation does
    not affect the policy result. (concept page)  e2e: should enforce multiple, stacked policies
    with overlapping podSelectors.
    """
    first = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: first, namespace: x}
        spec:
          podSelector: {matchLabels: {pod: a}}
          ingress: [{from: [{namespaceSelector: {matchLabels: {team: blue}}}]}]
    """
    second = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: second, namespace: x}
        spec:
          podSelector: {}
          ingress: [{ports: [{port: 80}]}]
    """
    for documents in ((first, second), (second, first)):
        check(
            XYZ,
            *documents,
            allowed=["y/a -> x/a 81", "z/a -> x/a 80", "z/a -> x/b 80"],
            denied=["z/a -> x/a 81", "y/a -> x/b 81"],
        )


def test_both_ends_must_allow() -> None:
    """Both the egress policy on the source pod and the ingress policy on the destination pod
    need to allow the connection. If either side does not allow the connection, it will not
    happen. (concept page)
    """
    out = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: out, namespace: y}
        spec:
          podSelector: {}
          policyTypes: [Egress]
          egress: [{ports: [{port: 80, endPort: 90}]}]
    """
    into = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: into, namespace: x}
        spec:
          podSelector: {}
          policyTypes: [Ingress]
          ingress: [{ports: [{port: 85, endPort: 99}]}]
    """
    check(XYZ, out, allowed=["y/a -> x/a 80"], denied=["y/a -> x/a 99"])
    check(XYZ, into, allowed=["y/a -> x/a 99"], denied=["y/a -> x/a 80"])
    check(
        XYZ,
        out,
        into,
        allowed=["y/a -> x/a 85", "y/a -> x/a 90"],
        denied=["y/a -> x/a 84", "y/a -> x/a 91"],
    )


def test_replies_need_no_rule() -> None:
    """Reply traffic for those allowed connections will also be implicitly allowed.
    (concept page)

    The server may not open a connection itself, not even back to its client.
    """
    check(
        XYZ,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: server, namespace: x}
        spec:
          podSelector: {}
          policyTypes: [Ingress, Egress]
          ingress: [{from: [{namespaceSelector: {matchLabels: {team: blue}}}]}]
        """,
        allowed=["y/a -> x/a 80"],
        denied=["x/a -> y/a 80"],
    )
