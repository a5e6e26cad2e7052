"""Who reaches an endpoint, and what it reaches."""

from __future__ import annotations

from collections.abc import Iterable

from netsim.engine.controller import Controller
from netsim.engine.listing import Pair, listing
from netsim.engine.query.subject import Subject
from netsim.engine.reachability import Reachability
from netsim.engine.ways_in import controller_pairs
from netsim.model.ports import PortSet


def sources_of(
    reachability: Reachability, destination: Subject, controller: Controller
) -> tuple[Pair, ...]:
    """Who may connect to a subject on its ports: the rows of a list with it at the right.

    The ingress controller is among them where an entry leads to the subject.
    """
    found = listing(reachability, destinations=destination.classes).pairs()
    conventions = reachability.selection.conventions
    led = controller_pairs(reachability.universe.resources, conventions, controller)
    own = [pair for pair in found if destination.is_called(pair.destination)]
    own += (pair for pair in led if pair.destination in destination.names)
    return within(own, destination.ports)


def destinations_of(
    reachability: Reachability, source: Subject, ports: PortSet
) -> tuple[Pair, ...]:
    """What a subject may connect to on some ports: the rows of a list with it at the left."""
    found = listing(reachability, sources=source.classes).pairs()
    return within((pair for pair in found if source.is_called(pair.source)), ports)


def within(pairs: Iterable[Pair], ports: PortSet) -> tuple[Pair, ...]:
    """Pairs with only what is on these ports, sorted."""
    cut = (
        Pair(pair.source, pair.destination, pair.ports & ports, pair.unknown & ports)
        for pair in pairs
    )
    found = (pair for pair in cut if pair.ports or pair.unknown)
    return tuple(sorted(found, key=lambda pair: (pair.source, pair.destination)))
