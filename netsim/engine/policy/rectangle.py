"""Rectangles: what one rule allows, as sources times destinations times ports."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from netsim.model.policies import Direction, Rule
from netsim.model.ports import PortSet


class Certainty(Enum):
    """Whether a rule surely allows, or may, depending on what the input does not say."""

    SURE = "sure"
    POSSIBLE = "possible"


class Rectangle(Struct, frozen=True):
    """Sources and destinations are bits of a universe."""

    sources: int
    destinations: int
    ports: PortSet
    certainty: Certainty
    rule: Rule

    def covers(self, source: int, destination: int) -> bool:
        """Whether both classes, given by number, are in the rectangle."""
        return bool(self.sources >> source & 1 and self.destinations >> destination & 1)

    def subjects(self) -> int:
        """The end that the rule's policy selects."""
        ingress = self.rule.direction is Direction.INGRESS
        return self.destinations if ingress else self.sources


class Access(Struct, frozen=True):
    """What the NetworkPolicies of one direction allow.

    Everything for the open classes, which no policy isolates, and the rectangles.
    """

    direction: Direction
    open: int
    rectangles: tuple[Rectangle, ...]
