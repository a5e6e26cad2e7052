"""What a tier of policies makes of a connection: allow, deny, or leave it to the next."""

from __future__ import annotations

from msgspec import Struct

from netsim.model.policies import Action
from netsim.model.ports import PortSet

_FULL, _EMPTY = PortSet.full(), PortSet.empty()


class Allowed(Struct, frozen=True):
    """Ports that are surely allowed, and those that are allowed or unknown."""

    sure: PortSet
    possible: PortSet

    @property
    def unknown(self) -> PortSet:
        """Ports that are allowed or not, depending on what the input does not say."""
        return _EMPTY if self.sure == self.possible else self.possible - self.sure

    def on(self, ports: PortSet) -> Allowed:
        """What of it is on some ports."""
        return Allowed(self.sure & ports, self.possible & ports)

    def __and__(self, other: Allowed) -> Allowed:
        if self is ANYTHING or other is NOTHING:
            return other
        if other is ANYTHING or self is NOTHING:
            return self
        return Allowed(self.sure & other.sure, self.possible & other.possible)

    def __or__(self, other: Allowed) -> Allowed:
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
