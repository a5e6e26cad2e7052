"""The results of which there are pictures, and the lines of a picture."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from netsim.app.diff import Comparison
from netsim.app.graph import DrawnComparison, GraphResult, graph_comparison
from netsim.app.picture import Edge, Picture

Drawn = GraphResult | DrawnComparison | Comparison


def picture_of(result: Drawn) -> Picture:
    """Its picture; that of a comparison is drawn here, as small as it has to be."""
    if isinstance(result, Comparison):
        return graph_comparison(result).picture
    return result.picture


class Heads(Enum):
    """At which ends of a line there is an arrow."""

    ONE = "one"
    BOTH = "both"


class Line(Struct, frozen=True):
    """An edge by its place in the picture, or two that differ in nothing but direction."""

    place: int
    edge: Edge
    heads: Heads


def list_lines(picture: Picture) -> Iterator[Line]:
    """The lines that a picture takes; O(edges)."""
    known = frozenset(picture.edges)
    for place, edge in enumerate(picture.edges):
        back = replace(edge, source=edge.destination, destination=edge.source)
        is_mutual = back != edge and back in known
        if not is_mutual or edge.source < edge.destination:
            yield Line(place, edge, Heads.BOTH if is_mutual else Heads.ONE)
