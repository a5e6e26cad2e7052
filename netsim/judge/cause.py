"""The cause of an undocumented connection: what lets it through, a rule or a lack of isolation.

``RuleCause``: a peer of a rule allows it.  ``OpenCause``: no policy isolates an end.
``HostCause``: an end is on its node's network, where no policy applies.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.engine.explain.attribution import attributed
from netsim.engine.policy.rectangle import Certainty
from netsim.engine.reachability import Reachability, subject_of
from netsim.judge.case import Case
from netsim.model.location import Location
from netsim.model.policies import Direction, NetworkPolicy, Rule, Tier
from netsim.model.ports import PortSet
from netsim.model.resources import Pod
from netsim.model.verdict import Outcome

PROTECTING_FIRST = (Direction.INGRESS, Direction.EGRESS)
"""The destination's rules come before the source's, as they are there to protect it."""


class RuleCause(Struct, frozen=True):
    """A peer of a rule that allows it, and the rules at the other end that allow it too."""

    rule: Rule
    location: Location
    others: tuple[Rule, ...]

    @property
    def direction(self) -> Direction:
        """The direction of the rule."""
        return self.rule.direction


class OpenCause(Struct, frozen=True):
    """An end that nothing isolates.

    ``policy`` is one that only isolates, without rules, and does so in the other direction
    only: a default deny of which half is missing.
    """

    direction: Direction
    policy: NetworkPolicy | None
    location: Location


class HostCause(Struct, frozen=True):
    """An end on its node's network, to which no policy applies."""

    direction: Direction
    pod: Pod
    location: Location


Cause = RuleCause | OpenCause | HostCause


def find_causes(
    case: Case, source: int, destination: int, ports: PortSet
) -> Iterator[tuple[Cause, PortSet]]:
    """Everything that allows some of ``ports`` between two classes, and which of them.

    A pod of the documented namespace that no policy isolates outweighs any rule: every policy
    of the other end could be right.
    """
    reachability = case.reachability
    for direction in PROTECTING_FIRST:
        subject = subject_of(direction, source, destination)
        if case.governed >> subject & 1 and reachability.is_open(direction, subject):
            yield _explain_open(case, direction, subject), ports
            return
    for direction in PROTECTING_FIRST:
        subject = subject_of(direction, source, destination)
        if reachability.touched(direction) >> subject & 1:
            for why, part in _find_tier_causes(case, direction, source, destination, ports):
                yield why, part
                ports -= part
        elif reachability.is_isolated(direction, subject):
            yield from _find_rule_causes(reachability, direction, source, destination, ports)
            return


def _find_tier_causes(
    case: Case, direction: Direction, source: int, destination: int, ports: PortSet
) -> Iterator[tuple[Cause, PortSet]]:
    """The rules of whatever tier decides; an end that no tier decides about is open."""
    reachability = case.reachability
    subject = subject_of(direction, source, destination)
    peer = source if direction is Direction.INGRESS else destination
    for part, verdict in attributed(reachability, direction, source, destination, ports):
        if verdict.tier is Tier.DEFAULT and case.governed >> subject & 1:
            yield _explain_open(case, direction, subject), part
        for rule in verdict.rules if verdict.outcome is Outcome.ALLOW else ():
            for location in _locate_peers(reachability, rule, peer):
                yield RuleCause(rule, location, ()), part


def _explain_open(case: Case, direction: Direction, subject: int) -> OpenCause | HostCause:
    universe = case.reachability.universe
    if universe.hosts >> subject & 1:
        pod = universe.pods[subject][0]
        return HostCause(direction, pod, pod.location or _locate_default_deny(case, direction))
    policies = case.reachability.isolating(_other(direction), subject)
    defaults = (policy for policy in policies if not policy.rules)
    policy = min(defaults, key=lambda p: len(p.subject.requirements), default=None)
    location = policy.location if policy else _locate_default_deny(case, direction)
    return OpenCause(direction, policy, location)


def _other(direction: Direction) -> Direction:
    return Direction.EGRESS if direction is Direction.INGRESS else Direction.INGRESS


def _locate_default_deny(case: Case, direction: Direction) -> Location:
    """Where the documentation says that the direction is closed, else its diagram."""
    diagram = case.documentation.diagram
    said = (deny.location for deny in diagram.default_denies if deny.direction is direction)
    return next(said, diagram.location)


def _find_rule_causes(
    reachability: Reachability,
    direction: Direction,
    source: int,
    destination: int,
    ports: PortSet,
) -> Iterator[tuple[RuleCause, PortSet]]:
    peer = source if direction is Direction.INGRESS else destination
    others = tuple(
        rectangle.rule
        for rectangle in reachability.deciding(_other(direction), source, destination)
        if rectangle.ports & ports
    )
    for rectangle in reachability.deciding(direction, source, destination):
        part = rectangle.ports & ports
        if part and rectangle.certainty is Certainty.SURE:
            for location in _locate_peers(reachability, rectangle.rule, peer):
                yield RuleCause(rectangle.rule, location, others), part


def _locate_peers(reachability: Reachability, rule: Rule, peer: int) -> tuple[Location, ...]:
    """The peers of a rule that let a class in; the rule itself where it lists none."""
    admitting = reachability.selection.admitting_peers(rule, peer)
    return tuple(each.location for each in admitting) or (rule.location,)
