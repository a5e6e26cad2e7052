"""Who reaches an endpoint, what it reaches, and what is open to the outside."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.listing import Pair, listing
from netsim.engine.naming.controller import Controller
from netsim.engine.naming.ways_in import controller_pairs
from netsim.engine.query.hops import between
from netsim.engine.query.subject import Subject
from netsim.engine.space.bits import ClassSet, single
from netsim.model.ports import PortSet


def sources_of(
    evaluator: Evaluator, destination: Subject, controller: Controller
) -> tuple[Pair, ...]:
    """Who may connect to a subject on its ports: the rows of a list with it at the right.

    The ingress controller is among them where an entry leads to the subject, and so are the
    other pods of its workload where it is only some of them.
    """
    found = listing(evaluator, destinations=destination.classes).pairs()
    conventions = evaluator.selection.conventions
    led = controller_pairs(evaluator.universe.resources, conventions, controller)
    own = [pair for pair in found if destination.is_called(pair.destination)]
    own += (pair for pair in led if pair.destination in destination.names)
    own += (
        _pair(name, destination.title, evaluator, pods, destination.classes)
        for name, pods in _siblings(evaluator, destination).items()
    )
    return restrict_pairs(own, destination.ports)


def destinations_of(evaluator: Evaluator, source: Subject, ports: PortSet) -> tuple[Pair, ...]:
    """What a subject may connect to on some ports: the rows of a list with it at the left."""
    found = listing(evaluator, sources=source.classes).pairs()
    own = [pair for pair in found if source.is_called(pair.source)]
    own += (
        _pair(source.title, name, evaluator, source.classes, pods)
        for name, pods in _siblings(evaluator, source).items()
    )
    return restrict_pairs(own, ports)


def open_to_outside(
    evaluator: Evaluator, controller: Controller, ports: PortSet
) -> tuple[Pair, ...]:
    """What addresses outside the cluster, or the ingress controller, may connect to."""
    universe = evaluator.universe
    direct = listing(evaluator, sources=universe.external).pairs()
    conventions = evaluator.selection.conventions
    led = controller_pairs(universe.resources, conventions, controller)
    return (*restrict_pairs(led, ports), *restrict_pairs(direct, ports))


def _siblings(evaluator: Evaluator, subject: Subject) -> dict[str, ClassSet]:
    """The other pods of the workloads of a subject, as classes."""
    universe = evaluator.universe
    found: dict[str, ClassSet] = {}
    for pod in universe.resources.pods:
        name = str(pod.workload)
        if name in subject.names and not subject.has(pod):
            found[name] = found.get(name, 0) | single(universe.bit(pod))
    return found


def _pair(
    source: str,
    destination: str,
    evaluator: Evaluator,
    sources: ClassSet,
    destinations: ClassSet,
) -> Pair:
    allowed = between(evaluator, sources, destinations)
    return Pair.of(source, destination, allowed)


def restrict_pairs(pairs: Iterable[Pair], ports: PortSet) -> tuple[Pair, ...]:
    """Pairs with only what is on these ports, sorted."""
    cut = (
        replace(
            pair,
            ports=pair.ports & ports,
            unknown=pair.unknown & ports,
            by_family=tuple((f, own & ports) for f, own in pair.by_family if own & ports),
        )
        for pair in pairs
    )
    found = (pair for pair in cut if pair.ports or pair.unknown)
    return tuple(sorted(found, key=lambda pair: (pair.source, pair.destination)))
