"""One pair of documented endpoints: what is allowed against what is documented."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from netsim.model.flow import DocumentedFlow
from netsim.model.ports import PortSet


class Standing(Enum):
    """How a pair stands; the worst of what applies, in this order."""

    FORBIDDEN = "forbidden"
    EXPOSED = "exposed"
    BROKEN = "broken"
    UNDECIDED = "undecided"
    AS_DOCUMENTED = "as documented"


class Ground(Enum):
    """Whether the documentation speaks for all connections of a party, or only for some."""

    GOVERNED = "governed"
    ELSEWHERE = "elsewhere"


class Party(Struct, frozen=True):
    """Classes of one universe (``members``, as bits) that the documentation treats alike.

    ``names`` are the scenario's endpoints they belong to; empty for what it does not name.
    """

    title: str
    names: tuple[str, ...]
    members: int
    ground: Ground


class Judgement(Struct, frozen=True):
    """One ordered pair of parties.

    ``allowed`` may pass between some of their members, ``documented`` is drawn or listed.
    ``exposed`` is allowed but not documented, ``forbidden`` the part of it that is documented
    as denied, ``broken`` is documented but not allowed between all members, ``undecided``
    cannot be told.  ``flows`` are the documented flows about the pair.
    """

    source: Party
    destination: Party
    allowed: PortSet
    documented: PortSet
    exposed: PortSet
    forbidden: PortSet
    broken: PortSet
    undecided: PortSet
    flows: tuple[DocumentedFlow, ...]

    @property
    def standing(self) -> Standing:
        """The worst that can be said of the pair."""
        for ports, standing in (
            (self.forbidden, Standing.FORBIDDEN),
            (self.exposed, Standing.EXPOSED),
            (self.broken, Standing.BROKEN),
            (self.undecided, Standing.UNDECIDED),
        ):
            if ports:
                return standing
        return Standing.AS_DOCUMENTED
