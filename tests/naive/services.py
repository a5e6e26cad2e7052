"""Where connections to a Service arrive, one endpoint at a time."""

from __future__ import annotations

from netsim.model.resources import Pod, Resources
from netsim.model.services import Readiness, Service, ServicePort
from tests.naive import Truth
from tests.naive.blocks import Address, addresses_of
from tests.naive.matching import selected

Arrival = tuple[Pod | Address, int]


def arrivals_of(resources: Resources, service: Service, port: ServicePort) -> list[Arrival]:
    """The endpoints of one port of a Service.

    "selector: Route service traffic to pods with label keys and values matching this selector.
    If empty or not present, the service is assumed to have an external process managing its
    endpoints." (core/v1, ServiceSpec)

    Pods whose labels may match are among them.
    """
    if service.selector is None:
        return _listed(resources, service, port)
    found: list[Arrival] = []
    for pod in resources.pods:
        if pod.namespace != service.namespace:
            continue
        if selected(service.selector, pod.labels):
            number = _target(pod, service, port)
            if number is not None:
                found.append((pod, number))
    return found


def may_be_empty(resources: Resources, service: Service) -> bool:
    """Whether it is unknown that any pod has the labels which a Service asks for."""
    return service.selector is not None and not any(
        pod.namespace == service.namespace
        and selected(service.selector, pod.labels) is Truth.YES
        for pod in resources.pods
    )


def _target(pod: Pod, service: Service, port: ServicePort) -> int | None:
    """ "If this is a string, it will be looked up as a named port in the target Pod's container
    ports. ... This field is ignored for services with clusterIP=None." (core/v1, ServicePort)
    """
    if service.is_headless:
        return port.number
    if isinstance(port.target, int):
        return port.target
    for declared in pod.ports:
        if declared.name == port.target and declared.protocol is port.protocol:
            return declared.number
    return None


def _listed(resources: Resources, service: Service, port: ServicePort) -> list[Arrival]:
    """What the endpoints of EndpointSlices say that get connections, by the name of the port.

    "name: The name of this port. All ports in an EndpointSlice must have a unique name."
    (discovery/v1, EndpointPort)
    """
    found: list[Arrival] = []
    wanted = _wanted(resources, service)
    for each in resources.endpoints:
        if (each.namespace, each.service) != (service.namespace, service.name):
            continue
        for subset in each.subsets:
            for listed in subset.ports:
                if listed.name != (port.name or "") or listed.protocol is not port.protocol:
                    continue
                for endpoint in subset.endpoints:
                    if endpoint.address and endpoint.readiness is wanted:
                        at = _at(resources, endpoint.address)
                        number = port.number if service.is_headless else listed.number
                        found.append((at, number or port.number))
    return found


def _wanted(resources: Resources, service: Service) -> Readiness:
    """Ready ones; "if all endpoints are terminating", those that still serve (KEP-1669)."""
    for each in resources.endpoints:
        if (each.namespace, each.service) == (service.namespace, service.name):
            for subset in each.subsets:
                for endpoint in subset.endpoints:
                    if endpoint.readiness is Readiness.READY:
                        return Readiness.READY
    return Readiness.SERVING


def _at(resources: Resources, address: Address) -> Pod | Address:
    for pod in resources.pods:
        if pod.network.value == "pod" and address in addresses_of(pod):
            return pod
    return address


def sources_of(resources: Resources, client: Address) -> list[Address]:
    """The addresses that a client outside has to a pod where its own may be hidden.

    "the source IP is replaced with the node's IP" (tutorials/services/source-ip)
    """
    found: list[Address] = [client]
    for node in resources.nodes:
        for family, (low, high) in node.addresses:
            if family.value == client.max_prefixlen:
                found.extend(family.address(number) for number in range(low, high + 1))
    return found
