"""What lets an undocumented connection through: a rule, or the lack of isolation."""

from __future__ import annotations

from dataclasses import dataclass

from netsim.checks.interface import Context
from netsim.checks.parties import governed
from netsim.checks.witness import Witness
from netsim.engine.reachability import subject_of
from netsim.model.location import Location
from netsim.model.policies import Direction, NetworkPolicy, Rule
from netsim.model.verdict import DirectionVerdict


@dataclass(frozen=True, slots=True)
class RuleCause:
    """A rule that allows it, and those at the other end that allow it too."""

    rule: Rule
    location: Location
    others: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class OpenCause:
    """An end that nothing isolates.

    ``policy`` is one that only isolates, without rules, and does so in the other direction
    only: a default deny of which half is missing.
    """

    direction: Direction
    policy: NetworkPolicy | None
    location: Location


Cause = RuleCause | OpenCause


def cause(context: Context, found: Witness) -> Cause:
    """The cause of an allowed connection.

    A pod of the documented namespace that no policy isolates outweighs any rule: every policy
    of the other end could be right.  Otherwise the destination's rules come first, as they
    protect it, and then the source's.
    """
    ingress, egress = found.verdict.ingress, found.verdict.egress
    for verdict in (ingress, egress):
        if not verdict.policies and _is_governed(context, found, verdict.direction):
            return _open_cause(context, found, verdict.direction)
    rules = (*ingress.rules, *egress.rules)
    if not rules:
        return _open_cause(context, found, Direction.INGRESS)
    return RuleCause(rules[0], _peer_location(context, found, rules[0]), rules[1:])


def _is_governed(context: Context, found: Witness, direction: Direction) -> bool:
    if context.intent is None:
        return False
    own = governed(context.reachability.universe, context.intent.scenario.namespace)
    return bool(own >> subject_of(direction, found.source, found.destination) & 1)


def _open_cause(context: Context, found: Witness, direction: Direction) -> OpenCause:
    subject = subject_of(direction, found.source, found.destination)
    other = Direction.EGRESS if direction is Direction.INGRESS else Direction.INGRESS
    policies = context.reachability.isolating(other, subject)
    defaults = (policy for policy in policies if not policy.rules)
    policy = min(defaults, key=lambda p: len(p.subject.requirements), default=None)
    location = policy.location if policy else _documented(context, direction)
    return OpenCause(direction, policy, location)


def _documented(context: Context, direction: Direction) -> Location:
    """Where the documentation says that the direction is closed, else its diagram."""
    if context.intent is None:
        raise ValueError("only documented pairs have a cause")
    diagram = context.intent.diagram
    said = (deny.location for deny in diagram.default_denies if deny.direction is direction)
    return next(said, diagram.location)


def _peer_location(context: Context, found: Witness, rule: Rule) -> Location:
    """The peer of the rule that lets the other end in; the rule itself where it has none."""
    other = found.source if rule.direction is Direction.INGRESS else found.destination
    peer = context.reachability.selection.admitting_peer(rule, other)
    return peer.location if peer else rule.location


def isolation(verdict: DirectionVerdict) -> NetworkPolicy:
    """Of the policies that isolate an end, the one most about it: where a rule belongs."""
    return max(verdict.policies, key=lambda policy: len(policy.subject.requirements))
