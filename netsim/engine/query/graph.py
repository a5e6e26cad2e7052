"""Classes as a graph, which leads from one subject to another.

The only place, with its neighbours in this package, that loads networkx.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import networkx as nx

from netsim.engine.policy.rectangle import Certainty
from netsim.engine.query.hops import CONTROLLER, Cell, Hops, counted
from netsim.engine.query.subject import Subject
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet, contains
from netsim.model.endpoint import ExternalEndpoint

START, END = "start", "end"

Node = int | str | tuple[str, int]
"""A class by number; START, END and the controller; ``(word, number)`` for steps between."""

if TYPE_CHECKING:
    Graph = nx.DiGraph[Node]
else:
    Graph = nx.DiGraph

_FROM, _INTO, _LED = "from", "into", "led"


def graph_of(hops: Hops, source: Subject, destination: Subject, certainty: Certainty) -> Graph:
    """What leads from START, before the source's classes, to END, after the destination's.

    Each hop is two edges, with the group of all that may send the same between them, so that
    the graph stays as small as the rules.  Addresses are ends of ways only, and END takes in
    only connections on the destination's ports.
    """
    graph: Graph = nx.DiGraph()
    graph.add_nodes_from((START, END))
    graph.add_edges_from((START, number) for number in bits.members(source.classes))
    pods = len(hops.evaluator.universe.pods)
    through = bits.span(0, pods) | source.classes
    for cell in hops.cells:
        sources = cell.sources & through
        if sources and cell.destination < pods:
            _add(graph, sources, cell.destination, certainty, cell)
        if sources and contains(destination.classes, cell.destination):
            _add_end(graph, sources, certainty, cell, destination)
    if isinstance(source.endpoint, ExternalEndpoint):
        graph.add_edges_from(_through_controller(hops, source, destination, certainty))
    return graph


def _add(
    graph: Graph, sources: ClassSet, target: Node, certainty: Certainty, cell: Cell
) -> None:
    if not counted(cell.allowed, certainty):
        return
    group = (_FROM, sources)
    if group not in graph:
        graph.add_edges_from((number, group) for number in bits.members(sources))
    graph.add_edge(group, target)


def _add_end(
    graph: Graph, sources: ClassSet, certainty: Certainty, cell: Cell, destination: Subject
) -> None:
    if counted(cell.allowed, certainty) & destination.ports:
        arrived = (_INTO, cell.destination)
        _add(graph, sources, arrived, certainty, cell)
        graph.add_edge(arrived, END)


def _through_controller(
    hops: Hops, source: Subject, destination: Subject, certainty: Certainty
) -> Iterator[tuple[Node, Node]]:
    """An entry is there to be reached from outside, through the ingress controller."""
    for number in bits.members(source.classes):
        yield number, (_LED, -1)
    yield (_LED, -1), CONTROLLER
    for number, allowed in hops.led.items():
        ports = counted(allowed, certainty)
        if ports:
            yield CONTROLLER, (_LED, number)
            yield (_LED, number), number
        if ports & destination.ports and contains(destination.classes, number):
            yield (_LED, number), (_INTO, number)
            yield (_INTO, number), END


def shortest(graph: Graph) -> tuple[int | str, ...] | None:
    """The classes on a shortest way, the first a class of the source; None without any way."""
    try:
        way: list[Node] = nx.shortest_path(graph, START, END)
    except nx.NetworkXNoPath:
        return None
    return tuple(_class(node) for node in way[1:-1:2])


def _class(node: Node) -> int | str:
    return node[1] if isinstance(node, tuple) else node
