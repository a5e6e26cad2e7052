"""What reaches workloads from outside through Ingresses and routes.

Their traffic comes from the pods of an ingress controller, which are rarely in the input: a
pod stands for them, by default without labels in a namespace of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.listing import Pair, Part, Pods, pairs, title_of
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
)
from netsim.model.services import GATEWAY_GROUP, Referrer, Service, ServicePort


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


def is_granted(resources: Resources, entry: Entry, backend: Backend) -> bool:
    """Whether an entry may lead to a backend: one of another namespace has to admit it.

    "When unspecified or empty string, ... the local namespace is inferred"; for others "a
    ReferenceGrant object is required in the referent namespace" (Gateway API, BackendRef).
    """
    if backend.namespace == entry.namespace:
        return True
    referrer = Referrer(GATEWAY_GROUP, entry.kind, entry.namespace)
    return any(
        grant.admits(referrer, backend.service)
        for grant in resources.grants
        if grant.namespace == backend.namespace
    )


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
    """What the ingress controller reaches of what entries lead to; by workload.

    Where it does not reach all pods of one alike, there is a pair for each answer.
    """
    found: dict[Pod, Allowed] = {}
    for way, allowed in judged_ways(resources, conventions, controller or Controller()):
        pod = way.target.pod
        found[pod] = found[pod] | allowed if pod in found else allowed
    if not found:
        return ()
    totals = Counter(str(pod.workload) for pod in resources.pods)
    by_answer: dict[tuple[str, Allowed], list[str]] = defaultdict(list)
    for pod, allowed in found.items():
        if allowed.possible:
            by_answer[str(pod.workload), allowed].append(title_of(pod))
    return tuple(
        Pair.of(TITLE, name, allowed, _parts(pods, totals[name]))
        for (name, allowed), pods in by_answer.items()
    )


def _parts(pods: list[str], total: int) -> tuple[Part, ...]:
    if len(pods) == total:
        return ()
    return (Part(Pods((TITLE,)), Pods(tuple(sorted(pods)), total)),)


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
            found = allowed.on(port)
            if not is_granted(resources, way.entry, way.backend):
                # The grant may be in the cluster and not in the input.
                found = Allowed(PortSet.empty(), found.possible)
            yield way, found
