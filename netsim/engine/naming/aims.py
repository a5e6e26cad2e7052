"""What a question aims at: an endpoint and a port, also where it names a Service."""

from __future__ import annotations

import re
from collections import defaultdict
from difflib import get_close_matches

from msgspec import Struct

from netsim.engine.naming.endpoints import NEAR, EndpointError, Endpoints, hint
from netsim.engine.naming.services import Services, port_of
from netsim.engine.naming.unwritten import UnwrittenPod
from netsim.engine.reachability import Reachability
from netsim.model.endpoint import Endpoint, PodEndpoint
from netsim.model.ports import PortSet, Protocol
from netsim.model.resources import Pod, Resources, Service, ServicePort
from netsim.model.verdict import Outcome, Verdict

_SERVICE = re.compile(r"(?:svc|services?)/(?P<namespace>[^/\[\]]+)/(?P<name>[^/\[\]]+)")


class Aim(Struct, frozen=True):
    """Pods or addresses, and the port at which connections arrive there."""

    endpoint: Endpoint
    port: int


class Aims:
    """Resolves the destinations of questions; a Service becomes its pods and target ports.

    kube-proxy rewrites a Service's address before policies are asked, so that they see the
    pod and its port.
    """

    def __init__(self, resources: Resources, endpoints: Endpoints) -> None:
        self._endpoints = endpoints
        self._services = Services(resources)

    def resolve(
        self, text: str | UnwrittenPod, protocol: Protocol, port: int
    ) -> tuple[Aim, ...]:
        """One aim, or of a Service one for each target port; raises ``EndpointError``."""
        if isinstance(text, UnwrittenPod):
            return (Aim(text.endpoint, port),)
        name = text.strip()
        form = _SERVICE.fullmatch(name)
        if form is None:
            return (Aim(self._endpoints.resolve(text), port),)
        service = self.service(name)
        chosen = port_of(service, protocol, port)
        if chosen is None:
            raise EndpointError(
                f"{name} has no port {protocol} {port}: it has {_list_ports(service)}"
            )
        return self._aims(name, service, chosen)

    def pods(self, text: str) -> PodEndpoint:
        """All pods behind a Service; raises ``EndpointError``."""
        return PodEndpoint(text, self._services.pods(self.service(text)))

    def ports(self, text: str, among: PortSet) -> PortSet:
        """Where connections to some ports of a Service arrive; raises ``EndpointError``."""
        service = self.service(text)
        chosen = [p for p in service.ports if (p.protocol, p.number) in among]
        if not chosen:
            raise EndpointError(f"{text} has no port {among}: it has {_list_ports(service)}")
        found = PortSet.empty()
        for port in chosen:
            for target in self._services.targets(service, port):
                found |= PortSet.of(target.protocol, target.number)
        return found

    def service(self, text: str) -> Service:
        """The Service of a name ``svc/namespace/name`` that has pods, or ``EndpointError``."""
        form = _SERVICE.fullmatch(text)
        service = self._services.find(form["namespace"], form["name"]) if form else None
        if service is None:
            raise EndpointError(f"no Service {text!r} in the input{hint(self._near(text))}")
        if service.selector is None:
            raise EndpointError(
                f"{text} has no selector, so its endpoints are not known: name the pods"
            )
        if not self._services.pods(service):
            raise EndpointError(f"{text} selects no pod of the input ({service.selector})")
        return service

    def _near(self, text: str) -> list[str]:
        """Services of almost this name; what they share with all others does not count."""
        by_name = {title.removeprefix("svc/"): title for title in self._services.titles}
        close = get_close_matches(text.partition("/")[2], by_name, NEAR, 0.8)
        return [by_name[name] for name in close]

    def _aims(self, title: str, service: Service, port: ServicePort) -> tuple[Aim, ...]:
        by_number: dict[int, list[Pod]] = defaultdict(list)
        for target in self._services.targets(service, port):
            by_number[target.number].append(target.pod)
        if not by_number:
            raise EndpointError(
                f"{title}: no pod behind it has a port named {port.target} "
                f"({port.protocol}), the target of port {port.number}"
            )
        return tuple(
            Aim(PodEndpoint(_title(title, pods), tuple(pods)), number)
            for number, pods in by_number.items()
        )


def is_service(text: str) -> bool:
    """Whether a text has the form of a Service's name."""
    return _SERVICE.fullmatch(text.strip()) is not None


def verdict_at(
    reachability: Reachability, source: Endpoint, aims: tuple[Aim, ...], protocol: Protocol
) -> Outcome:
    """The outcome of a question; unknown where its aims differ."""
    outcomes = {_verdict(reachability, source, aim, protocol).outcome for aim in aims}
    return outcomes.pop() if len(outcomes) == 1 else Outcome.UNKNOWN


def _verdict(
    reachability: Reachability, source: Endpoint, aim: Aim, protocol: Protocol
) -> Verdict:
    return reachability.verdict(source, aim.endpoint, protocol, aim.port)


def _title(service: str, pods: list[Pod]) -> str:
    workloads = dict.fromkeys(str(pod.workload) for pod in pods)
    return f"{' and '.join(workloads)} behind {service}"


def _list_ports(service: Service) -> str:
    return ", ".join(f"{p.protocol} {p.number}" for p in service.ports) or "none"
