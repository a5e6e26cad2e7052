"""A connection that is to be explained."""

from __future__ import annotations

from msgspec import Struct

from netsim.model.endpoint import Endpoint
from netsim.model.policies import Direction
from netsim.model.ports import Protocol


class Attempt(Struct, frozen=True):
    """A connection between two endpoints, whether or not it is allowed."""

    source: Endpoint
    destination: Endpoint
    protocol: Protocol
    port: int

    def __str__(self) -> str:
        ends = f"{self.source.title} => {self.destination.title}"
        return f"{ends} : {self.protocol} {self.port}"

    def ends(self, direction: Direction) -> tuple[Endpoint, Endpoint]:
        """The end that policies of a direction select, and the other."""
        if direction is Direction.EGRESS:
            return self.source, self.destination
        return self.destination, self.source
