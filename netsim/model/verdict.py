"""Verdicts: the answer for one connection, with what decided it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from netsim.model.location import Location
from netsim.model.policies import Direction, NetworkPolicy, Rule, Tier


class Outcome(Enum):
    """The answer for a connection."""

    ALLOW = "allow"
    DENY = "deny"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """The rule that came closest to allowing a denied connection.

    ``location`` is the field that failed to match; ``why`` says what it wants and what the
    connection has.
    """

    rule: Rule
    location: Location
    why: str


@dataclass(frozen=True, slots=True)
class DirectionVerdict:
    """What one end of a connection says: the source's egress or the destination's ingress.

    ``policies`` are the policies that isolate this end in this direction (empty: it is open).
    ``rules`` are those that allow (or, for UNKNOWN, may allow).  ``why`` explains an outcome
    that no rule decides, or an unknown one.
    """

    direction: Direction
    outcome: Outcome
    tier: Tier
    policies: tuple[NetworkPolicy, ...] = ()
    rules: tuple[Rule, ...] = ()
    nearest: NearMiss | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one connection; both directions must allow it.

    ``why`` is set where something else than policies decides, such as a pod reaching itself.
    """

    outcome: Outcome
    egress: DirectionVerdict
    ingress: DirectionVerdict
    why: str = ""
