"""Addresses: blocks, families, nodes, and which pods have any."""

from __future__ import annotations

import pytest

from tests.semantics.world import check, load

PODS = """
    {apiVersion: v1, kind: Namespace, metadata: {name: x}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: server, namespace: x, labels: {role: server}}
    spec: {nodeName: n1}
    status: {podIP: 10.9.0.1, podIPs: [{ip: 10.9.0.1}, {ip: "fd00::1"}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: four, namespace: x}
    status: {podIP: 10.9.0.4}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: six, namespace: x}
    status: {podIP: "fd00::6"}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: dual, namespace: x}
    status: {podIP: 10.9.0.9, podIPs: [{ip: 10.9.0.9}, {ip: "fd00::9"}]}
    ---
    {apiVersion: v1, kind: Pod, metadata: {name: pending, namespace: x}}
    ---
    apiVersion: v1
    kind: Node
    metadata: {name: n1}
    status: {addresses: [{type: InternalIP, address: 192.168.7.1}]}
    ---
    apiVersion: v1
    kind: Node
    metadata: {name: n2}
    status: {addresses: [{type: InternalIP, address: 192.168.7.2}]}
"""


def blocks(*blocks: str) -> str:
    """A policy for the server, which admits these blocks."""
    peers = ", ".join(f"{{ipBlock: {block}}}" for block in blocks)
    return f"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {{name: policy, namespace: x}}
        spec:
          podSelector: {{matchLabels: {{role: server}}}}
          ingress:
          - from: [{peers}]
    """


def test_a_block_is_its_addresses_and_no_others() -> None:
    """IPBlock describes a particular CIDR ... that is allowed to the pods matched by a
    NetworkPolicySpec's podSelector. (types.go, IPBlock)
    """
    check(
        PODS,
        blocks("{cidr: 203.0.113.0/24}"),
        allowed=["203.0.113.0 -> x/server 80", "203.0.113.255 -> x/server 80"],
        denied=["203.0.112.255 -> x/server 80", "203.0.114.0 -> x/server 80"],
    )


def test_exceptions_are_not_of_the_block() -> None:
    """The except entry describes CIDRs that should not be included within this rule.
    (types.go, IPBlock)
    """
    check(
        PODS,
        blocks("{cidr: 203.0.113.0/24, except: [203.0.113.8/29]}"),
        allowed=["203.0.113.7 -> x/server 80", "203.0.113.16 -> x/server 80"],
        denied=["203.0.113.8 -> x/server 80", "203.0.113.15 -> x/server 80"],
    )


def test_an_exception_excludes_from_its_own_item_only() -> None:
    """e2e: should ensure an IP overlapping both IPBlock.CIDR and IPBlock.Except is allowed."""
    check(
        PODS,
        blocks("{cidr: 203.0.113.0/24, except: [203.0.113.8/29]}", "{cidr: 203.0.113.9/32}"),
        allowed=["203.0.113.9 -> x/server 80"],
        denied=["203.0.113.8 -> x/server 80"],
    )


def test_a_block_matches_pods_by_their_address() -> None:
    """e2e: should allow egress access to server in CIDR block; should enforce except clause
    while egress access to server in CIDR block.
    """
    check(PODS, blocks("{cidr: 10.9.0.4/32}"), allowed=["x/four -> x/server 80"])
    check(
        PODS,
        blocks("{cidr: 10.9.0.0/24, except: [10.9.0.4/32]}"),
        denied=["x/four -> x/server 80"],
    )


def test_blocks_of_one_family_say_nothing_of_the_other() -> None:
    """Valid examples are "192.168.1.0/24" or "2001:db8::/64". (types.go, IPBlock.CIDR)"""
    check(
        PODS,
        blocks("{cidr: 0.0.0.0/0}"),
        allowed=["203.0.113.7 -> x/server 80", "x/four -> x/server 80"],
        denied=["2001:db8::1 -> x/server 80", "x/six -> x/server 80"],
    )
    check(
        PODS,
        blocks('{cidr: "::/0"}'),
        allowed=["2001:db8::1 -> x/server 80", "x/six -> x/server 80"],
        denied=["203.0.113.7 -> x/server 80", "x/four -> x/server 80"],
    )


def test_a_dual_stack_pod_has_two_addresses() -> None:
    """Pods may be allocated at most 1 value for each of IPv4 and IPv6. (core/v1, PodStatus)

    Which of the two a connection uses is the client's choice; asked by address, there is
    an answer.
    """
    check(
        PODS,
        blocks("{cidr: 10.9.0.0/24}"),
        allowed=["10.9.0.9 -> x/server 80"],
        denied=["fd00::9 -> x/server 80"],
        unknown=["x/dual -> x/server 80"],
    )
    check(
        PODS,
        blocks("{cidr: 10.9.0.0/24}", '{cidr: "fd00::/64"}'),
        allowed=["x/dual -> x/server 80"],
    )


def test_the_address_of_a_pod_that_does_not_run_is_not_known() -> None:
    """Pod IPs are ephemeral and unpredictable. (concept page, ipBlock)

    netsim takes it to be a private one: a block may hold all of them, some, or none.
    """
    check(PODS, blocks("{cidr: 0.0.0.0/0}"), allowed=["x/pending -> x/server 80"])
    check(PODS, blocks("{cidr: 10.9.0.0/24}"), unknown=["x/pending -> x/server 80"])
    check(PODS, blocks("{cidr: 203.0.113.0/24}"), denied=["x/pending -> x/server 80"])


def test_a_selector_never_means_an_address_outside() -> None:
    """It selects all pods in the namespaces selected by namespaceSelector.
    (types.go, NetworkPolicyPeer)
    """
    check(
        PODS,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: policy, namespace: x}
        spec:
          podSelector: {matchLabels: {role: server}}
          ingress: [{from: [{namespaceSelector: {}}]}]
        """,
        allowed=["x/four -> x/server 80", "x/pending -> x/server 80"],
        denied=["203.0.113.7 -> x/server 80", "192.168.7.2 -> x/server 80"],
    )


