"""Services: addresses that lead to others, and where they lead.

``Service("shop", "api", Selector.of({"app": "api"}), (ServicePort(80, Protocol.TCP, 8080),))``
takes connections to TCP 80 to the pods labelled ``app: api``, TCP 8080.

Source: k8s.io/api/core/v1 ``ServiceSpec``, ``Endpoints``, discovery/v1 ``EndpointSlice``.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from netsim.model.addresses import Address, AddressSet, Family
from netsim.model.labels import Selector
from netsim.model.location import Location
from netsim.model.ports import Protocol

NOWHERE = AddressSet()
GATEWAY_GROUP = "gateway.networking.k8s.io"


class ServiceType(Enum):
    """How a Service is exposed; each of the first three includes those before it."""

    CLUSTER_IP = "ClusterIP"
    NODE_PORT = "NodePort"
    LOAD_BALANCER = "LoadBalancer"
    EXTERNAL_NAME = "ExternalName"


class TrafficPolicy(Enum):
    """Which endpoints a node leads to: all of them, or those that run on it."""

    CLUSTER = "Cluster"
    LOCAL = "Local"


class ServicePort(Struct, frozen=True):
    """A port of a Service; ``target`` is a number or the name of a container port."""

    number: int
    protocol: Protocol
    target: int | str
    name: str | None = None
    node_port: int | None = None

    @property
    def title(self) -> str:
        """``TCP 80``, with the name where it has one."""
        return f"{self.protocol} {self.number}{f' ({self.name})' if self.name else ''}"


class Service(Struct, frozen=True):
    """A Service; ``selector`` is None where endpoints are managed by hand.

    ``families`` are those in which it has addresses, and none where that is not known.
    ``balancer_ips`` are those of load balancers, ``balancer_hosts`` those known by name only.
    ``source_ranges`` are the clients that its load balancer admits, None where it admits all.
    """

    namespace: str
    name: str
    selector: Selector | None
    ports: tuple[ServicePort, ...]
    location: Location | None = None
    type: ServiceType = ServiceType.CLUSTER_IP
    is_headless: bool = False
    cluster_ips: AddressSet = NOWHERE
    external_ips: AddressSet = NOWHERE
    balancer_ips: AddressSet = NOWHERE
    balancer_hosts: tuple[str, ...] = ()
    families: frozenset[Family] = frozenset()
    external_traffic: TrafficPolicy = TrafficPolicy.CLUSTER
    internal_traffic: TrafficPolicy = TrafficPolicy.CLUSTER
    external_name: str = ""
    source_ranges: AddressSet | None = None
    publishes_unready: bool = False

    @property
    def title(self) -> str:
        """``Service namespace/name``."""
        return f"Service {self.namespace}/{self.name}"

    @property
    def asked_as(self) -> str:
        """What a question calls it: ``svc/namespace/name``."""
        return f"svc/{self.namespace}/{self.name}"

    @property
    def addresses(self) -> AddressSet:
        """All its addresses, apart from those of nodes."""
        return self.cluster_ips | self.external_ips | self.balancer_ips

    @property
    def is_open_outside(self) -> bool:
        """Whether it has addresses for clients outside the cluster."""
        outside = (ServiceType.NODE_PORT, ServiceType.LOAD_BALANCER)
        return self.type in outside or bool(self.external_ips)


class Readiness(Enum):
    """Whether an endpoint gets connections."""

    READY = "ready"
    SERVING = "serving"
    """Terminating, and still answers: used where no other is ready."""

    UNREADY = "unready"


class ListedEndpoint(Struct, frozen=True):
    """An address that a Service leads to; ``pod`` is the name of the pod that it is said to be.

    ``address`` is None where it is a domain name.
    """

    address: Address | None
    readiness: Readiness = Readiness.READY
    node: str | None = None
    pod: str | None = None
    host: str = ""


class ListedPort(Struct, frozen=True):
    """A port of such addresses; its name is that of the Service's port, or empty.

    ``number`` None is every port.
    """

    number: int | None
    protocol: Protocol
    name: str = ""


class EndpointSubset(Struct, frozen=True):
    """Addresses with ports in common."""

    endpoints: tuple[ListedEndpoint, ...]
    ports: tuple[ListedPort, ...]


class EndpointsOrigin(Enum):
    """Who wrote down the endpoints of a Service."""

    SELECTOR = "the controller that follows the selector"
    MIRROR = "the controller that copies Endpoints"
    UNCOPIED = "somebody who asks that controller to leave them out"
    USER = "anybody else"


class ServiceEndpoints(Struct, frozen=True):
    """The endpoints of a Service as an EndpointSlice or an Endpoints object lists them."""

    kind: str
    namespace: str
    name: str
    service: str
    subsets: tuple[EndpointSubset, ...]
    origin: EndpointsOrigin
    location: Location


class Referrer(Struct, frozen=True):
    """Objects that may refer to those of another namespace."""

    group: str
    kind: str
    namespace: str


class ReferenceGrant(Struct, frozen=True):
    """Allows objects of other namespaces to refer to some of its own.

    ``services`` are the names of Services that may be referred to; None is all of them.
    """

    namespace: str
    name: str
    referrers: tuple[Referrer, ...]
    services: frozenset[str] | None
    location: Location

    def admits(self, referrer: Referrer, service: str) -> bool:
        """Whether an object may refer to a Service of this namespace."""
        if referrer not in self.referrers:
            return False
        return self.services is None or service in self.services
