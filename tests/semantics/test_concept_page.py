"""The page "Network Policies" of the Kubernetes documentation, from top to bottom.

Every sample of kubernetes.io/docs/concepts/services-networking/network-policies, in the order
of the page, with the verdicts that its text promises.
"""

from __future__ import annotations

import pytest

from tests.semantics.world import XYZ, check

DEFAULT = """
    {apiVersion: v1, kind: Namespace, metadata: {name: default}}
    ---
    {apiVersion: v1, kind: Namespace, metadata: {name: mine, labels: {project: myproject}}}
    ---
    {apiVersion: v1, kind: Namespace, metadata: {name: other}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: db, namespace: default, labels: {role: db}}
    status: {podIP: 10.9.0.1}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: frontend, namespace: default, labels: {role: frontend}}
    status: {podIP: 10.9.0.2}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: plain, namespace: default}
    status: {podIP: 10.9.0.3}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: any, namespace: mine}
    status: {podIP: 10.9.0.4}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: frontend, namespace: other, labels: {role: frontend}}
    status: {podIP: 10.9.0.5}
"""


def test_the_two_sorts_of_isolation_default() -> None:
    """By default, a pod is non-isolated for egress; all outbound connections are allowed.

    By default, a pod is non-isolated for ingress; all inbound connections are allowed.
    """
    check(XYZ, allowed=["x/a -> y/b 80", "x/a -> 203.0.113.7 53/UDP", "203.0.113.7 -> x/a 80"])


def test_the_networkpolicy_resource() -> None:
    """So, the example NetworkPolicy:

    1. isolates role=db pods in the default namespace for both ingress and egress traffic
    2. allows connections to them on TCP port 6379 from: any pod in the default namespace with
       the label role=frontend; any pod in a namespace with the label project=myproject; IP
       addresses in the ranges 172.17.0.0-172.17.0.255 and 172.17.2.0-172.17.255.255
    3. allows connections from them to CIDR 10.0.0.0/24 on TCP port 5978
    """
    check(
        DEFAULT,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: test-network-policy, namespace: default}
        spec:
          podSelector:
            matchLabels: {role: db}
          policyTypes: [Ingress, Egress]
          ingress:
          - from:
            - ipBlock:
                cidr: 172.17.0.0/16
                except: [172.17.1.0/24]
            - namespaceSelector:
                matchLabels: {project: myproject}
            - podSelector:
                matchLabels: {role: frontend}
            ports:
            - {protocol: TCP, port: 6379}
          egress:
          - to:
            - ipBlock: {cidr: 10.0.0.0/24}
            ports:
            - {protocol: TCP, port: 5978}
        """,
        allowed=[
            "default/frontend -> default/db 6379",
            "mine/any -> default/db 6379",
            "172.17.0.0 -> default/db 6379",
            "172.17.0.255 -> default/db 6379",
            "172.17.2.0 -> default/db 6379",
            "172.17.255.255 -> default/db 6379",
            "default/db -> 10.0.0.0 5978",
            "default/db -> 10.0.0.255 5978",
            # Pods that the policy does not select keep all their connections.
            "other/frontend -> default/plain 6379",
        ],
        denied=[
            "default/plain -> default/db 6379",
            "other/frontend -> default/db 6379",
            "172.16.255.255 -> default/db 6379",
            "172.17.1.0 -> default/db 6379",
            "172.17.1.255 -> default/db 6379",
            "172.18.0.0 -> default/db 6379",
            "default/frontend -> default/db 6380",
            "default/frontend -> default/db 6379/UDP",
            "default/db -> 10.0.1.0 5978",
            "default/db -> 10.0.0.0 5979",
            "default/db -> default/frontend 5978",
        ],
    )


ALICE = """
    {apiVersion: v1, kind: Namespace, metadata: {name: bob}}
    ---
    {apiVersion: v1, kind: Namespace, metadata: {name: alice, labels: {user: alice}}}
    ---
    {apiVersion: v1, kind: Pod, metadata: {name: server, namespace: bob}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: client, namespace: bob, labels: {role: client}}
    ---
    {apiVersion: v1, kind: Pod, metadata: {name: plain, namespace: bob}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: client, namespace: alice, labels: {role: client}}
    ---
    {apiVersion: v1, kind: Pod, metadata: {name: plain, namespace: alice}}
"""


def test_one_entry_with_both_selectors() -> None:
    """This policy contains a single from element allowing connections from Pods with the label
    role=client in namespaces with the label user=alice.
    """
    check(
        ALICE,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: single, namespace: bob}
        spec:
          podSelector: {}
          ingress:
          - from:
            - namespaceSelector:
                matchLabels: {user: alice}
              podSelector:
                matchLabels: {role: client}
        """,
        allowed=["alice/client -> bob/server 80"],
        denied=[
            "alice/plain -> bob/server 80",
            "bob/client -> bob/server 80",
            "bob/plain -> bob/server 80",
        ],
    )


