"""Services: which addresses stand for which endpoints, and what policies see of a client."""

from __future__ import annotations

import pytest

from netsim.engine.naming.endpoints import EndpointError
from tests.semantics.world import check

WORLD = """
    {apiVersion: v1, kind: Namespace, metadata: {name: x}}
    ---
    apiVersion: v1
    kind: Node
    metadata: {name: n1}
    spec: {podCIDR: 10.1.0.0/24}
    status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}
    ---
    apiVersion: v1
    kind: Node
    metadata: {name: n2}
    spec: {podCIDR: 10.2.0.0/24}
    status: {addresses: [{type: InternalIP, address: 192.0.2.2}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: server, namespace: x, labels: {role: server}}
    spec:
      nodeName: n1
      containers: [{name: c, ports: [{name: web, containerPort: 8080}]}]
    status: {podIP: 10.1.0.1, podIPs: [{ip: 10.1.0.1}, {ip: "fd00::1"}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: client, namespace: x, labels: {role: client}}
    spec: {nodeName: n2, containers: [{name: c}]}
    status: {podIP: 10.2.0.1, podIPs: [{ip: 10.2.0.1}, {ip: "fd00::2"}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: stranger, namespace: x, labels: {role: stranger}}
    spec: {nodeName: n2, containers: [{name: c}]}
    status: {podIP: 10.2.0.9}
"""


def service(spec: str, name: str = "s", status: str = "{}") -> str:
    return f"""
        apiVersion: v1
        kind: Service
        metadata: {{name: {name}, namespace: x}}
        spec: {{{spec}}}
        status: {status}
    """


def admits(*peers: str, ports: str = "[{port: 8080}]") -> str:
    """A policy for the server, which admits these peers."""
    return f"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {{name: admits, namespace: x}}
        spec:
          podSelector: {{matchLabels: {{role: server}}}}
          policyTypes: [Ingress]
          ingress: [{{from: [{", ".join(peers)}], ports: {ports}}}]
    """


CLIENT = "{podSelector: {matchLabels: {role: client}}}"
SERVER = "selector: {role: server}"
OFFICE = "{ipBlock: {cidr: 203.0.113.0/24}}"
NODES = "{ipBlock: {cidr: 192.0.2.0/24}}"
RANGES = "{ipBlock: {cidr: 10.0.0.0/14}}"
DENY = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: deny, namespace: x}
    spec: {podSelector: {}, policyTypes: [Ingress]}
"""


def test_a_cluster_ip_stands_for_the_pods_at_their_target_port() -> None:
    """[kube-proxy] redirects that traffic to one of the Service's endpoints: "packets are
    redirected to the backend" (reference/networking/virtual-ips).

    targetPort: "Number or name of the port to access on the pods targeted by the service."
    (core/v1, ServicePort)
    """
    check(
        WORLD,
        service(f"clusterIP: 10.96.0.7, {SERVER}, ports: [{{port: 80, targetPort: web}}]"),
        admits(CLIENT),
        allowed=["x/client -> 10.96.0.7 80", "x/client -> svc/x/s 80"],
        denied=["x/stranger -> 10.96.0.7 80", "x/stranger -> svc/x/s 80"],
    )


