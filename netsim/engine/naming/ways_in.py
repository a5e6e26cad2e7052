"""What reaches workloads from outside through Ingresses and routes.

Their traffic comes from the pods of an ingress controller, which are rarely in the input: a
pod stands for them, by default without labels in a namespace of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.listing import Pair, pairs
from netsim.engine.naming.controller import TITLE, Controller, with_controller
from netsim.engine.naming.services import Services, ServiceTarget
from netsim.engine.policy.decision import Allowed
from netsim.model.addresses import AddressSet
from netsim.model.conventions import Conventions
from netsim.model.ports import PortSet
from netsim.model.resources import (
    Backend,
    Entry,
    Pod,
    Resources,
    Service,
    ServicePort,
)


class Way(Struct, frozen=True):
    """One backend of an entry, and a pod it leads to."""

    entry: Entry
    backend: Backend
    target: ServiceTarget


def ways(resources: Resources) -> Iterator[Way]:
    """All ways from entries to pods, whether or not policies allow them."""
    services = Services(resources)
    for entry in resources.entries:
        for backend in entry.backends:
            service = services.find(backend.namespace, backend.service)
            for port in ports_of(entry, backend, service) if service else ():
                for target in services.targets(service, port) if service else ():
                    yield Way(entry, backend, target)


def ports_of(entry: Entry, backend: Backend, service: Service) -> tuple[ServicePort, ...]:
    """The ports of a Service that a backend means.

    An OpenShift Route names the target port, or the port by name; all others name the port
    of the Service.
    """
    if backend.port is None:
        return service.ports
    if entry.kind == "Route":
        return tuple(p for p in service.ports if backend.port in (p.target, p.name))
    return tuple(p for p in service.ports if backend.port in (p.number, p.name))


def connections(
    resources: Resources,
    conventions: Conventions,
    controller: Controller | None = None,
    cuts: Iterable[AddressSet] = (),
) -> tuple[Pair, ...]:
    """All allowed pairs, those from the ingress controller among them, sorted."""
    evaluator = Evaluator.of(resources, conventions, cuts)
    found = (*pairs(evaluator), *controller_pairs(resources, conventions, controller))
    return tuple(sorted(found, key=lambda pair: (pair.source, pair.destination)))


def controller_pairs(
    resources: Resources, conventions: Conventions, controller: Controller | None = None
) -> tuple[Pair, ...]:
    """What the ingress controller reaches of what entries lead to; by workload."""
    found: dict[str, Allowed] = {}
    for way, allowed in judged_ways(resources, conventions, controller or Controller()):
        name = str(way.target.pod.workload)
        found[name] = found[name] | allowed if name in found else allowed
    return tuple(
        Pair.of(TITLE, name, allowed) for name, allowed in found.items() if allowed.possible
    )


def judged_ways(
    resources: Resources, conventions: Conventions, controller: Controller
) -> Iterator[tuple[Way, Allowed]]:
    """Each way, with the part of its port that policies allow."""
    by_pod: dict[Pod, list[Way]] = defaultdict(list)
    for way in ways(resources):
        by_pod[way.target.pod].append(way)
    if not by_pod:
        return
    evaluator = Evaluator.of(with_controller(resources, controller), conventions)
    universe = evaluator.universe
    source = universe.bit(controller.pod)
    for pod, led in by_pod.items():
        allowed = evaluator.allowed(source, universe.bit(pod))
        for way in led:
            port = PortSet.of(way.target.protocol, way.target.number)
            yield way, allowed.on(port)