def test_two_entries_with_a_selector_each() -> None:
    """It contains two elements in the from array, and allows connections from Pods in the local
    Namespace with the label role=client, or from any Pod in any namespace with the label
    user=alice.
    """
    check(
        ALICE,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: two, namespace: bob}
        spec:
          podSelector: {}
          ingress:
          - from:
            - namespaceSelector:
                matchLabels: {user: alice}
            - podSelector:
                matchLabels: {role: client}
        """,
        allowed=[
            "alice/client -> bob/server 80",
            "alice/plain -> bob/server 80",
            "bob/client -> bob/server 80",
        ],
        denied=["bob/plain -> bob/server 80"],
    )


RESTRICTIVE = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: restrictive, namespace: x}
    spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
"""


def test_default_deny_all_ingress_traffic() -> None:
    """This ensures that even pods that aren't selected by any other NetworkPolicy will still be
    isolated for ingress. This policy does not affect isolation for egress from any pod.
    """
    check(
        XYZ,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: default-deny-ingress, namespace: x}
        spec:
          podSelector: {}
          policyTypes: [Ingress]
        """,
        allowed=["x/a -> y/a 80", "x/a -> 203.0.113.7 80", "y/a -> z/a 80"],
        denied=["y/a -> x/a 80", "x/b -> x/a 80", "203.0.113.7 -> x/c 80"],
    )


def test_allow_all_ingress_traffic() -> None:
    """With this policy in place, no additional policy or policies can cause any incoming
    connection to those pods to be denied. This policy has no effect on isolation for egress.
    """
    check(
        XYZ,
        RESTRICTIVE,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: allow-all-ingress, namespace: x}
        spec:
          podSelector: {}
          ingress:
          - {}
          policyTypes: [Ingress]
        """,
        allowed=["y/a -> x/a 80", "y/a -> x/a 53/UDP", "203.0.113.7 -> x/a 80"],
        denied=["x/a -> y/a 80", "x/b -> x/a 80"],
    )


def test_default_deny_all_egress_traffic() -> None:
    """This ensures that even pods that aren't selected by any other NetworkPolicy will not be
    allowed egress traffic. This policy does not change the ingress isolation of any pod.
    """
    check(
        XYZ,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: default-deny-egress, namespace: x}
        spec:
          podSelector: {}
          policyTypes: [Egress]
        """,
        allowed=["y/a -> x/a 80", "203.0.113.7 -> x/a 80"],
        denied=["x/a -> y/a 80", "x/a -> x/b 80", "x/a -> 203.0.113.7 80"],
    )


def test_allow_all_egress_traffic() -> None:
    """With this policy in place, no additional policy or policies can cause any outgoing
    connection from those pods to be denied. This policy has no effect on isolation for ingress.
    """
    check(
        XYZ,
        RESTRICTIVE,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: allow-all-egress, namespace: x}
        spec:
          podSelector: {}
          egress:
          - {}
          policyTypes: [Egress]
        """,
        allowed=["x/a -> y/a 80", "x/a -> 203.0.113.7 443"],
        denied=["y/a -> x/a 80", "x/b -> x/a 80"],
    )


def test_default_deny_all_ingress_and_all_egress_traffic() -> None:
    """This ensures that even pods that aren't selected by any other NetworkPolicy will not be
    allowed ingress or egress traffic.
    """
    check(
        XYZ,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: default-deny-all, namespace: x}
        spec:
          podSelector: {}
          policyTypes: [Ingress, Egress]
        """,
        allowed=["y/a -> z/a 80"],
        denied=["y/a -> x/a 80", "x/a -> y/a 80", "x/a -> x/b 80", "x/a -> 203.0.113.7 80"],
    )


@pytest.mark.parametrize("protocol", ["TCP", "UDP", "SCTP"])
def test_network_traffic_filtering(protocol: str) -> None:
    """When a deny all network policy is defined, it is only guaranteed to deny TCP, UDP and
    SCTP connections.
    """
    check(XYZ, RESTRICTIVE, denied=[f"y/a -> x/a 80/{protocol}", f"x/a -> y/a 80/{protocol}"])


def test_targeting_a_range_of_ports() -> None:
    """The above rule allows any Pod with label role=db on the namespace default to communicate
    with any IP within the range 10.0.0.0/24 over TCP, provided that the target port is between
    the range 32000 and 32768.
    """
    check(
        DEFAULT,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: multi-port-egress, namespace: default}
        spec:
          podSelector:
            matchLabels: {role: db}
          policyTypes: [Egress]
          egress:
          - to:
            - ipBlock: {cidr: 10.0.0.0/24}
            ports:
            - {protocol: TCP, port: 32000, endPort: 32768}
        """,
        allowed=[
            "default/db -> 10.0.0.7 32000",
            "default/db -> 10.0.0.7 32400",
            "default/db -> 10.0.0.7 32768",
            "default/frontend -> 10.0.0.7 80",
        ],
        denied=[
            "default/db -> 10.0.0.7 31999",
            "default/db -> 10.0.0.7 32769",
            "default/db -> 10.0.0.7 32400/UDP",
            "default/db -> 10.0.1.7 32400",
        ],
    )