def test_a_block_of_a_cluster_ip_opens_nothing() -> None:
    """ "Cluster ingress and egress mechanisms often require rewriting the source or destination
    IP of packets." (concept page): by then the address is that of the pod.
    """
    egress = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: out, namespace: x}
        spec:
          podSelector: {matchLabels: {role: client}}
          policyTypes: [Egress]
          egress: [{to: [{ipBlock: {cidr: 10.96.0.7/32}}]}]
    """
    check(
        WORLD,
        service(f"clusterIP: 10.96.0.7, {SERVER}, ports: [{{port: 8080}}]"),
        egress,
        denied=["x/client -> 10.96.0.7 8080"],
        allowed=["x/stranger -> 10.96.0.7 8080"],
    )


def test_each_family_of_a_dual_stack_service_leads_to_its_own() -> None:
    """Services can have "both IPv4 and IPv6 cluster IP addresses"
    (concepts/services-networking/dual-stack); an EndpointSlice has addresses of one family.
    """
    check(
        WORLD,
        service(
            'clusterIPs: [10.96.0.7, "fd00:10:96::7"], ipFamilies: [IPv4, IPv6], '
            f"{SERVER}, ports: [{{port: 8080}}]"
        ),
        admits("{ipBlock: {cidr: 10.2.0.0/24}}"),
        allowed=["x/client -> 10.96.0.7 8080"],
        denied=["x/client -> fd00:10:96::7 8080"],
    )


def test_a_headless_service_leaves_the_port_as_it_is() -> None:
    """targetPort: "This field is ignored for services with clusterIP=None, and should be
    omitted or set equal to the 'port' field." (core/v1, ServicePort)
    """
    check(
        WORLD,
        service(f"clusterIP: None, {SERVER}, ports: [{{port: 8080, targetPort: 9}}]"),
        admits(CLIENT),
        allowed=["x/client -> svc/x/s 8080"],
        denied=["x/client -> svc/x/s 9", "x/stranger -> svc/x/s 8080"],
    )


def test_ports_go_by_name_too() -> None:
    """A Service's port by its name; a pod's by the name that a container gives it."""
    check(
        WORLD,
        service(
            f"clusterIP: 10.96.0.7, {SERVER}, "
            "ports: [{name: http, port: 80, targetPort: web}, {name: alt, port: 81}]"
        ),
        admits(CLIENT),
        allowed=["x/client -> svc/x/s http", "x/client -> x/server web"],
        denied=["x/client -> 10.96.0.7 alt"],
    )
    with pytest.raises(EndpointError, match="x/server has no TCP port named http: it has web"):
        check(WORLD, allowed=["x/client -> x/server http"])


SLICE = """
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata: {name: s-1, namespace: x, labels: {kubernetes.io/service-name: s}}
    addressType: IPv4
    ports: [{name: db, port: 5432}]
    endpoints:
    - {addresses: [198.51.100.1]}
    - {addresses: [198.51.100.9], conditions: {ready: false}}
"""


def leaves(cidr: str, port: int) -> str:
    return f"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {{name: leaves, namespace: x}}
        spec:
          podSelector: {{matchLabels: {{role: client}}}}
          policyTypes: [Egress]
          egress: [{{to: [{{ipBlock: {{cidr: {cidr}}}}}], ports: [{{port: {port}}}]}}]
    """


def test_without_selector_the_slices_tell_the_endpoints() -> None:
    """ "Because this Service has no selector, the corresponding EndpointSlice objects are not
    created automatically. You can map the Service to the network address and port where it's
    running, by adding an EndpointSlice object manually." (concepts/services-networking/service)

    conditions.ready: "A nil value should be interpreted as 'true'." (discovery/v1)
    """
    named = service("clusterIP: 10.96.0.7, ports: [{name: db, port: 5432, targetPort: 1}]")
    question = ["x/client -> 10.96.0.7 5432"]
    check(WORLD, named, SLICE, leaves("198.51.100.1/32", 5432), allowed=question)
    check(WORLD, named, SLICE, leaves("198.51.100.9/32", 5432), denied=question)
    check(WORLD, named, SLICE, leaves("10.96.0.7/32", 5432), denied=question)
    # The port of the slice has another name, so it is not that of this port.
    other = service("clusterIP: 10.96.0.7, ports: [{name: web, port: 5432}]")
    check(WORLD, other, SLICE, leaves("198.51.100.1/32", 5432), unknown=question)
    # Nothing lists its endpoints.
    check(WORLD, named, leaves("198.51.100.1/32", 5432), unknown=question)


ENDPOINTS = """
    apiVersion: v1
    kind: Endpoints
    metadata: {name: s, namespace: x}
    subsets:
    - addresses: [{ip: ADDRESS}]
      ports: [{port: 8080}]
"""
MIRROR = """
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata:
      name: s-1
      namespace: x
      labels:
        kubernetes.io/service-name: s
        endpointslice.kubernetes.io/managed-by: endpointslicemirroring-controller.k8s.io
    addressType: IPv4
    ports: [{port: 8080}]
    endpoints: [{addresses: [10.1.0.1]}]
"""


