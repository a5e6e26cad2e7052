"""The admin tiers: before the NetworkPolicies, and after them."""

from __future__ import annotations

import pytest

from tests.semantics.world import XYZ, check

DENY_ALL = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: deny-all, namespace: x}
    spec: {podSelector: {}, policyTypes: [Ingress]}
"""
ALLOW_ALL = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: allow-all, namespace: x}
    spec: {podSelector: {}, ingress: [{}]}
"""
BASELINE_DENY = """
    apiVersion: policy.networking.k8s.io/v1alpha1
    kind: BaselineAdminNetworkPolicy
    metadata: {name: default}
    spec:
      subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: x}}}
      ingress:
      - {action: Deny, from: [{namespaces: {}}]}
"""


def admin(action: str, *, name: str = "admin", priority: int = 10, team: str = "blue") -> str:
    """An AdminNetworkPolicy on connections from the namespace of a team to x."""
    return f"""
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: AdminNetworkPolicy
        metadata: {{name: {name}}}
        spec:
          priority: {priority}
          subject: {{namespaces: {{matchLabels: {{kubernetes.io/metadata.name: x}}}}}}
          ingress:
          - {{action: {action}, from: [{{namespaces: {{matchLabels: {{team: {team}}}}}}}]}}
    """


def cluster_policy(action: str, tier: str, *, name: str = "cnp", priority: int = 10) -> str:
    """A ClusterNetworkPolicy on connections from the blue namespace to x."""
    return f"""
        apiVersion: policy.networking.k8s.io/v1alpha2
        kind: ClusterNetworkPolicy
        metadata: {{name: {name}}}
        spec:
          tier: {tier}
          priority: {priority}
          subject: {{namespaces: {{matchLabels: {{kubernetes.io/metadata.name: x}}}}}}
          ingress:
          - {{action: {action}, from: [{{namespaces: {{matchLabels: {{team: blue}}}}}}]}}
    """


def test_deny_precedes_every_network_policy() -> None:
    """Matching traffic will be denied before being checked against NetworkPolicy or
    BaselineAdminNetworkPolicy rules. (ANP, action Deny)
    """
    check(XYZ, ALLOW_ALL, admin("Deny"), allowed=["z/a -> x/a 80"], denied=["y/a -> x/a 80"])


def test_allow_precedes_every_network_policy() -> None:
    """Users cannot block traffic which has been matched by an "Allow" rule in an
    AdminNetworkPolicy. (ANP, action Allow)
    """
    check(
        XYZ,
        DENY_ALL,
        BASELINE_DENY,
        admin("Allow"),
        allowed=["y/a -> x/a 80"],
        denied=["z/a -> x/a 80"],
    )


def test_pass_skips_the_rest_of_the_tier() -> None:
    """Matching traffic will bypass further AdminNetworkPolicy processing (ignoring rules with
    lower precedence) and be allowed or denied based on NetworkPolicy and
    BaselineAdminNetworkPolicy rules. (ANP, action Pass)
    """
    passed = admin("Pass", name="first", priority=1)
    check(XYZ, passed, admin("Deny", name="second"), allowed=["y/a -> x/a 80"])
    check(XYZ, passed, admin("Allow", name="second"), DENY_ALL, denied=["y/a -> x/a 80"])
    check(XYZ, passed, BASELINE_DENY, denied=["y/a -> x/a 80"])
    check(XYZ, passed, BASELINE_DENY, ALLOW_ALL, allowed=["y/a -> x/a 80"])


def test_what_no_rule_matches_goes_on_to_the_next_tier() -> None:
    """If a given connection wasn't allowed or denied by any of the tiers, the default
    kubernetes policy is applied, which says that all pods can communicate with each other.
    (CNP, Tier)
    """
    unrelated = admin("Allow", team="red")
    check(XYZ, unrelated, allowed=["y/a -> x/a 80"])
    check(XYZ, unrelated, DENY_ALL, denied=["y/a -> x/a 80"])
    check(XYZ, unrelated, BASELINE_DENY, denied=["y/a -> x/a 80"])


def test_the_baseline_decides_where_no_network_policy_selects_the_pod() -> None:
    """v1.NetworkPolicy always makes a final decision for selected pods. Further evaluation only
    happens for Pods not selected by a v1.NetworkPolicy. (CNP, Tier)
    """
    check(XYZ, BASELINE_DENY, denied=["y/a -> x/a 80"], allowed=["203.0.113.7 -> x/a 80"])
    check(XYZ, BASELINE_DENY, ALLOW_ALL, allowed=["y/a -> x/a 80"])
    check(
        XYZ,
        BASELINE_DENY,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: only-a, namespace: x}
        spec: {podSelector: {matchLabels: {pod: a}}, ingress: [{}]}
        """,
        allowed=["y/a -> x/a 80"],
        denied=["y/a -> x/b 80"],
    )


def test_isolation_in_one_direction_leaves_the_other_to_the_baseline() -> None:
    """The two sorts of isolation (or not) are declared independently. (concept page)"""
    check(
        XYZ,
        BASELINE_DENY,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: egress, namespace: x}
        spec: {podSelector: {}, policyTypes: [Egress], egress: [{}]}
        """,
        allowed=["x/a -> y/a 80"],
        denied=["y/a -> x/a 80"],
    )


