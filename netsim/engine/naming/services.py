"""Services resolved to the pods and the ports that their connections arrive at."""

from __future__ import annotations

from collections import defaultdict

from msgspec import Struct

from netsim.model.ports import Protocol
from netsim.model.resources import Origin, Pod, Resources, Service, ServicePort


class ServiceTarget(Struct, frozen=True):
    """A pod behind a Service, and the port on it."""

    pod: Pod
    protocol: Protocol
    number: int


class Services:
    """The Services of one input."""

    def __init__(self, resources: Resources) -> None:
        self._services = {(s.namespace, s.name): s for s in resources.services}
        self._pods: dict[str, list[Pod]] = defaultdict(list)
        for pod in resources.pods:
            if pod.origin is Origin.READ:
                self._pods[pod.namespace].append(pod)

    @property
    def titles(self) -> tuple[str, ...]:
        """``svc/namespace/name`` of each, sorted."""
        return tuple(sorted(f"svc/{namespace}/{name}" for namespace, name in self._services))

    def find(self, namespace: str, name: str) -> Service | None:
        """The Service of this name."""
        return self._services.get((namespace, name))

    def pods(self, service: Service) -> tuple[Pod, ...]:
        """The pods it selects; none where its endpoints are managed by hand."""
        selector = service.selector
        if selector is None:
            return ()
        return tuple(p for p in self._pods[service.namespace] if selector.may_match(p.labels))

    def targets(self, service: Service, port: ServicePort) -> tuple[ServiceTarget, ...]:
        """Where connections to a port of a Service arrive.

        A target port by name is looked up on each pod; pods without it are no endpoint of
        that port (core/v1 ``ServicePort.targetPort``).
        """
        found = []
        for pod in self.pods(service):
            number = target_on(pod, port)
            if number is not None:
                found.append(ServiceTarget(pod, port.protocol, number))
        return tuple(found)


def target_on(pod: Pod, port: ServicePort) -> int | None:
    """The number that a Service's port stands for on a pod."""
    if isinstance(port.target, int):
        return port.target
    return pod.port_named(port.target, port.protocol)


def port_of(service: Service, protocol: Protocol, number: int) -> ServicePort | None:
    """The port of a Service that has this number."""
    for port in service.ports:
        if (port.protocol, port.number) == (protocol, number):
            return port
    return None
