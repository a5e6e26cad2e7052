"""Which rules decide about many ports at once."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.engine.explain.verdicts import direction_verdict
from netsim.engine.policy.rectangle import Rectangle
from netsim.engine.reachability import Reachability, subject_of
from netsim.model.policies import Direction, Tier
from netsim.model.ports import PortSet
from netsim.model.verdict import DirectionVerdict


def attributed(
    reachability: Reachability,
    direction: Direction,
    source: int,
    destination: int,
    ports: PortSet,
) -> Iterator[tuple[PortSet, DirectionVerdict]]:
    """Splits ports so that each part has one verdict; classes are given by number."""
    parts = [ports] if ports else []
    for rectangle in _covering(reachability, direction, source, destination):
        cut = ((part & rectangle.ports, part - rectangle.ports) for part in parts)
        parts = [piece for pieces in cut for piece in pieces if piece]
    for part in parts:
        first = part.first()
        yield (
            part,
            direction_verdict(reachability, direction, source, destination, first),
        )


def _covering(
    reachability: Reachability, direction: Direction, source: int, destination: int
) -> Iterator[Rectangle]:
    yield from reachability.deciding(direction, source, destination)
    subject = subject_of(direction, source, destination)
    for tier in (Tier.ADMIN, Tier.BASELINE):
        for stop in reachability.stops(tier, direction, subject):
            if isinstance(stop, Rectangle) and stop.covers(source, destination):
                yield stop
