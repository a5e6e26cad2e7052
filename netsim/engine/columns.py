"""Columns of the matrix: all that may reach one destination, as few groups of sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from netsim.engine.reachability import ANYTHING, NOTHING, Allowed, Reachability
from netsim.engine.rectangle import Certainty
from netsim.model.policies import Direction
from netsim.model.ports import PortSet

Cell = tuple[int, Allowed]
"""Sources, as bits, and what all of them may send."""


def column(reachability: Reachability, destination: int) -> Iterator[Cell]:
    """Disjoint groups of sources that may reach the class ``destination``, given by number."""
    own = 0
    for node, pods in reachability.universe.neighbours:
        own |= node if pods >> destination & 1 else 0
    if own:
        yield own, ANYTHING
    for sources, ingress in _ingress(reachability, destination):
        for origins, egress in _egress(reachability, destination, sources & ~own):
            allowed = ingress & egress
            if origins and allowed.possible:
                yield origins, allowed


def _ingress(reachability: Reachability, destination: int) -> list[Cell]:
    everything = reachability.universe.everything
    if reachability.is_open(Direction.INGRESS, destination):
        return [(everything, ANYTHING)]
    cells: list[Cell] = [(everything, NOTHING)]
    for rectangle in reachability.near(Direction.INGRESS, destination):
        cells = _split(cells, rectangle.sources, rectangle.ports, rectangle.certainty)
    return cells


def _egress(reachability: Reachability, destination: int, sources: int) -> list[Cell]:
    access = reachability.accesses[Direction.EGRESS]
    cells: list[Cell] = [(sources & ~access.open, NOTHING)]
    for rectangle in access.rectangles:
        if rectangle.destinations >> destination & 1 and rectangle.sources & sources:
            cells = _split(cells, rectangle.sources, rectangle.ports, rectangle.certainty)
    return [(sources & access.open, ANYTHING), *cells]


def _split(cells: list[Cell], area: int, ports: PortSet, certainty: Certainty) -> list[Cell]:
    """Cells stay disjoint; those with equal ports are merged."""
    more = Allowed(ports if certainty is Certainty.SURE else PortSet.empty(), ports)
    merged: dict[Allowed, int] = defaultdict(int)
    for members, allowed in cells:
        inside = members & area
        if inside:
            merged[allowed | more] |= inside
        if members & ~area:
            merged[allowed] |= members & ~area
    return [(members, allowed) for allowed, members in merged.items()]
