"""What lets an undocumented connection through: rules, or the lack of isolation."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.engine.evaluator import Evaluator
from netsim.engine.explain.verdicts import attribute
from netsim.engine.policy.flow import Flow
from netsim.engine.policy.rectangle import Certainty
from netsim.engine.space.bits import contains
from netsim.judge.case import Case
from netsim.model.location import Location
from netsim.model.policies import Direction, Policy, Rule, Tier
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
    policy: Policy | None
    location: Location


class HostCause(Struct, frozen=True):
    """An end on its node's network, to which no policy applies."""

    direction: Direction
    pod: Pod
    location: Location


Cause = RuleCause | OpenCause | HostCause


def causes(
    case: Case, source: int, destination: int, ports: PortSet
) -> Iterator[tuple[Cause, PortSet]]:
    """Everything that allows some of ``ports`` between two classes, and which of them.

    A pod of the documented namespace that no policy isolates outweighs any rule: every policy
    of the other end could be right.
    """
    evaluator = case.reachability.evaluator
    governed = _governed(case)
    flows = tuple(Flow(direction, source, destination) for direction in PROTECTING_FIRST)
    for flow in flows:
        is_open = not contains(evaluator.chains[flow.direction].touched, flow.subject)
        if is_open and contains(governed, flow.subject):
            yield _open_cause(case, flow), ports
            return
    for flow in flows:
        chain = evaluator.chains[flow.direction]
        if contains(chain.ruled, flow.subject):
            for why, part in _tier_causes(case, flow, ports):
                yield why, part
                ports -= part
        elif contains(chain.isolated, flow.subject):
            yield from _rule_causes(evaluator, flow, ports)
            return


def _tier_causes(case: Case, flow: Flow, ports: PortSet) -> Iterator[tuple[Cause, PortSet]]:
    """The rules of whatever tier decides; an end that no tier decides about is open."""
    evaluator = case.reachability.evaluator
    for part, verdict in attribute(evaluator, flow, ports):
        if verdict.tier is Tier.DEFAULT and contains(_governed(case), flow.subject):
            yield _open_cause(case, flow), part
        for rule in verdict.rules if verdict.outcome is Outcome.ALLOW else ():
            for location in _admitting(evaluator, rule, flow.peer):
                yield RuleCause(rule, location, ()), part


def _governed(case: Case) -> int:
    if case.intent is None:
        return 0
    return case.reachability.selection.namespace(case.intent.scenario.namespace)


def _open_cause(case: Case, flow: Flow) -> OpenCause | HostCause:
    universe, direction, subject = case.reachability.universe, flow.direction, flow.subject
    if contains(universe.hosts, subject):
        pod = universe.pods[subject][0]
        return HostCause(direction, pod, pod.location or _documented(case, direction))
    selecting = case.reachability.evaluator.selecting
    policies = selecting(Tier.NETWORK_POLICY, direction.opposite, subject)
    defaults = (policy for policy in policies if not policy.rules)
    policy = min(defaults, key=lambda p: len(p.subject.pods.requirements), default=None)
    location = policy.location if policy else _documented(case, direction)
    return OpenCause(direction, policy, location)


def _documented(case: Case, direction: Direction) -> Location:
    """Where the documentation says that the direction is closed, else its diagram."""
    if case.intent is None:
        raise ValueError("only documented pairs have a cause")
    diagram = case.intent.diagram
    said = (deny.location for deny in diagram.default_denies if deny.direction is direction)
    return next(said, diagram.location)


def _rule_causes(
    evaluator: Evaluator, flow: Flow, ports: PortSet
) -> Iterator[tuple[RuleCause, PortSet]]:
    others = tuple(
        rectangle.rule
        for rectangle in evaluator.allowing(flow.reversed)
        if rectangle.ports & ports
    )
    for rectangle in evaluator.allowing(flow):
        part = rectangle.ports & ports
        if part and rectangle.certainty is Certainty.SURE:
            for location in _admitting(evaluator, rectangle.rule, flow.peer):
                yield RuleCause(rectangle.rule, location, others), part


def _admitting(evaluator: Evaluator, rule: Rule, peer: int) -> tuple[Location, ...]:
    """The peers of a rule that let a class in; the rule itself where it lists none."""
    admitting = evaluator.selection.admitting_peers(rule, peer)
    return tuple(each.location for each in admitting) or (rule.location,)
