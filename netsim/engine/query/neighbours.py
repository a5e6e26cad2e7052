"""Who reaches an endpoint, and what it reaches."""

from __future__ import annotations

from netsim.engine.listing import Listing, Pair, listing
from netsim.engine.reachability import Reachability
from netsim.model.endpoint import Endpoint
from netsim.model.ports import PortSet


def sources_of(
    reachability: Reachability, destination: Endpoint, ports: PortSet
) -> tuple[Pair, ...]:
    """Who may connect to an endpoint on any of these ports, as in a list."""
    found = listing(reachability, destinations=reachability.universe.of(destination))
    return within(found, ports)


def destinations_of(
    reachability: Reachability, source: Endpoint, ports: PortSet
) -> tuple[Pair, ...]:
    """What an endpoint may connect to on any of these ports, as in a list."""
    return within(listing(reachability, sources=reachability.universe.of(source)), ports)


def within(found: Listing, ports: PortSet) -> tuple[Pair, ...]:
    """The pairs of a listing, only what is on these ports."""
    cut = (
        Pair(pair.source, pair.destination, pair.ports & ports, pair.unknown & ports)
        for pair in found.pairs()
    )
    return tuple(pair for pair in cut if pair.ports or pair.unknown)
