"""Who reaches an endpoint, and what it reaches."""

from __future__ import annotations

from collections.abc import Iterable

from netsim.engine.matrix.listing import Pair, listing
from netsim.engine.naming.controller import Controller
from netsim.engine.naming.ways_in import controller_pairs
from netsim.engine.query.hops import between
from netsim.engine.query.subject import Subject
from netsim.engine.reachability import Reachability
from netsim.model.ports import PortSet


def sources_of(
    reachability: Reachability, destination: Subject, controller: Controller
) -> tuple[Pair, ...]:
    """Who may connect to a subject on its ports: the rows of a list with it at the right.

    The ingress controller is among them where an entry leads to the subject, and so are the
    other pods of its workload where it is only some of them.
    """
    found = listing(reachability, destinations=destination.classes).pairs()
    conventions = reachability.selection.conventions
    led = controller_pairs(reachability.universe.resources, conventions, controller)
    own = [pair for pair in found if destination.is_called(pair.destination)]
    own += (pair for pair in led if pair.destination in destination.names)
    own += (
        _pair(name, destination.title, reachability, pods, destination.classes)
        for name, pods in _siblings(reachability, destination).items()
    )
    return within(own, destination.ports)


def destinations_of(
    reachability: Reachability, source: Subject, ports: PortSet
) -> tuple[Pair, ...]:
    """What a subject may connect to on some ports: the rows of a list with it at the left."""
    found = listing(reachability, sources=source.classes).pairs()
    own = [pair for pair in found if source.is_called(pair.source)]
    own += (
        _pair(source.title, name, reachability, source.classes, pods)
        for name, pods in _siblings(reachability, source).items()
    )
    return within(own, ports)


def _siblings(reachability: Reachability, subject: Subject) -> dict[str, int]:
    """The other pods of the workloads of a subject, as classes."""
    universe = reachability.universe
    found: dict[str, int] = {}
    for pod in universe.resources.pods:
        name = str(pod.workload)
        if name in subject.names and not subject.has(pod):
            found[name] = found.get(name, 0) | 1 << universe.bit(pod)
    return found


def _pair(
    source: str, destination: str, reachability: Reachability, sources: int, destinations: int
) -> Pair:
    allowed = between(reachability, sources, destinations)
    return Pair(source, destination, allowed.sure, allowed.possible - allowed.sure)


def within(pairs: Iterable[Pair], ports: PortSet) -> tuple[Pair, ...]:
    """Pairs with only what is on these ports, sorted."""
    cut = (
        Pair(pair.source, pair.destination, pair.ports & ports, pair.unknown & ports)
        for pair in pairs
    )
    found = (pair for pair in cut if pair.ports or pair.unknown)
    return tuple(sorted(found, key=lambda pair: (pair.source, pair.destination)))