def test_endpoints_count_until_they_are_copied() -> None:
    """ "The control plane's EndpointSlice controller ... mirrors most Endpoints resources to
    corresponding EndpointSlices." (concepts/services-networking/endpoint-slices)

    An address that a pod has is that pod.
    """
    by_hand = service("clusterIP: 10.96.0.7, ports: [{port: 80}]")
    pod = ENDPOINTS.replace("ADDRESS", "10.1.0.1")
    outside = ENDPOINTS.replace("ADDRESS", "198.51.100.1")
    question = ["x/client -> 10.96.0.7 80"]
    check(WORLD, by_hand, pod, admits(CLIENT), allowed=question)
    check(WORLD, by_hand, pod, DENY, denied=question)
    check(WORLD, by_hand, outside, DENY, allowed=question)
    # The copy is what kube-proxy follows, also where it is older.
    check(WORLD, by_hand, outside, MIRROR, DENY, denied=question)


def test_an_external_name_is_an_alias() -> None:
    """ "Services of type ExternalName map a Service to a DNS name, not to a typical selector"
    (concepts/services-networking/service)
    """
    check(
        WORLD,
        service("type: ExternalName, externalName: api.partner.example"),
        service("type: ExternalName, externalName: t.x.svc.cluster.local", "inner"),
        service(f"clusterIP: 10.96.0.9, {SERVER}, ports: [{{port: 8080}}]", "t"),
        admits(CLIENT),
        unknown=["x/client -> svc/x/s 443"],
        allowed=["x/client -> svc/x/inner 8080"],
        denied=["x/stranger -> svc/x/inner 8080"],
    )


def test_a_cluster_ip_has_no_other_ports() -> None:
    """Convention service-port."""
    check(
        WORLD,
        service(f"clusterIP: 10.96.0.7, {SERVER}, ports: [{{port: 80, targetPort: web}}]"),
        denied=["x/client -> 10.96.0.7 8080", "x/client -> 10.96.0.7 80/UDP"],
        allowed=["x/client -> 10.96.0.7 80", "x/client -> 10.96.0.8 8080"],
    )


OUTSIDE_PORT = "ports: [{port: 80, targetPort: web, nodePort: 30080}]"
EXPOSED = f"type: LoadBalancer, externalIPs: [198.51.100.3], {SERVER}, {OUTSIDE_PORT}"
BALANCED = "{loadBalancer: {ingress: [{ip: 198.51.100.4}]}}"
WAYS = ("198.51.100.3 80", "198.51.100.4 80", "192.0.2.1 30080", "svc/x/s 80")


def test_cluster_hides_the_client() -> None:
    """externalTrafficPolicy: "each node will deliver traffic only to the node-local endpoints
    of the service, without masquerading the client source IP" where it is Local; the default,
    Cluster, "uses the standard behavior of routing to all endpoints evenly". (core/v1)

    "the source IP is replaced with the node's IP" (tutorials/services/source-ip)
    """
    clients = [f"203.0.113.9 -> {way}" for way in WAYS]
    others = [f"203.0.114.9 -> {way}" for way in WAYS]
    both = service(EXPOSED, status=BALANCED)
    check(WORLD, both, admits(OFFICE), unknown=clients)
    check(WORLD, both, admits("{ipBlock: {cidr: 0.0.0.0/0}}"), allowed=[*clients, *others])
    # A node that tunnels sends from the range of its pods.
    check(WORLD, both, admits(OFFICE, NODES), unknown=[*clients, *others])
    check(WORLD, both, admits(OFFICE, NODES, RANGES), allowed=clients, unknown=others)
    # The pod's own node may be the one whose address the packets have.
    check(WORLD, both, DENY, unknown=clients)


def test_local_keeps_the_client() -> None:
    """As above; "If there are no local endpoints, packets sent to the node are dropped"
    (tutorials/services/source-ip).
    """
    local = service(f"{EXPOSED}, externalTrafficPolicy: Local", status=BALANCED)
    clients = [f"203.0.113.9 -> {way}" for way in WAYS]
    others = [f"203.0.114.9 -> {way}" for way in WAYS]
    check(WORLD, local, admits(OFFICE), allowed=clients, denied=others)
    check(WORLD, local, denied=["203.0.113.9 -> 192.0.2.2 30080"])


