"""Ways in that policies close: what keeps everybody of some kind from a port of a pod.

``find_denial(evaluator, target, universe.external)`` is the verdict on a client outside of the
cluster, where policies deny the port to all of them, and None where one may connect.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from netsim.engine.evaluator import Evaluator
from netsim.engine.explain.verdicts import direction_verdict
from netsim.engine.naming.services import ServiceTarget
from netsim.engine.policy.flow import Flow
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet
from netsim.model.finding import Related
from netsim.model.policies import Direction
from netsim.model.verdict import DirectionVerdict, Outcome


def find_denial(
    evaluator: Evaluator, target: ServiceTarget, sources: ClassSet
) -> DirectionVerdict | None:
    """The verdict on the first of some clients, where each is surely denied."""
    pod = evaluator.universe.bit(target.pod)
    connection = (target.protocol, target.number)
    first = None
    for source in bits.members(sources):
        flow = Flow(Direction.INGRESS, source, pod)
        if connection in evaluator.allowed_by(flow).possible:
            return None
        first = first or flow
    if first is None:
        return None
    verdict = direction_verdict(evaluator, first, connection)
    return verdict if verdict.outcome is Outcome.DENY else None


def find_common_denial(
    evaluator: Evaluator, targets: Iterable[ServiceTarget], sources: ClassSet
) -> DirectionVerdict | None:
    """The first of the verdicts, where all targets are closed; None where one is open."""
    found = [find_denial(evaluator, target, sources) for target in targets]
    return found[0] if found and all(found) else None


def relate_policies(verdict: DirectionVerdict) -> Iterator[Related]:
    """The policies that close it."""
    for policy in verdict.policies:
        yield Related(policy.location, f"{policy.title} isolates it")
