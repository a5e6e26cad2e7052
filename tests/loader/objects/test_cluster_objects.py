from __future__ import annotations

from netsim.model.addresses import AddressSet
from netsim.model.labels import Labels, Selector
from netsim.model.location import Location
from netsim.model.ports import Protocol
from netsim.model.resources import Namespace, Node, Origin
from netsim.model.services import Service, ServicePort
from tests.loader.conftest import Read


def test_namespaces_have_their_name_label(read: Read) -> None:
    loaded = read(
        """\
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop, labels: {a: b, kubernetes.io/metadata.name: wrong}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: p, namespace: other}
        """
    )
    name = "kubernetes.io/metadata.name"
    assert loaded.resources.namespaces == (
        Namespace(
            "shop",
            Labels.of({"a": "b", name: "shop"}),
            Origin.READ,
            Location("a.yaml", 3, "metadata.name"),
        ),
        Namespace("other", Labels.of({name: "other"}), Origin.IMPLIED),
    )


def test_nodes(read: Read) -> None:
    loaded = read(
        """\
        apiVersion: v1
        kind: Node
        metadata: {name: n1, labels: {zone: a}}
        spec: {podCIDR: 10.0.0.0/24, podCIDRs: [10.0.0.0/24, "fd00::/64"]}
        status:
          addresses:
          - {type: ExternalIP, address: 8.8.8.8}
          - {type: ExternalIP, address: "2001:db8::8"}
          - {type: InternalIP, address: 172.18.0.2}
          - {type: Hostname, address: n1}
        """
    )
    assert loaded.resources.nodes == (
        Node(
            "n1",
            Labels.of({"zone": "a"}),
            AddressSet.of(["172.18.0.2", "8.8.8.8", "2001:db8::8"]),
            AddressSet.of(["10.0.0.0/24", "fd00::/64"]),
            Location("a.yaml", 3, "metadata.name"),
            AddressSet.of(["172.18.0.2", "2001:db8::8"]),
        ),
    )


def test_services(read: Read) -> None:
    loaded = read(
        """\
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports:
          - {port: 80}
          - {port: 81, targetPort: http, name: b, protocol: UDP}
          - {port: 82, targetPort: 8082}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: outside}
        spec: {type: ExternalName, externalName: example.com, selector: {app: web}}
        """
    )
    web, outside = loaded.resources.services
    assert web == Service(
        "default",
        "web",
        Selector.of({"app": "web"}),
        (
            ServicePort(80, Protocol.TCP, 80),
            ServicePort(81, Protocol.UDP, "http", "b"),
            ServicePort(82, Protocol.TCP, 8082),
        ),
        Location("a.yaml", 3, "metadata.name"),
    )
    assert outside.selector is None


def test_a_target_port_is_a_port(read: Read) -> None:
    loaded = read(
        """\
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {ports: [{port: 80, targetPort: 70000}]}
        """
    )
    assert loaded.errors[0].location.field == "spec.ports[0].targetPort"
    assert loaded.resources.services == ()
