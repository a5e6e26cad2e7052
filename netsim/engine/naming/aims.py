"""What a question aims at: an endpoint and a port, also where it gives a Service's address.

``10.96.44.7`` port 5432 is the cluster IP of ``svc/b/store``: its packets arrive at the pods
behind it, at their target port.  ``resolve`` answers with one of three:

    Direct     the endpoint that the question names
    Led        the endpoints of a Service, by which of its addresses they were asked for
    Nowhere    no endpoint, and why
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from difflib import get_close_matches

from msgspec import Struct
from msgspec.structs import replace

from netsim.engine.naming.endpoints import NEAR, EndpointError, Endpoints, hint, tell_candidates
from netsim.engine.naming.services import (
    Arrival,
    Face,
    Services,
    group_arrivals,
    in_families,
    port_of,
)
from netsim.engine.naming.unwritten import UnwrittenPod
from netsim.model.addresses import Address, AddressSet, parse_address
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.ports import PortSet, Protocol
from netsim.model.resources import Pod, PodNetwork, Resources
from netsim.model.services import Service, ServicePort, ServiceType, TrafficPolicy
from netsim.model.verdict import Outcome
from netsim.words.lists import join_all, join_first

_SERVICE = re.compile(r"(?:svc|services?)/(?P<namespace>[^/\[\]]+)/(?P<name>[^/\[\]]+)")
_BARE_SERVICE = re.compile(r"(?P<prefix>svc|services?)/(?P<name>[^/\[\]]+)")
_DOMAIN = re.compile(r"(?P<name>[^.]+)\.(?P<namespace>[^.]+)\.svc(?:\..+)?\.?")

PortName = int | str
"""The number of a port, or its name."""


class Aim(Struct, frozen=True):
    """Pods or addresses, and the port at which connections arrive there."""

    endpoint: Endpoint
    port: int


class Direct(Struct, frozen=True):
    """The endpoint itself; several aims where a port's name means several numbers."""

    aims: tuple[Aim, ...]


class Led(Struct, frozen=True):
    """The endpoints of a Service.

    ``title`` is what the question calls it, ``front`` the address and port that it asks for,
    where that is one.  ``local`` are the aims on the node that was asked, where the Service
    keeps to them; None where all of them count.
    """

    title: str
    service: Service
    face: Face
    port: ServicePort
    aims: tuple[Aim, ...]
    front: Aim | None = None
    local: tuple[Aim, ...] | None = None
    is_certain: bool = True
    """False where the address may be that of a node, and may be any other."""

    @property
    def asked_port(self) -> int:
        """The port that the client connects to."""
        return self.front.port if self.front else self.port.number


class Nowhere(Struct, frozen=True):
    """No endpoint: ``outcome`` unless ``front``, the address itself, is denied by policies."""

    title: str
    outcome: Outcome
    why: str
    convention: str
    port: int
    front: Aim | None = None


Lead = Direct | Led | Nowhere


