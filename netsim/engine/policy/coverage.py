"""Whether the rules of one policy allow anything that those of others do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from netsim.engine.policy.rectangle import Certainty, Rectangle
from netsim.model.ports import PortSet


class Area(Struct, frozen=True):
    """Sources, destinations and ports: what a rectangle covers, without its rule."""

    sources: int
    destinations: int
    ports: PortSet

    def minus(self, other: Rectangle) -> Iterator[Area]:
        """What a rectangle leaves of it, as areas that do not overlap."""
        sources, destinations = self.sources & other.sources, self.destinations
        common = destinations & other.destinations
        if not (sources and common and self.ports & other.ports):
            yield self
            return
        if self.sources & ~sources:
            yield Area(self.sources & ~sources, destinations, self.ports)
        if destinations & ~common:
            yield Area(sources, destinations & ~common, self.ports)
        if self.ports - other.ports:
            yield Area(sources, common, self.ports - other.ports)


def covers(others: Iterable[Rectangle], found: Rectangle) -> bool:
    """Whether the others together surely allow all that a rectangle may."""
    left = [Area(found.sources, found.destinations, found.ports)]
    for other in others:
        if other.certainty is Certainty.SURE:
            left = [rest for area in left for rest in area.minus(other)]
        if not left:
            return True
    return not left
