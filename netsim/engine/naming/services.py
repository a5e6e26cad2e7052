"""Services resolved to the endpoints and the ports that their connections arrive at.

Endpoints are the pods that the selector chooses, and what EndpointSlices or Endpoints list:

    Service            leads to
    with a selector    its pods, and what EndpointSlices list that people wrote
    without one        what EndpointSlices list, or Endpoints that have not been copied to some
    headless           the same, at the port that the client asked for
    ExternalName       nothing: it is a name for another name
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from netsim.model.addresses import Address, AddressSet, Family, family_of
from netsim.model.endpoint import Approach, Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.ports import Protocol
from netsim.model.resources import Origin, Pod, PodNetwork, Resources
from netsim.model.services import (
    EndpointsOrigin,
    EndpointSubset,
    ListedEndpoint,
    Readiness,
    Service,
    ServiceEndpoints,
    ServicePort,
)


class ServiceTarget(Struct, frozen=True):
    """A pod behind a Service, and the port on it."""

    pod: Pod
    protocol: Protocol
    number: int


class Arrival(Struct, frozen=True):
    """A pod or an address behind a Service, and the port there."""

    at: Pod | Address
    number: int

    @property
    def node(self) -> str | None:
        """The node it is on, where that is known."""
        return self.at.node if isinstance(self.at, Pod) else None


class Face(Enum):
    """What a question calls a Service by."""

    NAME = "name"
    CLUSTER_IP = "cluster IP"
    EXTERNAL_IP = "external IP"
    BALANCER = "load balancer's address"
    NODE_PORT = "node port"

    @property
    def is_outside(self) -> bool:
        """Whether it is there for clients outside the cluster."""
        return self not in (Face.NAME, Face.CLUSTER_IP)


class Services:
    """The Services of one input."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._services = {(s.namespace, s.name): s for s in resources.services}
        self._pods: dict[str, list[Pod]] = defaultdict(list)
        for pod in resources.pods:
            if pod.origin is Origin.READ:
                self._pods[pod.namespace].append(pod)

    @property
    def titles(self) -> tuple[str, ...]:
        """``svc/namespace/name`` of each, sorted."""
        return tuple(sorted(service.asked_as for service in self._services.values()))

    def find(self, namespace: str, name: str) -> Service | None:
        """The Service of this name."""
        return self._services.get((namespace, name))

    def may_select_none(self, service: Service) -> bool:
        """Whether it is open that any pod has the labels, and nothing else lists endpoints."""
        selector = service.selector
        if selector is None or any(True for _ in self._listed(service)):
            return False
        return not any(selector.matches(pod.labels) for pod in self._pods[service.namespace])

    def pods(self, service: Service) -> tuple[Pod, ...]:
        """The pods it selects, or may; none where its endpoints are managed by hand."""
        selector = service.selector
        if selector is None:
            return ()
        return tuple(p for p in self._pods[service.namespace] if selector.may_match(p.labels))

    def targets(self, service: Service, port: ServicePort) -> tuple[ServiceTarget, ...]:
        """The pods that a port of a Service leads to, as its EndpointSlices have them.

        What follows these, such as an ingress controller, goes to the target port of a headless
        Service, too.
        """
        followed = replace(service, is_headless=False)
        return tuple(
            ServiceTarget(each.at, port.protocol, each.number)
            for each in self.arrivals(followed, port)
            if isinstance(each.at, Pod)
        )

    def arrivals(self, service: Service, port: ServicePort) -> tuple[Arrival, ...]:
        """Where connections to a port of a Service arrive.

        A target port by name is looked up on each pod; pods without it are no endpoint of
        that port (core/v1 ``ServicePort.targetPort``).  That of a headless Service has no
        effect on clients, who ask for its pods by name and connect to the port they want.
        """
        found = []
        for pod in self.pods(service):
            number = port.number if service.is_headless else target_on(pod, port)
            if number is not None:
                found.append(Arrival(pod, number))
        for subset, endpoint in self._listed(service):
            at = self._place(service, endpoint)
            numbers = [port.number] if service.is_headless else _numbers(subset, port)
            found += [Arrival(at, number) for number in numbers if at is not None]
        return tuple(dict.fromkeys(found))

    def has_listed(self, service: Service) -> bool:
        """Whether the input lists endpoints of a Service, ready or not."""
        return any(subset.endpoints for each in self._lists(service) for subset in each.subsets)

    @cached_property
    def api_servers(self) -> AddressSet:
        """The addresses behind ``default/kubernetes``, where the input tells them."""
        return AddressSet.union(
            (each.at.addresses or AddressSet.empty())
            if isinstance(each.at, Pod)
            else AddressSet.single(each.at)
            for each in self._api_arrivals
        )

    @property
    def api_ports(self) -> frozenset[int]:
        """The ports on which API servers listen there."""
        return frozenset(each.number for each in self._api_arrivals)

    @cached_property
    def _api_arrivals(self) -> tuple[Arrival, ...]:
        service = self.find("default", "kubernetes")
        return self.arrivals(service, service.ports[0]) if service and service.ports else ()

    def named_endpoints(self, service: Service) -> tuple[str, ...]:
        """The domain names among the endpoints of a Service."""
        listed = (endpoint.host for _, endpoint in self._listed(service))
        return tuple(host for host in listed if host)

    # --- EndpointSlices and Endpoints ---

    def _listed(self, service: Service) -> Iterator[tuple[EndpointSubset, ListedEndpoint]]:
        """Those that get connections: where none is ready, those that still answer."""
        every = [
            (subset, endpoint)
            for each in self._lists(service)
            for subset in each.subsets
            for endpoint in subset.endpoints
        ]
        if service.publishes_unready:
            yield from every
            return
        for wanted in (Readiness.READY, Readiness.SERVING):
            chosen = [each for each in every if each[1].readiness is wanted]
            if chosen:
                yield from chosen
                return

    def _lists(self, service: Service) -> tuple[ServiceEndpoints, ...]:
        """What counts of the objects that list endpoints of a Service.

        kube-proxy follows EndpointSlices.  Endpoints that nobody has copied to some yet are
        going to be, so they count where no copy is there.
        """
        known = self._by_service.get((service.namespace, service.name), ())
        slices = tuple(each for each in known if each.kind == "EndpointSlice")
        origins = {each.origin for each in slices}
        if self.pods(service):
            return tuple(each for each in slices if each.origin is EndpointsOrigin.USER)
        if EndpointsOrigin.MIRROR in origins or EndpointsOrigin.SELECTOR in origins:
            return slices
        others = tuple(each for each in known if each.kind == "Endpoints")
        if slices:
            others = tuple(e for e in others if e.origin is not EndpointsOrigin.UNCOPIED)
        return (*slices, *others)

    @cached_property
    def _by_service(self) -> dict[tuple[str, str], tuple[ServiceEndpoints, ...]]:
        found: dict[tuple[str, str], tuple[ServiceEndpoints, ...]] = {}
        for each in self._resources.endpoints:
            key = (each.namespace, each.service)
            found[key] = (*found.get(key, ()), each)
        return found

    def _place(self, service: Service, endpoint: ListedEndpoint) -> Pod | Address | None:
        """The pod that has the address, or is said to; else the address itself."""
        if endpoint.address is None:
            return None
        pod = self._by_address.get(endpoint.address)
        if pod is None and endpoint.pod:
            named = (p for p in self._pods[service.namespace] if p.name == endpoint.pod)
            pod = next((p for p in named if p.addresses is None), None)
        return pod or endpoint.address

    @cached_property
    def _by_address(self) -> dict[Address, Pod]:
        """Pods by the addresses that are theirs alone; a node's has no pod."""
        return {
            address: pod
            for pod in self._resources.pods
            if pod.network is PodNetwork.POD and pod.origin is Origin.READ
            for address in list_addresses(pod.addresses)
        }

    # --- the addresses of Services ---

    def fronts(self, address: Address) -> tuple[tuple[Service, Face], ...]:
        """The Services that have an address, and what it is to each."""
        return tuple(self._fronts.get(address, ()))

    @cached_property
    def _fronts(self) -> dict[Address, list[tuple[Service, Face]]]:
        found: dict[Address, list[tuple[Service, Face]]] = defaultdict(list)
        for service in self._services.values():
            for face, addresses in (
                (Face.CLUSTER_IP, service.cluster_ips),
                (Face.BALANCER, service.balancer_ips),
                (Face.EXTERNAL_IP, service.external_ips),
            ):
                for address in list_addresses(addresses):
                    found[address].append((service, face))
        return found

    def at_host(self, name: str) -> tuple[Service, ...]:
        """The Services whose load balancer has a name in DNS."""
        return self._hosts.get(name, ())

    @cached_property
    def _hosts(self) -> dict[str, tuple[Service, ...]]:
        found: dict[str, tuple[Service, ...]] = {}
        for service in self._services.values():
            for host in service.balancer_hosts:
                found[host] = (*found.get(host, ()), service)
        return found

    def on_node_port(
        self, protocol: Protocol, number: int
    ) -> tuple[tuple[Service, ServicePort], ...]:
        """The Services with a node port of this number, and the port."""
        return tuple(
            (service, port)
            for service in self._services.values()
            for port in service.ports
            if (port.protocol, port.node_port) == (protocol, number)
        )

    def nodes_at(self, address: Address) -> tuple[str, ...]:
        """The names of the nodes that have an address."""
        return tuple(name for name, known in self._nodes.items() if address in known)

    @cached_property
    def _nodes(self) -> dict[str, AddressSet]:
        """Nodes by name, also where only the status of pods tells their addresses."""
        found = {node.name: node.addresses for node in self._resources.nodes}
        for pod in self._resources.pods:
            own = pod.addresses if pod.network is PodNetwork.HOST else None
            host = pod.host_addresses or own
            if host:
                name = pod.node or str(host)
                found[name] = found.get(name, AddressSet.empty()) | host
        return found

    @cached_property
    def node_addresses(self) -> AddressSet:
        """The addresses of all nodes that are known."""
        return AddressSet.union(self._nodes.values())

    @cached_property
    def node_sources(self) -> AddressSet:
        """The addresses that nodes may put in place of a client's; empty if none is known.

        A node that tunnels sends from an address of the range that it gives its pods.
        """
        ranges = (node.pod_ranges for node in self._resources.nodes)
        return self.node_addresses | AddressSet.union(ranges) if self._nodes else AddressSet()


