"""What whoever holds a workload can reach, hop by hop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import networkx as nx

from netsim.engine.listing import Listing, titles
from netsim.engine.query.graph import Graph, Hop, graph_of, hops
from netsim.engine.rectangle import Certainty


@dataclass(frozen=True, slots=True)
class Reached:
    """A workload or an address range, and a shortest way there; ``way`` is never empty."""

    title: str
    way: tuple[Hop, ...]
    certainty: Certainty

    @property
    def distance(self) -> int:
        """The number of hops."""
        return len(self.way)


def blast_radius(found: Listing, start: str, most: int | None = None) -> tuple[Reached, ...]:
    """Everything within ``most`` hops of a workload, the nearest first.

    What is reached surely is listed with its sure way, though a possible one may be shorter.
    """
    reached = {each.title: each for each in _reached(found, start, Certainty.SURE, most)}
    for each in _reached(found, start, Certainty.POSSIBLE, most):
        reached.setdefault(each.title, each)
    return tuple(sorted(reached.values(), key=lambda each: (each.distance, each.title)))


def _reached(
    found: Listing, start: str, certainty: Certainty, most: int | None
) -> Iterator[Reached]:
    graph = graph_of(found, certainty)
    graph.add_node(start)
    ways: dict[str, list[str]] = nx.single_source_shortest_path(graph, start, cutoff=most)
    for title, way in ways.items():
        if len(way) > 1:
            yield Reached(title, hops(graph, way), certainty)
    yield from _outside(found, graph, ways, certainty, most)


def _outside(
    found: Listing,
    graph: Graph,
    ways: dict[str, list[str]],
    certainty: Certainty,
    most: int | None,
) -> Iterator[Reached]:
    """Address ranges, each by the nearest workload that reaches it."""
    seen: set[str] = set()
    for name, way in sorted(ways.items(), key=lambda item: (len(item[1]), item[0])):
        for area, allowed in found.outward.get(name, ()):
            ports = allowed.sure if certainty is Certainty.SURE else allowed.possible
            for title in titles(area) if ports and (most is None or len(way) <= most) else ():
                if title not in seen:
                    seen.add(title)
                    sure = Certainty.SURE if allowed.sure else Certainty.POSSIBLE
                    last = Hop(name, title, ports, sure)
                    yield Reached(title, (*hops(graph, way), last), certainty)
