"""On which ports a rule allows connections."""

from __future__ import annotations

from tests.semantics.world import XYZ, check

SERVERS = """
    {apiVersion: v1, kind: Namespace, metadata: {name: x}}
    ---
    {apiVersion: v1, kind: Pod, metadata: {name: client, namespace: x, labels: {role: client}}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: old, namespace: x}
    spec:
      containers:
      - name: c
        ports:
        - {name: web, containerPort: 8080}
        - {name: dns, containerPort: 53, protocol: UDP}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: new, namespace: x}
    spec:
      containers:
      - name: c
        ports: [{name: web, containerPort: 80}]
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: without, namespace: x}
    spec:
      containers:
      - name: c
        ports: [{containerPort: 80}]
"""


def ingress(ports: str) -> str:
    """A policy for every pod of x, which admits everybody on these ports."""
    return f"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {{name: policy, namespace: x}}
        spec:
          podSelector: {{}}
          ingress:
          - ports: {ports}
    """


def egress(ports: str) -> str:
    """A policy for the client in x, which may connect to everybody on these ports."""
    return f"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {{name: policy, namespace: x}}
        spec:
          podSelector: {{matchLabels: {{role: client}}}}
          policyTypes: [Egress]
          egress:
          - ports: {ports}
    """


def test_a_number_without_protocol_is_tcp() -> None:
    """If not specified, this field defaults to TCP. (types.go, NetworkPolicyPort)"""
    check(
        XYZ,
        ingress("[{port: 80}]"),
        allowed=["y/a -> x/a 80"],
        denied=["y/a -> x/a 80/UDP", "y/a -> x/a 80/SCTP", "y/a -> x/a 79", "y/a -> x/a 81"],
    )


def test_items_are_alternatives() -> None:
    """Each item in this list is combined using a logical OR. (types.go, Ports)"""
    check(
        XYZ,
        ingress("[{port: 80}, {port: 53, protocol: UDP}]"),
        allowed=["y/a -> x/a 80", "y/a -> x/a 53/UDP"],
        denied=["y/a -> x/a 53", "y/a -> x/a 80/UDP"],
    )


def test_a_protocol_without_number_is_all_its_ports() -> None:
    """If this field is not provided, this matches all port names and numbers. (types.go, Port)
    e2e: should enforce ingress policy allowing any port traffic to a server on a specific
    protocol.
    """
    check(
        XYZ,
        ingress("[{protocol: TCP}]"),
        allowed=["y/a -> x/a 1", "y/a -> x/a 80", "y/a -> x/a 65535"],
        denied=["y/a -> x/a 80/UDP"],
    )


def test_an_empty_item_is_all_of_tcp() -> None:
    """Both fields are optional; the protocol defaults to TCP, the port to all.
    (types.go, NetworkPolicyPort)
    """
    check(XYZ, ingress("[{}]"), allowed=["y/a -> x/a 65535"], denied=["y/a -> x/a 53/UDP"])


def test_a_range_includes_both_ends() -> None:
    """The range of ports from port to endPort if set, inclusive. (types.go, EndPort)"""
    check(
        XYZ,
        ingress("[{port: 80, endPort: 90}]"),
        allowed=["y/a -> x/a 80", "y/a -> x/a 90"],
        denied=["y/a -> x/a 79", "y/a -> x/a 91", "y/a -> x/a 85/UDP"],
    )


def test_a_range_may_be_one_port() -> None:
    """The endPort must be equal or greater than port. (types.go, EndPort)"""
    check(
        XYZ,
        ingress("[{port: 80, endPort: 80}]"),
        allowed=["y/a -> x/a 80"],
        denied=["y/a -> x/a 79", "y/a -> x/a 81"],
    )


def test_udp_is_not_tcp() -> None:
    """e2e: should not allow access by TCP when a policy specifies only UDP."""
    check(
        XYZ,
        ingress("[{port: 81, protocol: UDP}]"),
        allowed=["y/a -> x/a 81/UDP"],
        denied=["y/a -> x/a 81"],
    )


def test_sctp_is_not_tcp() -> None:
    """e2e: should not mistakenly treat 'protocol: SCTP' as 'protocol: TCP'; should properly
    isolate pods that are selected by a policy allowing SCTP.
    """
    check(
        XYZ,
        ingress("[{port: 80, protocol: SCTP}]"),
        allowed=["y/a -> x/a 80/SCTP"],
        denied=["y/a -> x/a 80", "y/a -> x/a 81", "y/a -> x/a 81/SCTP"],
    )


def test_a_name_is_looked_up_on_each_destination() -> None:
    """This can either be a numerical or named port on a pod. (types.go, Port)
    e2e: should allow ingress access on one named port.
    """
    check(
        SERVERS,
        ingress("[{port: web}]"),
        allowed=["x/client -> x/old 8080", "x/client -> x/new 80"],
        denied=["x/client -> x/old 80", "x/client -> x/new 8080", "x/client -> x/without 80"],
    )


def test_a_name_in_an_egress_rule_is_one_of_the_destination() -> None:
    """ports is a list of destination ports for outgoing traffic. (types.go, Egress.Ports)
    e2e: should allow egress access on one named port.

    An address outside the cluster has no names.
    """
    check(
        SERVERS,
        egress("[{port: web}]"),
        allowed=["x/client -> x/old 8080", "x/client -> x/new 80"],
        denied=[
            "x/client -> x/old 80",
            "x/client -> x/without 80",
            "x/client -> 203.0.113.7 80",
        ],
    )


def test_the_protocol_of_a_name_must_match() -> None:
    """Only traffic on the specified protocol AND port will be matched. (types.go, Port)"""
    check(
        SERVERS,
        ingress("[{port: dns, protocol: UDP}, {port: web, protocol: UDP}]"),
        allowed=["x/client -> x/old 53/UDP"],
        denied=["x/client -> x/old 53", "x/client -> x/old 8080", "x/client -> x/old 8080/UDP"],
    )
    check(SERVERS, ingress("[{port: dns}]"), denied=["x/client -> x/old 53/UDP"])


def test_a_sidecar_declares_names_and_an_init_container_does_not() -> None:
    """Also support sidecar container (initContainer with restartPolicy=Always).
    (k8s.io/kubernetes/pkg/api/v1/pod/util.go, FindPort)

    A name that is declared twice means the first, of the containers before the sidecars.
    """
    check(
        """
        {apiVersion: v1, kind: Pod, metadata: {name: client, namespace: x}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: server, namespace: x}
        spec:
          initContainers:
          - {name: setup, ports: [{name: setup, containerPort: 7000}]}
          - name: sidecar
            restartPolicy: Always
            ports: [{name: metrics, containerPort: 9090}, {name: web, containerPort: 8080}]
          containers:
          - {name: main, ports: [{name: web, containerPort: 80}]}
        """,
        ingress("[{port: metrics}, {port: web}, {port: setup}]"),
        allowed=["x/client -> x/server 9090", "x/client -> x/server 80"],
        denied=["x/client -> x/server 7000", "x/client -> x/server 8080"],
    )


def test_the_port_is_the_pods_and_not_the_services() -> None:
    """ports is a list of ports which should be made accessible on the pods selected for this
    rule. (types.go, Ports)
    """
    check(
        SERVERS,
        """
        apiVersion: v1
        kind: Service
        metadata: {name: old, namespace: x}
        spec: {selector: {}, ports: [{port: 80, targetPort: 8080}]}
        """,
        ingress("[{port: 80}]"),
        denied=["x/client -> x/old 8080"],
    )