class Aims:
    """Resolves the destinations of questions; a Service becomes its endpoints.

    kube-proxy rewrites a Service's address before policies are asked, so that they see the
    pod and its port.
    """

    def __init__(self, resources: Resources, endpoints: Endpoints) -> None:
        self._endpoints = endpoints
        self.services = Services(resources)
        self._has_nodes = bool(resources.nodes)

    def resolve(self, text: str | UnwrittenPod, protocol: Protocol, port: PortName) -> Lead:
        """What a destination stands for; raises ``EndpointError``."""
        if isinstance(text, UnwrittenPod):
            return Direct(tuple(_list_direct(text.endpoint, protocol, port)))
        name = self._full(text.strip())
        if is_service(name):
            return self._by_name(name, self.service(name), protocol, port)
        if balanced := self.services.at_host(name):
            return self._behind_host(name, balanced, protocol, port)
        endpoint = self._endpoints.resolve(name)
        address = _address(name)
        # The name of a scenario's endpoint comes first, also where it looks like an address.
        if address and not _is_own(endpoint) and endpoint.title == name:
            found = self._by_address(name, address, protocol, port)
            if found:
                return found
        return Direct(tuple(_list_direct(endpoint, protocol, port)))

    def source(self, text: str | UnwrittenPod) -> Endpoint:
        """Who connects; nothing does from a Service's address.  Raises ``EndpointError``."""
        if isinstance(text, UnwrittenPod):
            return text.endpoint
        found = self._endpoints.resolve(text)
        address = _address(text.strip())
        for service, face in self.services.fronts(address) if address else ():
            if face is Face.CLUSTER_IP and not _is_own(found):
                raise EndpointError(
                    f"{text.strip()} is the cluster IP of {service.asked_as}: connections "
                    "arrive there, name a pod or workload"
                )
        return found

    def is_service(self, text: str) -> bool:
        """Whether a text is the name of a Service, or an address that only Services have."""
        full = self._full(text)
        return is_service(full) or bool(self._service_at(full))

    def _full(self, text: str) -> str:
        """A Service's name with its namespace, where no other is called so."""
        form = _BARE_SERVICE.fullmatch(text.strip())
        # In a namespace of this name it is a workload.
        if form is None or self._endpoints.has_namespace(form["prefix"]):
            return text
        found = [title for title in self.services.titles if title.endswith(f"/{form['name']}")]
        if len(found) > 1:
            raise EndpointError(tell_candidates(text, found))
        return found[0] if found else text

    def _service_at(self, text: str) -> Service | None:
        address = _address(text.strip())
        fronts = self.services.fronts(address) if address else ()
        if address is None or not fronts or self.services.nodes_at(address):
            return None
        if _is_own(self._endpoints.resolve(text)):
            return None
        names = list(dict.fromkeys(service.asked_as for service, _ in fronts))
        if len(names) > 1:
            raise EndpointError(f"{text} is an address of {join_all(names)}: give --port")
        return fronts[0][0]

    def service(self, text: str) -> Service:
        """The Service of a name or an address, or ``EndpointError``."""
        text = self._full(text)
        form = _read_name(text)
        known = self.services.find(form["namespace"], form["name"]) if form else None
        service = known or (None if form else self._service_at(text))
        if service is None:
            raise EndpointError(f"no Service {text!r} in the input{hint(self._near(text))}")
        return service

    # --- all ports at once ---

    def endpoint_at(self, text: str | UnwrittenPod) -> Endpoint:
        """The endpoint of this name, whatever leads to it; raises ``EndpointError``."""
        return self._endpoints.resolve(text)

    def only_port(self, text: str, protocol: Protocol) -> int:
        """The port of a Service that has one; raises ``EndpointError`` where it has several."""
        service = self.service(text)
        ports = [port.number for port in service.ports if port.protocol is protocol]
        if len(ports) != 1:
            known = f", one of its own ({_list_ports(service)})" if service.ports else ""
            raise EndpointError(f"{text} is a Service: give --port{known}")
        return ports[0]

    def endpoint(self, text: str) -> Endpoint:
        """All that is behind a Service; raises ``EndpointError``."""
        service = self._behind(text)
        arrivals = [
            Arrival(each.at, 0)
            for port in service.ports
            for each in self.services.arrivals(service, port)
        ]
        if not arrivals and service.is_headless:
            arrivals = [Arrival(pod, 0) for pod in self.services.pods(service)]
        ends = [end for end, _ in group_arrivals(text, service, dict.fromkeys(arrivals))]
        if not ends:
            raise EndpointError(self._describe_empty(text, service))
        if len(ends) > 1:
            raise EndpointError(f"{text} leads to pods and to addresses: name one of them")
        end = ends[0]
        return PodEndpoint(text, end.pods) if isinstance(end, PodEndpoint) else end

    def ports(self, text: str, among: PortSet) -> PortSet:
        """Where connections to some ports of a Service arrive; raises ``EndpointError``."""
        service = self._behind(text)
        if service.is_headless:
            return among
        chosen = [p for p in service.ports if (p.protocol, p.number) in among]
        if not chosen:
            raise EndpointError(f"{text} has no port {among}: it has {_list_ports(service)}")
        found = PortSet.empty()
        for port in chosen:
            for arrival in self.services.arrivals(service, port):
                found |= PortSet.of(port.protocol, arrival.number)
        return found

    # --- by name ---

    def _by_name(
        self, title: str, service: Service, protocol: Protocol, wanted: PortName
    ) -> Lead:
        if service.type is ServiceType.EXTERNAL_NAME:
            return self._follow_alias(title, service, protocol, wanted)
        port = port_of(service, protocol, wanted)
        if port is None and service.is_headless and isinstance(wanted, int):
            port = ServicePort(wanted, protocol, wanted)
        if port is None:
            asked = f"port {protocol} {wanted}"
            if isinstance(wanted, str):
                asked = f"{protocol} port named {wanted}"
            raise EndpointError(f"{title} has no {asked}: it has {_list_ports(service)}")
        return self._lead(title, service, Face.NAME, port)

    def _follow_alias(
        self, title: str, service: Service, protocol: Protocol, wanted: PortName
    ) -> Lead:
        """An ExternalName is a CNAME: only that of another Service is known."""
        other = self._alias_of(service)
        if other:
            return self._by_name(f"{title} ({other.asked_as})", other, protocol, wanted)
        number = wanted if isinstance(wanted, int) else _number_of(service, wanted)
        why = _describe_alias(title, service)
        return Nowhere(title, Outcome.UNKNOWN, why, "external-name", number)

    def _alias_of(self, service: Service) -> Service | None:
        """The other Service that an ExternalName is a name for, if it is one."""
        form = _DOMAIN.fullmatch(service.external_name)
        other = self.services.find(form["namespace"], form["name"]) if form else None
        return other if other and other.type is not ServiceType.EXTERNAL_NAME else None

    def _behind(self, text: str) -> Service:
        """The Service of a name or an address, or the one that it is an alias for."""
        service = self.service(text)
        if service.type is not ServiceType.EXTERNAL_NAME:
            return service
        other = self._alias_of(service)
        if other is None:
            raise EndpointError(_describe_alias(text, service))
        return other

    def _lead(
        self,
        title: str,
        service: Service,
        face: Face,
        port: ServicePort,
        front: Aim | None = None,
    ) -> Led | Nowhere:
        arrivals = self.services.arrivals(service, port)
        families = service.families
        if front and isinstance(front.endpoint, ExternalEndpoint):
            families = frozenset(family for family, _ in front.endpoint.addresses)
        arrivals = tuple(in_families(arrivals, families))
        number = front.port if front else port.number
        if not arrivals:
            why = self._describe_empty(title, service, port)
            return Nowhere(title, Outcome.UNKNOWN, why, "", number)
        aims = _group(title, service, arrivals)
        return Led(title, service, face, port, aims, front)

    def _describe_empty(
        self, title: str, service: Service, port: ServicePort | None = None
    ) -> str:
        hosts = self.services.named_endpoints(service)
        if hosts:
            return f"{title} leads to {join_first(hosts)}, whose addresses are unknown offline"
        if self.services.has_listed(service) and not self.services.pods(service):
            return f"{title} has no ready endpoint{_for(port)}: connections are rejected"
        if service.selector is None:
            return (
                f"{title} has no selector, and the input no EndpointSlice{_for(port)}: its "
                "endpoints are not known, name the pods"
            )
        if not self.services.pods(service):
            return f"{title} selects no pod of the input ({service.selector})"
        if port and isinstance(port.target, str):
            return (
                f"{title}: no pod behind it has a port named {port.target} "
                f"({port.protocol}), the target of port {port.number}"
            )
        return f"{title} leads to no address of the family that was asked for"

    def _near(self, text: str) -> list[str]:
        """Services of almost this name; what they share with all others does not count."""
        by_name = {title.removeprefix("svc/"): title for title in self.services.titles}
        close = get_close_matches(text.partition("/")[2], by_name, NEAR, 0.8)
        return [by_name[name] for name in close]

    # --- by address ---

    def _behind_host(
        self,
        title: str,
        services: tuple[Service, ...],
        protocol: Protocol,
        wanted: PortName,
    ) -> Lead:
        """What the name of a load balancer leads to, whose address is not known."""
        for service in services:
            port = port_of(service, protocol, wanted)
            if port:
                return self._lead(_of(title, service), service, Face.BALANCER, port)
        names = join_all([service.asked_as for service in services])
        ports = ", ".join(_list_ports(service) for service in services)
        raise EndpointError(
            f"{title} is {names}, which has no port {protocol} {wanted}: {ports}"
        )

    def _by_address(
        self,
        title: str,
        address: Address,
        protocol: Protocol,
        wanted: PortName,
    ) -> Lead | None:
        """What an address leads to that is a Service's, or a node's at a node port."""
        outside = ExternalEndpoint(title, AddressSet.single(address))
        fronts = self.services.fronts(address)
        matching = [
            (service, face, port)
            for service, face in fronts
            if (port := port_of(service, protocol, wanted))
        ]
        for service, face, port in matching:
            front = Aim(outside, port.number)
            disputed = _describe_dispute(title, [each for each, _, _ in matching])
            if disputed:
                return Nowhere(title, Outcome.UNKNOWN, disputed, "", port.number)
            return self._lead(_of(title, service), service, face, port, front)
        nodes = self.services.nodes_at(address)
        if isinstance(wanted, int) and (nodes or not (fronts or self._has_nodes)):
            found = self._on_node(title, outside, nodes, protocol, wanted)
            if found or nodes:
                return found
        return self._without_port(title, outside, fronts, protocol, wanted) if fronts else None

    def _on_node(
        self,
        title: str,
        outside: ExternalEndpoint,
        nodes: tuple[str, ...],
        protocol: Protocol,
        number: int,
    ) -> Lead | None:
        """The Service whose node port it is, where the address may be that of a node."""
        found = self.services.on_node_port(protocol, number)
        if not found:
            return None
        disputed = _describe_dispute(title, [service for service, _ in found])
        if disputed:
            return Nowhere(title, Outcome.UNKNOWN, disputed, "", number)
        service, port = found[0]
        front = Aim(outside, number)
        led = self._lead(_of(title, service), service, Face.NODE_PORT, port, front)
        if isinstance(led, Nowhere):
            return led
        local = None
        if nodes and service.external_traffic is TrafficPolicy.LOCAL:
            local = self._keep_local(led, nodes)
        return replace(led, local=local, is_certain=bool(nodes))

    def _keep_local(self, led: Led, nodes: tuple[str, ...]) -> tuple[Aim, ...] | None:
        """The aims on a node; None where it is not known on which one each is."""
        arrivals = self.services.arrivals(led.service, led.port)
        if any(each.node is None for each in arrivals):
            return None
        own = [each for each in arrivals if each.node in nodes]
        return _group(led.title, led.service, own)

    def _without_port(
        self,
        title: str,
        outside: ExternalEndpoint,
        fronts: tuple[tuple[Service, Face], ...],
        protocol: Protocol,
        wanted: PortName,
    ) -> Nowhere:
        """A Service's address at a port that it does not have."""
        services = " and ".join(dict.fromkeys(service.asked_as for service, _ in fronts))
        ports = ", ".join(dict.fromkeys(_list_ports(service) for service, _ in fronts))
        face = fronts[0][1]
        has = "have" if len({service for service, _ in fronts}) > 1 else "has"
        if isinstance(wanted, str):
            raise EndpointError(
                f"{title} is the {face.value} of {services}, which {has} no {protocol} "
                f"port named {wanted}, but {ports}"
            )
        why = (
            f"{title} is the {face.value} of {services}, which {has} no port {protocol} "
            f"{wanted}, but {ports}: nothing listens on any other"
        )
        if face is Face.CLUSTER_IP:
            return Nowhere(title, Outcome.DENY, why, "service-port", wanted)
        front = Aim(outside, wanted)
        return Nowhere(title, Outcome.UNKNOWN, why, "service-port", wanted, front)


