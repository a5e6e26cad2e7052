"""What a tier of policies makes of a connection: allow, deny, or leave it to the next."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from netsim.engine.space.places import Vicinity
from netsim.model.addresses import Family
from netsim.model.policies import Action
from netsim.model.ports import PortSet

_FULL, _EMPTY = PortSet.full(), PortSet.empty()


class Allowed(Struct, frozen=True):
    """Ports that are surely allowed, and those that are allowed or unknown.

    A connection is IPv4 or IPv6.  ``over_v4`` and ``over_v6`` are the ports that are surely
    allowed over this family and surely denied over the other: they are possible, not sure.
    """

    sure: PortSet
    possible: PortSet
    over_v4: PortSet = _EMPTY
    over_v6: PortSet = _EMPTY

    @classmethod
    def of_families(cls, families: Mapping[Family, Allowed]) -> Allowed:
        """One answer of those of all families that two ends have in common."""
        if not families:
            return NOTHING
        first = next(iter(families.values()))
        if all(each == first for each in families.values()):
            return first
        v4, v6 = families[Family.IPV4], families[Family.IPV6]
        return cls(
            v4.sure & v6.sure,
            v4.possible | v6.possible,
            v4.sure - v6.possible,
            v6.sure - v4.possible,
        )

    @property
    def unknown(self) -> PortSet:
        """Ports that are allowed or not, depending on what the input does not say.

        Those that depend on the address family are among them.
        """
        return _EMPTY if self.sure == self.possible else self.possible - self.sure

    @property
    def by_family(self) -> tuple[tuple[Family, PortSet], ...]:
        """The families that alone are allowed, each with the ports on which that is so."""
        if not self.is_divided:
            return ()
        found = ((Family.IPV4, self.over_v4), (Family.IPV6, self.over_v6))
        return tuple((family, ports) for family, ports in found if ports)

    @property
    def is_divided(self) -> bool:
        """Whether on some ports the two address families have different answers."""
        if self.over_v4 is _EMPTY and self.over_v6 is _EMPTY:
            return False  # as almost everywhere, so that it must cost nothing
        return bool(self.over_v4 or self.over_v6)

    def over(self, family: Family) -> Allowed:
        """What is known of the connections of one family."""
        own, other = self.over_v4, self.over_v6
        if family is Family.IPV6:
            own, other = other, own
        return Allowed(self.sure | own, self.possible - other)

    def on(self, ports: PortSet) -> Allowed:
        """What of it is on some ports."""
        return Allowed(
            self.sure & ports,
            self.possible & ports,
            self.over_v4 & ports,
            self.over_v6 & ports,
        )

    def __and__(self, other: Allowed) -> Allowed:
        if self is ANYTHING or other is NOTHING:
            return other
        if other is ANYTHING or self is NOTHING:
            return self
        if self.is_divided or other.is_divided:
            return self.of_families({f: self.over(f) & other.over(f) for f in Family})
        return Allowed(self.sure & other.sure, self.possible & other.possible)

    def __or__(self, other: Allowed) -> Allowed:
        if self.is_divided or other.is_divided:
            return self.of_families({f: self.over(f) | other.over(f) for f in Family})
        return Allowed(self.sure | other.sure, self.possible | other.possible)


ANYTHING = Allowed(_FULL, _FULL)
NOTHING = Allowed(_EMPTY, _EMPTY)


class Decision(Struct, frozen=True):
    """For each outcome of a tier the ports on which it is possible.

    A port that is in one of the sets only is decided for sure.
    """

    allow: PortSet
    deny: PortSet
    passed: PortSet

    @classmethod
    def isolating(cls, allowed: Allowed) -> Decision:
        """Of policies that isolate: what no rule allows is denied."""
        if not allowed.possible:
            return DENIED
        return cls(allowed.possible, ~allowed.sure, _EMPTY)

    @classmethod
    def perhaps_isolating(cls, allowed: Allowed) -> Decision:
        """Of policies that may isolate: where none does, everything is passed on."""
        return cls(allowed.possible, _FULL, _FULL)

    def at_vicinity(self, vicinity: Vicinity) -> Decision:
        """What becomes of a decision where one end may be the other's own node.

        Traffic to and from a pod's own node is always allowed (concepts/services-networking/
        network-policies, "The two sorts of pod isolation"); what is passed on still is.
        """
        if self is PASSED:
            return self
        match vicinity:
            case Vicinity.APART:
                return self
            case Vicinity.MAYBE:
                return Decision(_FULL, self.deny, self.passed)
            case Vicinity.OWN_NODE:
                return Decision(_FULL, _EMPTY, self.passed) if self.passed else ALLOWED

    def then(self, following: Decision) -> Decision:
        """This tier, and the next one for what it passes on."""
        if self is PASSED:
            return following
        if following is PASSED:
            return self
        return Decision(
            self.allow | (self.passed & following.allow),
            self.deny | (self.passed & following.deny),
            self.passed & following.passed,
        )

    @property
    def allowed(self) -> Allowed:
        """The answer after the last tier: what is left over is allowed."""
        if self is PASSED:
            return ANYTHING
        if self is DENIED:
            return NOTHING
        return Allowed(~self.deny, self.allow | self.passed)


PASSED = Decision(_EMPTY, _EMPTY, _FULL)
"""Of a tier that has no say."""
DENIED = Decision(_EMPTY, _FULL, _EMPTY)
ALLOWED = Decision(_FULL, _EMPTY, _EMPTY)


class Progress(Struct, frozen=True):
    """How far the ordered rules of a tier have come for some connections.

    ``before`` are the ports undecided when the present priority began, ``mine`` those that
    the present policy has left, ``unless`` those that it has decided if it selects the subject,
    which is open, and ``rest`` those that no policy of this priority has surely decided so far.
    Policies of one priority have no order, so each of them starts from ``before`` and whatever
    one of them yields is possible.
    """

    reached: Decision = Decision(_EMPTY, _EMPTY, _EMPTY)
    before: PortSet = _FULL
    rest: PortSet = _FULL
    mine: PortSet = _FULL
    unless: PortSet = _EMPTY

    def surely(self, ports: PortSet, action: Action) -> Progress:
        """After a rule that matches on these ports."""
        matched = self.possibly(ports, action)
        left = self.mine - ports
        return Progress(matched.reached, self.before, self.rest, left, self.unless)

    def conditionally(self, ports: PortSet, action: Action) -> Progress:
        """After a rule that matches on these ports, if its policy selects the subject."""
        matched = self.possibly(ports, action)
        left, unless = self.mine - ports, self.unless | (self.mine & ports)
        return Progress(matched.reached, self.before, self.rest, left, unless)

    def possibly(self, ports: PortSet, action: Action) -> Progress:
        """After a rule that may match on these ports."""
        hit = self.mine & ports
        found = self.reached
        match action:
            case Action.ALLOW:
                found = Decision(found.allow | hit, found.deny, found.passed)
            case Action.DENY:
                found = Decision(found.allow, found.deny | hit, found.passed)
            case Action.PASS:
                found = Decision(found.allow, found.deny, found.passed | hit)
        return Progress(found, self.before, self.rest, self.mine, self.unless)

    def after_policy(self) -> Progress:
        """At the end of a policy: the next one of this priority starts anew."""
        rest = self.rest & (self.mine | self.unless)
        return Progress(self.reached, self.before, rest, self.before)

    def after_priority(self) -> Progress:
        """At the end of all policies of a priority."""
        return Progress(self.reached, self.rest, self.rest, self.rest)

    @property
    def decision(self) -> Decision:
        """At the end of the tier: what no rule decided is passed on."""
        found = self.reached
        return Decision(found.allow, found.deny, found.passed | self.before)