def target_on(pod: Pod, port: ServicePort) -> int | None:
    """The number that a Service's port stands for on a pod."""
    if isinstance(port.target, int):
        return port.target
    return pod.port_named(port.target, port.protocol)


def port_of(service: Service, protocol: Protocol, wanted: int | str) -> ServicePort | None:
    """The port of a Service that has this number or name."""
    for port in service.ports:
        if port.protocol is protocol and wanted in (port.number, port.name):
            return port
    return None


def list_addresses(addresses: AddressSet | None) -> Iterator[Address]:
    """The addresses of a small set, one by one."""
    for family, (low, high) in addresses or ():
        for number in range(low, high + 1):
            yield family.address(number)


def group_arrivals(
    title: str, service: Service, arrivals: Iterable[Arrival]
) -> Iterator[tuple[Endpoint, int]]:
    """Arrivals as ends of connections: the pods of each port, and the addresses of each."""
    approach = Approach.DIRECT if service.is_headless else Approach.PROXIED
    pods: dict[int, list[Pod]] = defaultdict(list)
    addresses: dict[int, AddressSet] = defaultdict(AddressSet)
    for each in arrivals:
        if isinstance(each.at, Pod):
            pods[each.number].append(each.at)
        else:
            addresses[each.number] |= AddressSet.single(each.at)
    for number, own in pods.items():
        workloads = " and ".join(dict.fromkeys(str(pod.workload) for pod in own))
        yield PodEndpoint(f"{workloads} behind {title}", tuple(own), approach), number
    for number, found in addresses.items():
        listed = " and ".join(str(address) for address in list_addresses(found))
        yield ExternalEndpoint(f"{listed} behind {title}", found), number


def _numbers(subset: EndpointSubset, port: ServicePort) -> list[int]:
    """The ports of listed endpoints that a Service's port of the same name leads to."""
    return [
        listed.number or port.number
        for listed in subset.ports
        if (listed.name, listed.protocol) == (port.name or "", port.protocol)
    ]


def in_families(arrivals: Iterable[Arrival], families: frozenset[Family]) -> Iterator[Arrival]:
    """Arrivals at addresses of some families; a pod of unknown address has any."""
    for each in arrivals:
        if not families or len(families) == len(Family):
            yield each
        elif not isinstance(each.at, Pod):
            if family_of(each.at) in families:
                yield each
        elif narrowed := _restrict(each.at, families):
            yield Arrival(narrowed, each.number)


def _restrict(pod: Pod, families: frozenset[Family]) -> Pod | None:
    """A pod at its addresses of some families; None where it has none there."""
    if pod.addresses is None:
        return pod
    area = AddressSet.union(
        AddressSet.of_range(family, (0, family.last)) for family in families
    )
    common = pod.addresses & area
    if not common:
        return None
    return pod if common == pod.addresses else replace(pod, addresses=common)
