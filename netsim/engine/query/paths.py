"""Whether one endpoint can reach another over hops."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import networkx as nx

from netsim.engine.listing import Listing
from netsim.engine.query.graph import Graph, Hop, graph_of, hops
from netsim.engine.rectangle import Certainty
from netsim.model.addresses import AddressSet


@dataclass(frozen=True, slots=True)
class Way:
    """A shortest way; it is only possible where one of its hops is."""

    hops: tuple[Hop, ...]
    certainty: Certainty


def shortest_way(
    found: Listing,
    sources: Iterable[str],
    destinations: Iterable[str],
    ends: AddressSet,
    most: int | None = None,
) -> Way | None:
    """The shortest way of at most ``most`` hops, a sure one before one that is possible.

    Sources and destinations are titles as in a list.  Ways lead through workloads; addresses
    of ``ends`` are where they start or end.
    """
    starts, targets = list(sources), list(destinations)
    for certainty in (Certainty.SURE, Certainty.POSSIBLE):
        graph = graph_of(found, certainty, ends)
        ways = [way for s in starts for t in targets if (way := _way(graph, s, t))]
        if ways:
            shortest = min(ways, key=len)
            if most is None or len(shortest) - 1 <= most:
                return Way(hops(graph, shortest), certainty)
    return None


def _way(graph: Graph, source: str, destination: str) -> list[str] | None:
    if source not in graph or destination not in graph:
        return None
    try:
        way: list[str] = nx.shortest_path(graph, source, destination)
    except nx.NetworkXNoPath:
        return None
    return way if len(way) > 1 else None