def test_a_pods_own_node_is_never_denied() -> None:
    """OR if the traffic source is the pod's local node. (types.go, Ingress)

    Traffic to and from the node where a Pod is running is always allowed. (concept page)
    """
    check(
        PODS,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: closed, namespace: x}
        spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
        """,
        allowed=["192.168.7.1 -> x/server 80", "x/server -> 192.168.7.1 10250"],
        denied=["192.168.7.2 -> x/server 80", "x/server -> 192.168.7.2 10250"],
    )


def test_a_pod_cannot_block_access_to_itself() -> None:
    """Other pods that are allowed (exception: a pod cannot block access to itself).
    (concept page)

    The pods of a Deployment are several, and each is another.
    """
    check(
        PODS,
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: x}
        spec: {template: {metadata: {labels: {app: web}}}}
        """,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: closed, namespace: x}
        spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
        """,
        allowed=["x/server -> x/server 80"],
        denied=["x/web[Deployment] -> x/web[Deployment] 80", "x/four -> x/server 80"],
    )


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_a_finished_pod_takes_no_part(phase: str) -> None:
    """PodSucceeded means that all containers in the pod have voluntarily terminated ..., and
    the system is not going to restart any of these containers. (core/v1, PodPhase)

    Its address may be another pod's by now.
    """
    cluster = load(
        f"""
        apiVersion: v1
        kind: Pod
        metadata: {{name: job, namespace: x}}
        status: {{phase: {phase}, podIP: 10.9.0.1}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {{name: web, namespace: x}}
        status: {{phase: Running, podIP: 10.9.0.1}}
        """
    )
    with pytest.raises(ValueError, match="x/job has finished"):
        cluster.endpoint("x/job")
    assert [pod.title for pod in cluster.resources.pods] == ["x/web"]
