"""Flows: who connects to whom, as the policies of one end see it.

The egress policies of class 3 and the ingress policies of class 5 both have a say about
connections from 3 to 5::

    leaving = Flow(Direction.EGRESS, 3, 5)
    leaving.subject, leaving.peer                      # 3, 5
    leaving.reversed == Flow(Direction.INGRESS, 3, 5)  # whose subject is 5
"""

from __future__ import annotations

from msgspec import Struct

from netsim.model.policies import Direction


class Flow(Struct, frozen=True):
    """Connections between two endpoint classes, given by number, in one direction."""

    direction: Direction
    source: int
    destination: int

    @classmethod
    def of(cls, direction: Direction, subject: int, peer: int) -> Flow:
        """The flow of a subject and its peer."""
        if direction is Direction.INGRESS:
            return cls(direction, peer, subject)
        return cls(direction, subject, peer)

    @property
    def subject(self) -> int:
        """The end that the direction's policies select."""
        return self.destination if self.direction is Direction.INGRESS else self.source

    @property
    def peer(self) -> int:
        """The end that their rules name."""
        return self.source if self.direction is Direction.INGRESS else self.destination

    @property
    def reversed(self) -> Flow:
        """The connections as the policies of the other end see them."""
        return Flow(self.direction.opposite, self.source, self.destination)
