"""Services, and the endpoints that EndpointSlices and Endpoints list."""

from __future__ import annotations

import pytest

from netsim.model.addresses import AddressSet, Family, parse_address
from netsim.model.ports import Protocol
from netsim.model.services import (
    EndpointsOrigin,
    ListedEndpoint,
    ListedPort,
    Readiness,
    Service,
    ServiceType,
    TrafficPolicy,
)
from tests.loader.conftest import Read

HEAD = "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: shop}\n"


def service(read: Read, rest: str) -> Service:
    loaded = read(HEAD + rest)
    assert loaded.diagnostics == ()
    (found,) = loaded.resources.services
    return found


def test_addresses(read: Read) -> None:
    found = service(
        read,
        """\
        spec:
          type: LoadBalancer
          clusterIP: 10.96.0.1
          clusterIPs: [10.96.0.1, "fd00::1"]
          externalIPs: [192.0.2.1]
          loadBalancerIP: 192.0.2.2
          loadBalancerSourceRanges: [203.0.113.0/24, " 198.51.100.0/24 "]
          externalTrafficPolicy: Local
          internalTrafficPolicy: Local
          publishNotReadyAddresses: true
          ports: [{port: 80, nodePort: 30080}, {name: b, port: 81, nodePort: 0}]
        status: {loadBalancer: {ingress: [{ip: 192.0.2.3}, {hostname: lb.example}]}}
        """.replace("\n        ", "\n").removeprefix("        "),
    )
    assert found.type is ServiceType.LOAD_BALANCER
    assert found.cluster_ips == AddressSet.of(("10.96.0.1", "fd00::1"))
    assert found.families == {Family.IPV4, Family.IPV6}
    assert found.external_ips == AddressSet.parse("192.0.2.1")
    assert found.balancer_ips == AddressSet.of(("192.0.2.2", "192.0.2.3"))
    assert found.balancer_hosts == ("lb.example",)
    assert found.source_ranges == AddressSet.of(("203.0.113.0/24", "198.51.100.0/24"))
    assert found.external_traffic is found.internal_traffic is TrafficPolicy.LOCAL
    assert found.publishes_unready
    assert [port.node_port for port in found.ports] == [30080, None]
    assert found.is_open_outside


def test_defaults(read: Read) -> None:
    found = service(read, "spec: {ports: [{port: 80}]}\n")
    assert found.type is ServiceType.CLUSTER_IP
    assert not found.addresses
    assert found.families == frozenset()
    assert found.external_traffic is found.internal_traffic is TrafficPolicy.CLUSTER
    assert found.source_ranges is None
    assert not found.is_headless
    assert not found.is_open_outside


@pytest.mark.parametrize("spec", ["clusterIP: None", 'clusterIPs: ["None"]'])
def test_headless(read: Read, spec: str) -> None:
    found = service(read, f"spec: {{{spec}, ipFamilies: [IPv6]}}\n")
    assert found.is_headless
    assert not found.cluster_ips
    assert found.families == {Family.IPV6}


def test_an_external_name(read: Read) -> None:
    found = service(
        read, "spec: {type: ExternalName, externalName: a.example, clusterIP: ''}\n"
    )
    assert found.type is ServiceType.EXTERNAL_NAME
    assert found.external_name == "a.example"


WRONG = [
    ("type: Nodeport", "spec.type", "unknown type 'Nodeport'"),
    ("clusterIP: ten", "spec.clusterIP", "'ten' is not an IP address"),
    ("externalTrafficPolicy: local", "spec.externalTrafficPolicy", "'local'"),
    ("loadBalancerSourceRanges: [x]", "spec.loadBalancerSourceRanges[0]", "not a CIDR block"),
    ("ports: [{port: 1, nodePort: 70000}]", "spec.ports[0].nodePort", "70000"),
]


@pytest.mark.parametrize(("spec", "field", "said"), WRONG)
def test_what_the_api_server_refuses(read: Read, spec: str, field: str, said: str) -> None:
    (error,) = read(f"{HEAD}spec: {{{spec}}}\n").errors
    assert error.location.field == field
    assert said in error.message


def test_placeholders_are_what_is_not_known(read: Read) -> None:
    loaded = read(
        HEAD + "spec: {type: '${TYPE}', clusterIP: '${IP}', externalTrafficPolicy: '${P}'}\n"
    )
    assert loaded.errors == ()
    (found,) = loaded.resources.services
    assert found.type is ServiceType.CLUSTER_IP
    assert not found.cluster_ips


def test_endpoint_slices(read: Read) -> None:
    loaded = read(
        """\
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata:
          name: s-1
          namespace: shop
          labels:
            kubernetes.io/service-name: s
            endpointslice.kubernetes.io/managed-by: endpointslice-controller.k8s.io
        addressType: IPv4
        endpoints:
        - addresses: [10.0.0.1, 10.0.0.9]
          nodeName: n1
          targetRef: {kind: Pod, name: web-1}
        - {addresses: [10.0.0.2], conditions: {ready: false, serving: true}}
        - {addresses: [10.0.0.3], conditions: {ready: false}}
        ports: [{name: http, port: 80}, {name: any}, {port: 53, protocol: UDP}]
        """
    )
    assert loaded.diagnostics == ()
    (found,) = loaded.resources.endpoints
    assert (found.namespace, found.service) == ("shop", "s")
    assert found.origin is EndpointsOrigin.SELECTOR
    (subset,) = found.subsets
    one, two, three = (parse_address(f"10.0.0.{n}") for n in (1, 2, 3))
    # All addresses of one endpoint mean the same, and clients use the first.
    assert subset.endpoints == (
        ListedEndpoint(one, Readiness.READY, "n1", "web-1"),
        ListedEndpoint(two, Readiness.SERVING),
        ListedEndpoint(three, Readiness.UNREADY),
    )
    assert subset.ports == (
        ListedPort(80, Protocol.TCP, "http"),
        ListedPort(None, Protocol.TCP, "any"),
        ListedPort(53, Protocol.UDP),
    )


def test_domain_names_have_no_address(read: Read) -> None:
    loaded = read(
        """\
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: s-1, labels: {kubernetes.io/service-name: s}}
        addressType: FQDN
        endpoints: [{addresses: [a.example]}]
        """
    )
    ((subset,),) = (each.subsets for each in loaded.resources.endpoints)
    assert [(each.address, each.host) for each in subset.endpoints] == [(None, "a.example")]


def test_endpoints(read: Read) -> None:
    loaded = read(
        """\
        apiVersion: v1
        kind: Endpoints
        metadata: {name: s}
        subsets:
        - addresses: [{ip: 10.0.0.1, targetRef: {kind: Pod, name: web-1}}]
          notReadyAddresses: [{ip: 10.0.0.2}]
          ports: [{port: 80}]
        ---
        apiVersion: v1
        kind: Endpoints
        metadata: {name: t, labels: {endpointslice.kubernetes.io/skip-mirror: "true"}}
        """
    )
    assert loaded.diagnostics == ()
    first, second = loaded.resources.endpoints
    assert [each.readiness for each in first.subsets[0].endpoints] == [
        Readiness.READY,
        Readiness.UNREADY,
    ]
    assert first.service == "s"
    assert (first.origin, second.origin) == (EndpointsOrigin.USER, EndpointsOrigin.UNCOPIED)


def test_a_wrong_address_rejects_the_slice(read: Read) -> None:
    loaded = read(
        """\
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: s-1, labels: {kubernetes.io/service-name: s}}
        addressType: IPv4
        endpoints: [{addresses: [a.example]}]
        """
    )
    assert "'a.example' is not an IP address" in loaded.errors[0].message