def test_from_inside_it_may_be_rewritten_late() -> None:
    """ "traffic sent to an External IP or LoadBalancer IP from within the cluster will always
    get "Cluster" semantics, but clients sending to a NodePort from within the cluster may need
    to take traffic policy into account when picking a node." (core/v1, ServiceSpec)
    """
    addresses = [f"x/client -> {way}" for way in WAYS if not way.startswith("svc")]
    both = service(EXPOSED, status=BALANCED)
    check(WORLD, both, allowed=[*addresses, "x/client -> svc/x/s 80"])
    check(WORLD, both, admits(CLIENT), unknown=addresses, allowed=["x/client -> svc/x/s 80"])
    # What leaves the client is denied, wherever it is rewritten.
    check(WORLD, both, leaves("8.8.8.8/32", 53), denied=addresses)
    # Its policy sees the address or the pod, and only one of them is allowed.
    check(WORLD, both, leaves("198.51.100.4/32", 80), unknown=["x/client -> 198.51.100.4 80"])


def test_a_load_balancer_may_have_a_name_only() -> None:
    """hostname: "set for load-balancer ingress points that are DNS based (typically AWS
    load-balancers)" (core/v1, LoadBalancerIngress)
    """
    named = service(EXPOSED, status="{loadBalancer: {ingress: [{hostname: lb.example}]}}")
    check(
        WORLD,
        named,
        allowed=["203.0.113.9 -> lb.example 80"],
        unknown=["x/client -> lb.example 80"],
    )
    check(WORLD, named, admits(OFFICE), unknown=["203.0.113.9 -> lb.example 80"])


def test_names_of_dns() -> None:
    """ "my-svc.my-namespace.svc.cluster-domain.example" (concepts/.../dns-pod-service)"""
    check(
        WORLD,
        service(f"{SERVER}, ports: [{{port: 80, targetPort: web}}]"),
        admits(CLIENT),
        allowed=["x/client -> s.x.svc 80", "x/client -> s.x.svc.cluster.local 80"],
        denied=["x/stranger -> s.x.svc.cluster.local. 80"],
    )


def test_the_status_of_pods_tells_nodes() -> None:
    """hostIP: "the IP address of the host to which the pod is assigned" (core/v1, PodStatus)"""
    pod = """
        apiVersion: v1
        kind: Pod
        metadata: {name: server, namespace: x, labels: {role: server}}
        spec: {nodeName: n1, containers: [{name: c, ports: [{name: web, containerPort: 8080}]}]}
        status: {podIP: 10.1.0.1, hostIP: 192.0.2.1}
    """
    local = service(f"{EXPOSED}, externalTrafficPolicy: Local")
    check(
        pod,
        local,
        admits(OFFICE),
        allowed=["203.0.113.9 -> 192.0.2.1 30080"],
        denied=["203.0.114.9 -> 192.0.2.1 30080"],
        # Nothing says that there is no such node.
        unknown=["203.0.114.9 -> 192.0.2.9 30080"],
    )


def test_one_number_of_two_protocols() -> None:
    """ "port" is unique together with "protocol", as for DNS; so is "nodePort"."""
    dns = service(
        f"type: NodePort, externalTrafficPolicy: Local, {SERVER}, ports: "
        "[{name: u, port: 53, protocol: UDP, targetPort: 1053, nodePort: 30053}, "
        "{name: t, port: 53, protocol: TCP, targetPort: 1054, nodePort: 30053}]"
    )
    check(
        WORLD,
        dns,
        admits(OFFICE, CLIENT, ports="[{port: 1053, protocol: UDP}]"),
        allowed=["203.0.113.9 -> 192.0.2.1 30053/UDP", "x/client -> svc/x/s 53/UDP"],
        denied=["203.0.113.9 -> 192.0.2.1 30053", "x/client -> svc/x/s 53"],
    )


