"""The results of which there are pictures."""

from __future__ import annotations

from netsim.app.diff import Comparison
from netsim.app.graph import DrawnComparison, GraphResult, graph_comparison
from netsim.app.picture import Picture

Drawn = GraphResult | DrawnComparison | Comparison


def picture_of(result: Drawn) -> Picture:
    """Its picture; that of a comparison is drawn here, as small as it has to be."""
    if isinstance(result, Comparison):
        return graph_comparison(result).picture
    return result.picture
