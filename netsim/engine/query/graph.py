"""Workloads as a graph, one hop for each connection that may be made.

The only place, with its neighbours in this package, that loads networkx.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import networkx as nx

from netsim.engine.decision import Allowed
from netsim.engine.listing import Listing, titles
from netsim.engine.rectangle import Certainty
from netsim.model.addresses import AddressSet
from netsim.model.ports import PortSet

if TYPE_CHECKING:
    Graph = nx.DiGraph[str]
else:
    Graph = nx.DiGraph


@dataclass(frozen=True, slots=True)
class Hop:
    """One connection of a way; ``ports`` are possible ones where the hop is only possible."""

    source: str
    destination: str
    ports: PortSet
    certainty: Certainty


def graph_of(found: Listing, certainty: Certainty, ends: AddressSet | None = None) -> Graph:
    """Workloads and the hops between them; addresses of ``ends`` only as ends of a way.

    Whoever holds a workload can open any connection that is allowed to it, so every port
    makes a hop.
    """
    graph: Graph = nx.DiGraph()
    for (source, destination), allowed in found.inner.items():
        _add(graph, source, destination, allowed, certainty)
    for source, destination, allowed in _outer(found, ends) if ends else ():
        _add(graph, source, destination, allowed, certainty)
    return graph


def _outer(found: Listing, ends: AddressSet) -> Iterator[tuple[str, str, Allowed]]:
    for name, areas in found.inward.items():
        for area, allowed in areas:
            for title in titles(area & ends):
                yield title, name, allowed
    for name, areas in found.outward.items():
        for area, allowed in areas:
            for title in titles(area & ends):
                yield name, title, allowed


def _add(
    graph: Graph, source: str, destination: str, allowed: Allowed, certainty: Certainty
) -> None:
    ports = allowed.sure if certainty is Certainty.SURE else allowed.possible
    if ports:
        sure = Certainty.SURE if allowed.sure else Certainty.POSSIBLE
        graph.add_edge(source, destination, hop=Hop(source, destination, ports, sure))


def hops(graph: Graph, way: list[str]) -> tuple[Hop, ...]:
    """The hops along the nodes of a way."""
    return tuple(graph.edges[edge]["hop"] for edge in pairwise(way))
