"""Rectangles: what one rule allows, as sources times destinations times ports."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from netsim.engine.policy.flow import Flow
from netsim.engine.space.bits import ClassSet
from netsim.model.policies import Direction, Rule
from netsim.model.ports import PortSet


class Certainty(Enum):
    """Whether a rule surely matches, or may, depending on what the input does not say."""

    SURE = "sure"
    POSSIBLE = "possible"


class Rectangle(Struct, frozen=True):
    """All of its sources may, as its rule goes, connect to all of its destinations.

    ``if_selected`` is how surely the rule matches if its policy selects the subject, where it
    is open whether it does.
    """

    sources: ClassSet
    destinations: ClassSet
    ports: PortSet
    certainty: Certainty
    rule: Rule
    if_selected: Certainty = Certainty.POSSIBLE

    def covers(self, flow: Flow) -> bool:
        """Whether both ends of a flow are in the rectangle."""
        return bool(
            self.sources >> flow.source & 1 and self.destinations >> flow.destination & 1
        )

    @property
    def subjects(self) -> ClassSet:
        """The end that the rule's policy selects."""
        ingress = self.rule.direction is Direction.INGRESS
        return self.destinations if ingress else self.sources

    @property
    def peers(self) -> ClassSet:
        """The end that the rule names."""
        ingress = self.rule.direction is Direction.INGRESS
        return self.sources if ingress else self.destinations
