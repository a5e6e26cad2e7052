"""Verdicts: the answer for one connection, with what decided it."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from netsim.model.addresses import Family
from netsim.model.location import Location
from netsim.model.policies import Direction, Policy, Rule, Tier
from netsim.model.truth import Truth


class Outcome(Enum):
    """The answer for a connection."""

    ALLOW = "allow"
    DENY = "deny"
    UNKNOWN = "unknown"


class NearMiss(Struct, frozen=True):
    """The rule that came closest to allowing a denied connection.

    ``location`` is the field that failed to match; ``why`` says what it wants and what the
    connection has.  Its policy need not be one that selects the subject: it may be the
    ``podSelector`` that failed.
    """

    rule: Rule
    location: Location
    why: str


class Matched(Struct, frozen=True):
    """A part of a rule that matches a connection, and what it matches there.

    ``field`` is its place in the rule, such as ``from[1]``; where a rule leaves out its peers
    or ports that is the key, and ``location`` that of the rule.
    """

    field: str
    location: Location
    says: str


class Admission(Struct, frozen=True):
    """How a rule matches a connection: each peer that does, and the first port."""

    rule: Rule
    peers: tuple[Matched, ...]
    port: Matched


class Effect(Enum):
    """What a policy of the admin tiers does with one connection."""

    ALLOW = "allow"
    DENY = "deny"
    PASS = "pass"  # noqa: S105
    NO_MATCH = "no rule matches"
    UNKNOWN = "unknown"


class TierStep(Struct, frozen=True):
    """A policy of the admin tiers that selects the subject, and what it does.

    ``rules`` holds the rule that decides; for UNKNOWN those that may, in order; for NO_MATCH
    none.
    """

    policy: Policy
    effect: Effect
    rules: tuple[Rule, ...] = ()


class DirectionVerdict(Struct, frozen=True):
    """What one end of a connection says: the source's egress or the destination's ingress.

    ``tier`` is the one that decides.  ``policies`` are, for the tier NetworkPolicy, those
    that isolate this end in this direction; for the admin tiers those whose rules decide.
    ``rules`` are those that allow, or of the admin tiers deny; for UNKNOWN those that may.
    ``steps`` are the policies of the admin tiers in the order in which they were asked, of
    both tiers.  ``why`` explains an outcome that no rule decides, or an unknown one.
    ``selected`` says whether the policies isolate this end, or only may.
    ``admissions`` says of each of the rules what of it matches; ``also_near`` is a rule that
    came nearly as close as the nearest.
    """

    direction: Direction
    outcome: Outcome
    tier: Tier
    policies: tuple[Policy, ...] = ()
    rules: tuple[Rule, ...] = ()
    nearest: NearMiss | None = None
    why: str = ""
    steps: tuple[TierStep, ...] = ()
    selected: Truth = Truth.YES
    admissions: tuple[Admission, ...] = ()
    also_near: NearMiss | None = None


class VerdictPart(Struct, frozen=True):
    """The pods, addresses or pairs of them that share an outcome, by name."""

    outcome: Outcome
    names: tuple[str, ...]


class Verdict(Struct, frozen=True):
    """The answer for one connection; both directions must allow it.

    ``why`` is set where something else than policies decides, such as a pod reaching itself.
    ``parts`` are those of endpoints whose pods or addresses have different answers; the
    directions then are those of one that is denied.  ``families`` are what each address family
    answers, where the ends have both and these or what decides them differ.
    """

    outcome: Outcome
    egress: DirectionVerdict
    ingress: DirectionVerdict
    why: str = ""
    parts: tuple[VerdictPart, ...] = ()
    families: tuple[tuple[Family, Outcome], ...] = ()
