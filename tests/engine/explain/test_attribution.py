"""Many ports at once: each part has one verdict, and the parts are what is allowed."""

from __future__ import annotations

from hypothesis import given

from netsim.engine.explain.attribution import attributed
from netsim.engine.reachability import Reachability
from netsim.model.policies import Direction
from netsim.model.ports import PortSet
from netsim.model.verdict import Outcome
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters

FULL = PortSet.full()


@thorough(60)
@given(clusters())
def test_parts_are_whole_and_agree_with_what_is_allowed(cluster: Cluster) -> None:
    reachability = Reachability.of(cluster.resources, cluster.conventions)
    pods = len(reachability.universe.pods)
    for direction in Direction:
        for source in range(reachability.universe.size):
            for destination in range(min(pods, 4)):
                ends = (direction, source, destination)
                allowed = reachability.allowed_by(*ends)
                covered = PortSet.empty()
                for part, verdict in attributed(reachability, *ends, FULL):
                    assert not covered & part
                    covered |= part
                    is_allowed, is_denied = part <= allowed.sure, not part & allowed.possible
                    assert (verdict.outcome is Outcome.ALLOW) == is_allowed
                    assert (verdict.outcome is Outcome.DENY) == is_denied
                    assert verdict.policies or verdict.outcome is Outcome.ALLOW
                    assert verdict.outcome is not Outcome.UNKNOWN or verdict.why
                assert covered == FULL