def is_service(text: str) -> bool:
    """Whether a text has the form of a Service's name."""
    return _read_name(text) is not None


def _read_name(text: str) -> re.Match[str] | None:
    """``svc/shop/web``, or ``web.shop.svc.cluster.local`` as DNS has it."""
    return _SERVICE.fullmatch(text.strip()) or _DOMAIN.fullmatch(text.strip())


def _address(text: str) -> Address | None:
    try:
        return parse_address(text)
    except ValueError:
        return None


def _is_own(endpoint: Endpoint) -> bool:
    """Whether it is a pod with an address of its own: no Service has that."""
    return isinstance(endpoint, PodEndpoint) and all(
        pod.network is PodNetwork.POD for pod in endpoint.pods
    )


def _list_direct(endpoint: Endpoint, protocol: Protocol, port: PortName) -> list[Aim]:
    """An endpoint at a port; by name each pod has its own number."""
    if isinstance(port, int):
        return [Aim(endpoint, port)]
    if isinstance(endpoint, ExternalEndpoint):
        raise EndpointError(f"{endpoint.title}: an address has no named ports, give a number")
    by_number: dict[int, list[Pod]] = defaultdict(list)
    for pod in endpoint.pods:
        number = pod.port_named(port, protocol)
        if number is not None:
            by_number[number].append(pod)
    if not by_number:
        named = dict.fromkeys(
            f"{each.name} ({each.protocol} {each.number})"
            for pod in endpoint.pods
            for each in pod.ports
            if each.name
        )
        known = f"it has {join_first(list(named))}" if named else "it names none"
        raise EndpointError(f"{endpoint.title} has no {protocol} port named {port}: {known}")
    if len(by_number) == 1:
        return [Aim(endpoint, number) for number in by_number]
    return [
        Aim(PodEndpoint(endpoint.title, tuple(pods)), number)
        for number, pods in by_number.items()
    ]


