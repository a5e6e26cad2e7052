"""The cause of an undocumented connection: what lets it through, a rule or a lack of isolation.

``RuleCause``: a peer of a rule allows it.  ``OpenCause``: no policy isolates an end.
``HostCause``: an end is on its node's network, where no policy applies.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

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
    """An end, in ``namespace``, that nothing isolates.

    ``policy`` is one that only isolates, without rules, and does so in the other direction
    only: a default deny of which half is missing.
    """

    direction: Direction
    policy: Policy | None
    location: Location
    namespace: str


class HostCause(Struct, frozen=True):
    """An end on its node's network, to which no policy applies."""

    direction: Direction
    pod: Pod
    location: Location


Cause = RuleCause | OpenCause | HostCause


def find_causes(
    case: Case,
    source: int,
    destination: int,
    ports: PortSet,
    excused: Collection[Direction] = (),
) -> Iterator[tuple[Cause, PortSet]]:
    """Everything that allows some of ``ports`` between two classes, and which of them.

    A pod of a documented namespace that no policy isolates outweighs any rule: every policy
    of the other end could be right.  What happens in an ``excused`` direction is no cause.
    """
    evaluator = case.evaluator
    flows = tuple(
        Flow(direction, source, destination)
        for direction in PROTECTING_FIRST
        if direction not in excused
    )
    for flow in flows:
        is_open = not contains(evaluator.chains[flow.direction].touched, flow.subject)
        if is_open and contains(case.governed, flow.subject):
            yield _explain_open(case, flow), ports
            return
    for flow in flows:
        chain = evaluator.chains[flow.direction]
        if contains(chain.ruled, flow.subject):
            for why, part in _find_tier_causes(case, flow, ports):
                yield why, part
                ports -= part
        elif contains(chain.touched, flow.subject):
            yield from _find_rule_causes(evaluator, flow, ports)
            return
    # Nothing isolates either end, and neither is in a documented namespace.
    pods = len(case.evaluator.universe.pods)
    inside = [flow for flow in flows if flow.subject < pods]
    if ports and inside:
        yield _explain_open(case, inside[0]), ports


def _find_tier_causes(
    case: Case, flow: Flow, ports: PortSet
) -> Iterator[tuple[Cause, PortSet]]:
    """The rules of whatever tier decides; an end that no tier decides about is open."""
    evaluator = case.evaluator
    for part, verdict in attribute(evaluator, flow, ports):
        if verdict.tier is Tier.DEFAULT and contains(case.governed, flow.subject):
            yield _explain_open(case, flow), part
        for rule in verdict.rules if verdict.outcome is Outcome.ALLOW else ():
            for location in _locate_peers(evaluator, rule, flow.peer):
                yield RuleCause(rule, location, ()), part


def _explain_open(case: Case, flow: Flow) -> OpenCause | HostCause:
    universe, direction, subject = case.evaluator.universe, flow.direction, flow.subject
    if contains(universe.hosts, subject):
        pod = universe.pods[subject][0]
        return HostCause(direction, pod, pod.location or _locate_default_deny(case, direction))
    selecting = case.evaluator.selecting
    policies = selecting(Tier.NETWORK_POLICY, direction.opposite, subject)
    defaults = (policy for policy in policies if not policy.rules)
    policy = min(defaults, key=lambda p: len(p.subject.pods.requirements), default=None)
    location = policy.location if policy else _locate_default_deny(case, direction)
    return OpenCause(direction, policy, location, universe.keys[subject].namespace)


def _locate_default_deny(case: Case, direction: Direction) -> Location:
    """Where the documentation says that the direction is closed, else where it begins."""
    diagram = case.documentation.diagram
    said = (deny.location for deny in diagram.default_denies if deny.direction is direction)
    start = diagram.location if diagram.location.file else case.scenario.location
    return next(said, start)


def _find_rule_causes(
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
            for location in _locate_peers(evaluator, rectangle.rule, flow.peer):
                yield RuleCause(rectangle.rule, location, others), part


def _locate_peers(evaluator: Evaluator, rule: Rule, peer: int) -> tuple[Location, ...]:
    """The peers of a rule that let a class in; the rule itself where it lists none."""
    admitting = evaluator.selection.admitting_peers(rule, peer)
    return tuple(each.location for each in admitting) or (rule.location,)