def test_the_lower_priority_value_comes_first() -> None:
    """Rules with lower priority values have higher precedence, and are checked before rules
    with higher priority values. (ANP, Priority)
    """
    deny, allow = admin("Deny", name="deny", priority=2), admin("Allow", name="a", priority=10)
    check(XYZ, deny, allow, denied=["y/a -> x/a 80"])
    check(XYZ, deny.replace("priority: 2", "priority: 20"), allow, allowed=["y/a -> x/a 80"])


def test_equal_priorities_that_differ_have_no_answer() -> None:
    """The behavior is undefined if two ANP objects have same priority. (ANP, Priority)

    There is no way for the user to reliably determine which one it will choose. (CNP, Priority)
    """
    allow, deny = admin("Allow", name="allow"), admin("Deny", name="deny")
    check(XYZ, allow, deny, unknown=["y/a -> x/a 80"], allowed=["z/a -> x/a 80"])
    check(XYZ, deny, admin("Deny", name="too"), denied=["y/a -> x/a 80"])
    # Pass and Allow come to the same where nothing that follows denies.
    passed = admin("Pass", name="passed")
    check(XYZ, allow, passed, allowed=["y/a -> x/a 80"])
    check(XYZ, allow, passed, DENY_ALL, unknown=["y/a -> x/a 80"])


def test_the_first_rule_of_a_policy_that_matches_decides() -> None:
    """A rule that appears at the top of the ingress rules would take the highest precedence.
    (CNP, Ingress)
    """
    check(
        XYZ,
        """
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: AdminNetworkPolicy
        metadata: {name: ordered}
        spec:
          priority: 1
          subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: x}}}
          ingress:
          - action: Allow
            from: [{namespaces: {matchLabels: {team: blue}}}]
            ports: [{portNumber: {protocol: TCP, port: 80}}]
          - action: Deny
            from: [{namespaces: {}}]
        """,
        allowed=["y/a -> x/a 80"],
        denied=["y/a -> x/a 81", "y/a -> x/a 80/UDP", "z/a -> x/a 80"],
    )


def test_a_policy_without_rules_of_a_direction_does_not_affect_it() -> None:
    """ANPs with no ingress rules do not affect ingress traffic. (ANP, Ingress)

    Unlike a NetworkPolicy, it does not isolate.
    """
    check(
        XYZ,
        """
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: AdminNetworkPolicy
        metadata: {name: egress}
        spec:
          priority: 1
          subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: x}}}
          egress:
          - {action: Deny, to: [{namespaces: {matchLabels: {team: red}}}]}
        """,
        allowed=["y/a -> x/a 80", "z/a -> x/a 80", "x/a -> y/a 80"],
        denied=["x/a -> z/a 80"],
    )


def test_the_subject_is_pods_of_chosen_namespaces() -> None:
    """Pods is used to select pods via namespace AND pod selectors. (ANP, Subject)"""
    check(
        XYZ,
        """
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: AdminNetworkPolicy
        metadata: {name: subject}
        spec:
          priority: 1
          subject:
            pods:
              namespaceSelector: {matchExpressions: [{key: team, operator: Exists}]}
              podSelector: {matchLabels: {pod: a}}
          ingress:
          - {action: Deny, from: [{namespaces: {}}]}
        """,
        allowed=["x/b -> y/b 80", "y/b -> x/a 80"],
        denied=["x/b -> y/a 80", "x/b -> z/a 80"],
    )


