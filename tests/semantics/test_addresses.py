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


ONLY_V4 = """
    apiVersion: v1
    kind: Pod
    metadata: {name: server, namespace: x, labels: {role: server}}
    status: {podIP: 10.9.0.1}
    ---
    {apiVersion: v1, kind: Pod, metadata: {name: pending, namespace: x}}
"""
UNPLACED = ONLY_V4.replace("status: {podIP: 10.9.0.1}", "")


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
    check(ONLY_V4, blocks("{cidr: 0.0.0.0/0}"), allowed=["x/pending -> x/server 80"])
    check(ONLY_V4, blocks("{cidr: 10.9.0.0/24}"), unknown=["x/pending -> x/server 80"])
    check(ONLY_V4, blocks("{cidr: 203.0.113.0/24}"), denied=["x/pending -> x/server 80"])


def test_a_pod_of_unknown_address_may_have_either_family() -> None:
    """Pods may be allocated at most 1 value for each of IPv4 and IPv6. (core/v1, PodStatus)

    Which families a cluster has, its addresses and the blocks of policies show.
    """
    both = blocks("{cidr: 0.0.0.0/0}", '{cidr: "::/0"}')
    asked = "x/pending -> x/server 80"
    check(PODS, blocks("{cidr: 0.0.0.0/0}"), unknown=[asked])
    check(PODS, both, allowed=[asked])
    check(UNPLACED, blocks('{cidr: "::/0"}'), unknown=[asked])
    check(UNPLACED, blocks("{cidr: 0.0.0.0/0}"), allowed=[asked])
    check(UNPLACED, blocks('{cidr: "2001:db8::/32"}'), denied=[asked])
    check(UNPLACED, both, allowed=[asked])


ONE_RULE_EACH = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: out, namespace: x}
    spec:
      podSelector: {matchLabels: {role: client}}
      policyTypes: [Egress]
      egress: [{to: [{ipBlock: {cidr: OUT}}]}]
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: in-4, namespace: x}
    spec:
      podSelector: {matchLabels: {role: server}}
      ingress: [{from: [{ipBlock: {cidr: 10.9.0.9/32}}], ports: [{port: 80}]}]
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: in-6, namespace: x}
    spec:
      podSelector: {matchLabels: {role: server}}
      ingress: [{from: [{ipBlock: {cidr: "fd00::9/128"}}], ports: [{port: 80}, {port: 81}]}]
"""
CLIENT = """
    apiVersion: v1
    kind: Pod
    metadata: {name: client, namespace: x, labels: {role: client}}
    status: {podIP: 10.9.0.9, podIPs: [{ip: 10.9.0.9}, {ip: "fd00::9"}]}
"""


def test_a_connection_is_of_one_family() -> None:
    """Network policies do not conflict; they are additive. (concept page)

    A packet has two addresses of one family. What both families allow is allowed, by whatever
    rules, and what one end allows over the one and the other end over the other never is.
    """
    asked = "x/client -> x/server"
    all_out = ONE_RULE_EACH.replace("[{to: [{ipBlock: {cidr: OUT}}]}]", "[{}]")
    check(PODS, CLIENT, all_out, allowed=[f"{asked} 80"], unknown=[f"{asked} 81"])
    four_out = ONE_RULE_EACH.replace("OUT", "10.9.0.0/16")
    check(PODS, CLIENT, four_out, unknown=[f"{asked} 80"], denied=[f"{asked} 81"])


def test_ends_without_a_common_family_exchange_no_packet() -> None:
    """This field may list at most one IPv4 and one IPv6 address. (core/v1, PodStatus.podIPs)"""
    check(
        PODS,
        allowed=["x/four -> x/dual 80", "x/dual -> x/six 80", "x/four -> 203.0.113.7 80"],
        denied=["x/four -> x/six 80", "x/six -> 203.0.113.7 80", "2001:db8::1 -> x/four 80"],
    )


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


CLOSED = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: closed, namespace: x}
    spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
"""
NODES = """
    apiVersion: v1
    kind: Node
    metadata: {name: n1, labels: {disk: ssd}}
    status: {addresses: [{type: InternalIP, address: 192.168.7.1},
      {type: ExternalIP, address: 203.0.113.1}]}
    ---
    apiVersion: v1
    kind: Node
    metadata: {name: n2, labels: {disk: hdd}}
    status: {addresses: [{type: InternalIP, address: 192.168.7.2}]}
"""


def test_the_status_of_a_pod_names_its_node() -> None:
    """hostIPs holds the IP addresses allocated to the host. (core/v1, PodStatus)"""
    check(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: a, namespace: x}
        status: {podIP: 10.9.0.1, hostIP: 192.168.7.1, hostIPs: [{ip: 192.168.7.1}]}
        """,
        CLOSED,
        allowed=["192.168.7.1 -> x/a 80", "x/a -> 192.168.7.1 80"],
        denied=["192.168.7.2 -> x/a 80", "192.168.7.0 -> x/a 80"],
    )


def test_a_pod_that_is_not_scheduled_runs_on_some_node() -> None:
    """NodeSelector is a selector which must be true for the pod to fit on a node. (core/v1,
    PodSpec)

    Where several nodes fit, which one it is cannot be known; labels of kubernetes.io are the
    kubelet's to set, and a manifest may lack them.
    """
    workload = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: x}
        spec: {template: {metadata: {labels: {app: web}}, spec: {SPEC}}}
    """
    plain = workload.replace("SPEC", "")
    asked = "{} -> x/web[Deployment] 80".format
    n1, public, n2 = map(asked, ("192.168.7.1", "203.0.113.1", "192.168.7.2"))
    check(plain, CLOSED, NODES, unknown=[n1, public, n2], denied=[asked("192.168.7.3")])
    check(plain, CLOSED, NODES.partition("---")[0], allowed=[n1, public], denied=[n2])
    ssd = workload.replace("SPEC", "nodeSelector: {disk: ssd}")
    check(ssd, CLOSED, NODES, allowed=[n1, public], denied=[n2])
    linux = workload.replace("SPEC", "nodeSelector: {kubernetes.io/os: linux}")
    check(linux, CLOSED, NODES, unknown=[n1, n2])
    named = workload.replace("SPEC", "nodeName: n2")
    check(named, CLOSED, NODES, allowed=[n2], denied=[n1, public])


def test_a_pod_on_the_hosts_network_has_the_addresses_of_its_node() -> None:
    """podIPs ... (core/v1, PodStatus): the kubelet takes the node's InternalIP, and an
    ExternalIP only where there is none. (GetNodeHostIPs, component-helpers/node/util)
    """
    host = """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: agent, namespace: x}
        spec: {template: {spec: {hostNetwork: true, nodeSelector: {SELECTOR}}}}
    """
    server = """
        apiVersion: v1
        kind: Pod
        metadata: {name: server, namespace: x, labels: {role: server}}
        spec: {nodeName: n3}
        status: {podIP: 10.9.0.1}
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: n3}
        status: {addresses: [{type: InternalIP, address: 192.168.7.3}]}
    """
    asked = "x/agent[DaemonSet] -> x/server 80"
    internal, public = blocks("{cidr: 192.168.7.1/32}"), blocks("{cidr: 203.0.113.0/24}")
    anywhere, ssd = host.replace("SELECTOR", ""), host.replace("SELECTOR", "disk: ssd")
    check(ssd, server, NODES, internal, allowed=[asked])
    check(ssd, server, NODES, public, denied=[asked])
    check(anywhere, server, NODES, internal, unknown=[asked])
    check(anywhere, server, NODES, blocks("{cidr: 192.168.7.0/24}"), allowed=[asked])


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
