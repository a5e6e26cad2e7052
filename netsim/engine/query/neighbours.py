"""Who reaches an endpoint, what it reaches, and what is open to the outside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.listing import Pair, Part, Pods, listing, title_of
from netsim.engine.naming.controller import Controller
from netsim.engine.naming.ways_in import controller_pairs
from netsim.engine.policy.decision import Allowed
from netsim.engine.query.hops import between
from netsim.engine.query.subject import Subject
from netsim.engine.space.bits import single
from netsim.model.policies import Direction
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
    own += (pair for pair in led if _is_about(pair, destination))
    for name, allowed, pods in _siblings(evaluator, destination, Direction.INGRESS):
        parts = (Part(pods, Pods((destination.title,))),) if not pods.are_all else ()
        own.append(Pair.of(name, destination.title, allowed, parts))
    return restrict_pairs(own, destination.ports)


def destinations_of(evaluator: Evaluator, source: Subject, ports: PortSet) -> tuple[Pair, ...]:
    """What a subject may connect to on some ports: the rows of a list with it at the left."""
    found = listing(evaluator, sources=source.classes).pairs()
    own = [pair for pair in found if source.is_called(pair.source)]
    for name, allowed, pods in _siblings(evaluator, source, Direction.EGRESS):
        parts = (Part(Pods((source.title,)), pods),) if not pods.are_all else ()
        own.append(Pair.of(source.title, name, allowed, parts))
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


def _is_about(pair: Pair, destination: Subject) -> bool:
    """Whether a pair leads to a subject, and to one of its own pods where pods differ."""
    if pair.destination not in destination.names or not pair.parts:
        return pair.destination in destination.names
    own = {title_of(pod) for pod in destination.pods}
    return any(not own.isdisjoint(part.destinations.titles) for part in pair.parts)


def _siblings(
    evaluator: Evaluator, subject: Subject, direction: Direction
) -> Iterator[tuple[str, Allowed, Pods]]:
    """The other pods of the workloads of a subject, by what they may send it, or it them."""
    universe = evaluator.universe
    found: dict[str, dict[Allowed, list[str]]] = defaultdict(dict)
    for pod in universe.resources.pods:
        name = str(pod.workload)
        if name in subject.names and not subject.has(pod):
            ends = single(universe.bit(pod)), subject.classes
            ends = ends if direction is Direction.INGRESS else ends[::-1]
            found[name].setdefault(between(evaluator, *ends), []).append(title_of(pod))
    for name, answers in found.items():
        total = sum(map(len, answers.values()))
        for allowed, pods in answers.items():
            yield name, allowed, Pods(tuple(sorted(pods)), total)


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