@pytest.mark.parametrize(
    ("port", "allowed", "denied"),
    [
        ("{portNumber: {protocol: UDP, port: 53}}", ["53/UDP"], ["53", "54/UDP"]),
        ("{portRange: {start: 80, end: 90}}", ["80", "90"], ["79", "91", "85/UDP"]),
        ("{namedPort: web}", ["8080"], ["80"]),
    ],
)
def test_ports_of_an_admin_network_policy(
    port: str, allowed: list[str], denied: list[str]
) -> None:
    """Ports allows for matching traffic based on port and protocols. (ANP, Ports)"""
    check(
        XYZ,
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: server, namespace: x}
        spec: {containers: [{name: c, ports: [{name: web, containerPort: 8080}]}]}
        """,
        DENY_ALL,
        f"""
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: AdminNetworkPolicy
        metadata: {{name: ports}}
        spec:
          priority: 1
          subject: {{namespaces: {{}}}}
          ingress:
          - {{action: Allow, from: [{{namespaces: {{}}}}], ports: [{port}]}}
        """,
        allowed=[f"y/a -> x/server {number}" for number in allowed],
        denied=[f"y/a -> x/server {number}" for number in denied],
    )


def test_networks_hold_pods_as_well() -> None:
    """If you Allow or Deny traffic to "0.0.0.0/0", that will allow or deny all IPv4 pod-to-pod
    traffic as well. (BANP, Networks)
    """
    check(
        XYZ,
        """
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: AdminNetworkPolicy
        metadata: {name: no-networks}
        spec:
          priority: 1
          subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: x}}}
          egress:
          - {action: Pass, to: [{namespaces: {matchLabels: {team: red}}}]}
          - {action: Deny, to: [{networks: [0.0.0.0/0]}]}
        """,
        allowed=["x/a -> z/a 80", "x/a -> 2001:db8::1 80"],
        denied=["x/a -> 203.0.113.7 80", "x/a -> y/a 80"],
    )


def test_nodes_are_peers_by_their_addresses() -> None:
    """It selects the nodeIPs as the peer type by matching on the IPs present in the
    node.Status.Addresses field of the node. (BANP, Nodes)
    """
    check(
        XYZ,
        """
        apiVersion: v1
        kind: Node
        metadata: {name: control, labels: {role: control}}
        status: {addresses: [{type: InternalIP, address: 192.168.7.1}]}
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: worker}
        status: {addresses: [{type: InternalIP, address: 192.168.7.2}]}
        """,
        """
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: AdminNetworkPolicy
        metadata: {name: no-control-plane}
        spec:
          priority: 1
          subject: {namespaces: {}}
          egress:
          - {action: Deny, to: [{nodes: {matchLabels: {role: control}}}]}
        """,
        allowed=["x/a -> 192.168.7.2 6443", "x/a -> 203.0.113.7 6443"],
        denied=["x/a -> 192.168.7.1 6443"],
    )


def test_a_pod_on_the_network_of_a_node_is_reached_as_its_node() -> None:
    """It selects the nodeIPs as the peer type. (BANP, Nodes)

    A pod with ``hostNetwork`` has the addresses of its node.  Where it runs nowhere yet, it
    may be on any node, so it is surely chosen only by a selector that chooses all.
    """
    cluster = """
        {apiVersion: v1, kind: Node, metadata: {name: control, labels: {role: control}}}
        ---
        {apiVersion: v1, kind: Node, metadata: {name: worker}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: on-control, namespace: x}
        spec: {hostNetwork: true, nodeName: control}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: on-worker, namespace: x}
        spec: {hostNetwork: true, nodeName: worker}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: pending, namespace: x}
        spec: {hostNetwork: true}
    """
    deny = """
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: AdminNetworkPolicy
        metadata: {name: no-nodes}
        spec:
          priority: 1
          subject: {namespaces: {}}
          egress:
          - {action: Deny, to: [{nodes: {SELECTOR}}]}
    """
    on_control, on_worker, pending = (
        f"x/a -> x/{name} 80" for name in ("on-control", "on-worker", "pending")
    )
    check(
        XYZ,
        cluster,
        deny.replace("SELECTOR", "matchLabels: {role: control}"),
        allowed=[on_worker, "x/a -> x/b 80"],
        denied=[on_control],
        unknown=[pending],
    )
    check(
        XYZ,
        cluster,
        deny.replace("SELECTOR", ""),
        allowed=["x/a -> x/b 80"],
        denied=[on_control, on_worker, pending],
    )


def test_host_network_pods_are_no_subjects() -> None:
    """Note that host-networked pods are not included in subject selection. (BANP, Subject)"""
    check(
        XYZ,
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: agent, namespace: x}
        spec: {hostNetwork: true}
        """,
        admin("Deny"),
        allowed=["y/a -> x/agent 80"],
        denied=["y/a -> x/a 80"],
    )


def test_the_tiers_of_a_cluster_network_policy() -> None:
    """Policy tiers are evaluated in the following order: Admin tier, NetworkPolicy tier,
    Baseline tier. (CNP, Tier)
    """
    question = ["y/a -> x/a 80"]
    check(XYZ, cluster_policy("Deny", "Admin"), ALLOW_ALL, denied=question)
    check(XYZ, cluster_policy("Accept", "Admin"), DENY_ALL, allowed=question)
    check(XYZ, cluster_policy("Deny", "Baseline"), denied=question)
    check(XYZ, cluster_policy("Deny", "Baseline"), ALLOW_ALL, allowed=question)
    check(XYZ, cluster_policy("Accept", "Baseline"), DENY_ALL, denied=question)


