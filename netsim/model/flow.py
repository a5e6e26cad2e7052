"""Documented flows: what a diagram or a scenario says about two endpoints."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from netsim.model.location import Location
from netsim.model.policies import Direction
from netsim.model.ports import PortSet


class Intent(Enum):
    """What the documentation says about a flow."""

    ALLOWED = "allowed"
    DENIED = "denied"


class Claim(Enum):
    """A property of a flow that NetworkPolicy cannot enforce."""

    MTLS = "mTLS"


class DocumentedFlow(Struct, frozen=True):
    """An arrow of a diagram, or an entry of a scenario.

    ``source`` and ``destination`` are names as the document writes them.  A flow drawn
    without ports covers every port.  ``because`` is the reason a scenario gives.
    ``directions`` is one where an end is of any namespace: of the other end.
    """

    source: str
    destination: str
    ports: PortSet
    intent: Intent
    location: Location
    claims: frozenset[Claim] = frozenset()
    because: str = ""
    directions: tuple[Direction, ...] = tuple(Direction)

    @property
    def title(self) -> str:
        """``source -> destination``."""
        return f"{self.source} -> {self.destination}"
