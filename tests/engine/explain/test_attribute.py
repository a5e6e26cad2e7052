"""Many ports at once: each part has one verdict, and the parts are what is allowed."""

from __future__ import annotations

from hypothesis import given

from netsim.engine.evaluator import Evaluator
from netsim.engine.explain.verdicts import NO_FAMILY, attribute
from netsim.engine.policy.flow import Flow
from netsim.model.policies import Direction
from netsim.model.ports import PortSet
from netsim.model.verdict import Outcome
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters

FULL = PortSet.full()


@thorough(60)
@given(clusters())
def test_parts_are_whole_and_agree_with_what_is_allowed(cluster: Cluster) -> None:
    evaluator = Evaluator.of(cluster.resources, cluster.conventions)
    pods = len(evaluator.universe.pods)
    for direction in Direction:
        for source in range(evaluator.universe.size):
            for destination in range(min(pods, 4)):
                flow = Flow(direction, source, destination)
                allowed = evaluator.allowed_by(flow)
                covered = PortSet.empty()
                for part, verdict in attribute(evaluator, flow, FULL):
                    assert not covered & part
                    covered |= part
                    is_allowed, is_denied = part <= allowed.sure, not part & allowed.possible
                    assert (verdict.outcome is Outcome.ALLOW) == is_allowed
                    assert (verdict.outcome is Outcome.DENY) == is_denied
                    assert (
                        verdict.policies
                        or verdict.outcome is Outcome.ALLOW
                        or verdict.why == NO_FAMILY
                    )
                    assert verdict.outcome is not Outcome.UNKNOWN or verdict.why
                assert covered == FULL