def test_pass_of_a_cluster_network_policy_leads_to_the_next_tier() -> None:
    """Pass: Skips all further ClusterNetworkPolicy rules in the current tier for the selected
    traffic, and passes evaluation to the next tier. (CNP, Action)
    """
    passed = cluster_policy("Pass", "Admin", name="first", priority=1)
    deny = cluster_policy("Deny", "Admin", name="second", priority=2)
    baseline = cluster_policy("Deny", "Baseline", name="third")
    check(XYZ, passed, deny, allowed=["y/a -> x/a 80"])
    check(XYZ, passed, deny, baseline, denied=["y/a -> x/a 80"])
    passed = cluster_policy("Pass", "Baseline", name="fourth", priority=1)
    check(XYZ, passed, baseline, allowed=["y/a -> x/a 80"])


def test_priorities_of_a_cluster_network_policy_count_within_its_tier() -> None:
    """Policies with lower priority values have higher precedence, and are checked before
    policies with higher priority values in the same tier. (CNP, Priority)
    """
    check(
        XYZ,
        cluster_policy("Accept", "Admin", name="late", priority=1000),
        cluster_policy("Deny", "Baseline", name="early", priority=0),
        allowed=["y/a -> x/a 80"],
    )
    check(
        XYZ,
        cluster_policy("Accept", "Admin", name="accept"),
        cluster_policy("Deny", "Admin", name="deny"),
        unknown=["y/a -> x/a 80"],
    )


def test_protocols_of_a_cluster_network_policy() -> None:
    """Protocols allows for more fine-grain matching of traffic on protocol-specific attributes
    such as the port. (CNP, Protocols)
    """
    check(
        XYZ,
        """
        apiVersion: policy.networking.k8s.io/v1alpha2
        kind: ClusterNetworkPolicy
        metadata: {name: protocols}
        spec:
          tier: Admin
          priority: 1
          subject: {namespaces: {}}
          ingress:
          - action: Deny
            from: [{namespaces: {}}]
            protocols:
            - {tcp: {destinationPort: {number: 80}}}
            - {udp: {destinationPort: {range: {start: 53, end: 54}}}}
        """,
        allowed=["y/a -> x/a 81", "y/a -> x/a 80/UDP", "y/a -> x/a 55/UDP"],
        denied=["y/a -> x/a 80", "y/a -> x/a 53/UDP", "y/a -> x/a 54/UDP"],
    )


def test_an_admin_tier_cuts_a_pod_off_its_node_but_never_off_itself() -> None:
    """Nodes ... selects the nodeIPs as the peer type by matching on the IPs present in the
    node.Status.Addresses field of the node. (CNP, Nodes; conformance
    CNPAdminTierEgressNodePeers)

    A Pod connecting to its own Pod IP is not subject to it. (API overview)  That traffic to and
    from the node where a Pod is running is always allowed, the concept page says of
    NetworkPolicies.
    """
    check(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: a, namespace: x}
        spec: {nodeName: n1}
        status: {podIP: 10.9.0.1}
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: n1}
        status: {addresses: [{type: InternalIP, address: 192.168.7.1}]}
        """,
        """
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: AdminNetworkPolicy
        metadata: {name: deny}
        spec:
          priority: 1
          subject: {namespaces: {}}
          egress:
          - {action: Deny, to: [{networks: [0.0.0.0/0]}]}
        """,
        allowed=["x/a -> x/a 80", "192.168.7.1 -> x/a 80"],
        denied=["x/a -> 203.0.113.7 80", "x/a -> 192.168.7.1 80"],
    )


def test_between_the_admin_tiers_the_own_node_is_always_allowed() -> None:
    """v1.NetworkPolicy always makes a final decision for selected pods. (CNP, Tier)

    What it never denies, the Baseline tier does not get to see; where no NetworkPolicy selects
    the pod, it does.
    """
    cluster = """
        apiVersion: v1
        kind: Pod
        metadata: {name: a, namespace: x}
        spec: {nodeName: n1}
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: n1}
        status: {addresses: [{type: InternalIP, address: 192.168.7.1}]}
        ---
        apiVersion: policy.networking.k8s.io/v1alpha2
        kind: ClusterNetworkPolicy
        metadata: {name: deny}
        spec:
          tier: Baseline
          priority: 1
          subject: {namespaces: {}}
          egress: [{action: Deny, to: [{nodes: {}}]}]
    """
    closed = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: closed, namespace: x}
        spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
    """
    check(cluster, denied=["x/a -> 192.168.7.1 80"])
    check(cluster, closed, allowed=["x/a -> 192.168.7.1 80"])