def test_targeting_multiple_namespaces_by_label() -> None:
    """In this scenario, your Egress NetworkPolicy targets more than one namespace using their
    label names.
    """
    check(
        """
        {apiVersion: v1, kind: Namespace, metadata: {name: home}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: f, labels: {namespace: frontend}}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: b, labels: {namespace: backend}}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: frontend}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: home, labels: {app: myapp}}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: f}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: b}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: frontend}}
        """,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: egress-namespaces, namespace: home}
        spec:
          podSelector:
            matchLabels: {app: myapp}
          policyTypes: [Egress]
          egress:
          - to:
            - namespaceSelector:
                matchExpressions:
                - {key: namespace, operator: In, values: [frontend, backend]}
        """,
        allowed=["home/p -> f/p 80", "home/p -> b/p 80"],
        # The label counts, not the name.
        denied=["home/p -> frontend/p 80"],
    )


def test_targeting_a_namespace_by_its_name() -> None:
    """The Kubernetes control plane sets an immutable label kubernetes.io/metadata.name on all
    namespaces, the value of the label is the namespace name.
    """
    check(
        XYZ,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: by-name, namespace: x}
        spec:
          podSelector: {}
          ingress:
          - from:
            - namespaceSelector:
                matchLabels: {kubernetes.io/metadata.name: y}
        """,
        allowed=["y/a -> x/a 80", "y/c -> x/c 80"],
        denied=["z/a -> x/a 80", "x/b -> x/a 80"],
    )


HOST_NETWORK = """
    {apiVersion: v1, kind: Namespace, metadata: {name: x}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: agent, namespace: x, labels: {role: client}}
    spec: {hostNetwork: true, nodeName: n1}
    status: {podIP: 192.168.7.1}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: server, namespace: x, labels: {role: server}}
    spec: {nodeName: n2}
    status: {podIP: 10.9.0.1}
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


def test_a_host_network_pod_is_not_a_subject() -> None:
    """The network plugin ... ignores hostNetwork pods when matching podSelector and
    namespaceSelector. ... (This is the most common implementation.)  This applies when a
    hostNetwork pod is selected by spec.podSelector.
    """
    check(
        HOST_NETWORK,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: isolate-client, namespace: x}
        spec:
          podSelector:
            matchLabels: {role: client}
          policyTypes: [Ingress, Egress]
        """,
        allowed=["x/agent -> x/server 80", "x/server -> x/agent 80"],
    )


def test_a_host_network_pod_is_not_a_pod_peer() -> None:
    """This applies when a hostNetwork pod is selected by a podSelector or namespaceSelector in
    an ingress or egress rule.
    """
    check(
        HOST_NETWORK,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: from-client, namespace: x}
        spec:
          podSelector:
            matchLabels: {role: server}
          ingress:
          - from:
            - podSelector:
                matchLabels: {role: client}
        """,
        denied=["x/agent -> x/server 80"],
    )


def test_a_host_network_pod_connects_from_the_address_of_its_node() -> None:
    """Since hostNetwork pods have the same IP addresses as the nodes they reside on, their
    connections will be treated as node connections. For example, you can allow traffic from a
    hostNetwork Pod using an ipBlock rule.
    """
    check(
        HOST_NETWORK,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: from-node, namespace: x}
        spec:
          podSelector:
            matchLabels: {role: server}
          ingress:
          - from:
            - ipBlock: {cidr: 192.168.7.1/32}
        """,
        allowed=["x/agent -> x/server 80"],
    )


def test_loopback_and_the_resident_node_cannot_be_blocked() -> None:
    """Pods cannot currently block localhost access, nor do they have the ability to block
    access from their resident node.
    """
    check(
        HOST_NETWORK,
        RESTRICTIVE,
        allowed=["x/server -> x/server 80", "192.168.7.2 -> x/server 80"],
        denied=["192.168.7.1 -> x/server 80", "x/agent -> x/server 80"],
    )


def test_there_is_no_explicit_deny() -> None:
    """Currently the model for NetworkPolicies are deny by default, with only the ability to add
    allow rules.
    """
    check(
        XYZ,
        RESTRICTIVE,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: allow, namespace: x}
        spec:
          podSelector: {}
          ingress:
          - from: [{namespaceSelector: {}}]
        """,
        allowed=["y/a -> x/a 80", "z/a -> x/a 80"],
    )