def test_services_that_share_an_address() -> None:
    """ "Services may share an external IP on different ports"; of two on one port nothing says
    which gets it.
    """
    shared = "externalIPs: [198.51.100.3], externalTrafficPolicy: Local"
    first = service(f"{shared}, {SERVER}, ports: [{{port: 80, targetPort: 8080}}]", "a")
    second = service(f"{shared}, selector: {{role: client}}, ports: [{{port: 81}}]", "b")
    third = service(f"{shared}, selector: {{role: client}}, ports: [{{port: 80}}]", "c")
    outside = [f"203.0.113.9 -> 198.51.100.3 {port}" for port in (80, 81)]
    closed = admits(CLIENT)
    check(WORLD, first, second, closed, denied=outside[:1], allowed=outside[1:])
    check(WORLD, first, second, third, unknown=outside[:1])


def test_a_node_at_any_other_port_is_the_node() -> None:
    """A node port is a port of every node: "each node proxies that port (the same port number
    on every Node) into your Service." (concepts/services-networking/service)
    """
    check(
        WORLD,
        service(EXPOSED),
        leaves("192.0.2.1/32", 22),
        allowed=["x/client -> 192.0.2.1 22"],
        denied=["x/client -> 192.0.2.1 23", "x/client -> 192.0.2.1 30080/UDP"],
    )


def test_sources_of_a_load_balancer() -> None:
    """loadBalancerSourceRanges: "If specified and supported by the platform, this will restrict
    traffic through the cloud-provider load-balancer ... to the specified client IPs." (core/v1)
    """
    ranged = service(
        f"{EXPOSED}, externalTrafficPolicy: Local, loadBalancerSourceRanges: [203.0.113.0/24]",
        status=BALANCED,
    )
    check(
        WORLD,
        ranged,
        allowed=["203.0.113.9 -> 198.51.100.4 80", "203.0.114.9 -> 192.0.2.1 30080"],
        unknown=["203.0.114.9 -> 198.51.100.4 80"],
    )
    check(WORLD, ranged, DENY, denied=["203.0.114.9 -> 198.51.100.4 80"])


def test_internal_traffic_may_keep_to_the_node() -> None:
    """internalTrafficPolicy: "If set to "Local", the proxy will assume that pods only want to
    talk to endpoints of the service on the same node as the pod, dropping the traffic if there
    are no local endpoints." (core/v1, ServiceSpec)
    """
    check(
        WORLD,
        service(
            "clusterIP: 10.96.0.7, internalTrafficPolicy: Local, "
            f"{SERVER}, ports: [{{port: 1}}]"
        ),
        denied=["x/client -> 10.96.0.7 1"],
    )


def test_a_pod_that_a_service_leads_back_to_itself() -> None:
    """ "A Pod connecting to its own Pod IP is not subject to CNP. A Pod connecting to a Service
    IP that the service proxy load-balances back to the same Pod is subject to
    ClusterNetworkPolicy." (network-policy-api, API overview)

    "A pod cannot block access to itself." (concept page, of NetworkPolicy)
    """
    closed = """
        apiVersion: policy.networking.k8s.io/v1alpha2
        kind: ClusterNetworkPolicy
        metadata: {name: closed}
        spec:
          tier: TIER
          priority: 1
          subject: {namespaces: {}}
          ingress: [{action: Deny, from: [{namespaces: {}}]}]
    """
    front = service(f"clusterIP: 10.96.0.7, {SERVER}, ports: [{{port: 80, targetPort: web}}]")
    headless = service(f"clusterIP: None, {SERVER}, ports: [{{port: 8080}}]", "h")
    through = ["x/server -> 10.96.0.7 80", "x/server -> svc/x/s 80"]
    itself = ["x/server -> x/server 8080", "x/server -> 10.1.0.1 8080"]
    itself.append("x/server -> svc/x/h 8080")
    for tier in ("Admin", "Baseline"):
        policy = closed.replace("TIER", tier)
        check(WORLD, front, headless, policy, denied=through, allowed=itself)
    check(WORLD, front, headless, DENY, unknown=through, allowed=itself)
    check(WORLD, front, headless, allowed=[*through, *itself])