def _group(title: str, service: Service, arrivals: Iterable[Arrival]) -> tuple[Aim, ...]:
    grouped = group_arrivals(title, service, arrivals)
    return tuple(Aim(end, number) for end, number in grouped)


def _of(title: str, service: Service) -> str:
    return f"{title} ({service.asked_as})"


def _for(port: ServicePort | None) -> str:
    return f" for {port.title}" if port else ""


def _describe_dispute(title: str, services: list[Service]) -> str:
    """Why it is unknown which Service gets connections; empty where there is one."""
    names = list(dict.fromkeys(service.asked_as for service in services))
    if len(names) == 1:
        return ""
    return f"{join_all(names)} have {title} at this port: which one gets it is unknown"


def _describe_alias(title: str, service: Service) -> str:
    named = service.external_name or "a name that it lacks"
    return (
        f"{title} is of type ExternalName, an alias in DNS for {named}: nothing is rewritten, "
        "and policies see the address that the name resolves to, which is unknown offline"
    )


def _number_of(service: Service, name: str) -> int:
    for port in service.ports:
        if port.name == name:
            return port.number
    raise EndpointError(f"{service.asked_as} has no port named {name}: give a number")


def _list_ports(service: Service) -> str:
    return ", ".join(port.title for port in service.ports) or "none"
