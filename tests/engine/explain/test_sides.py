"""What one end says to all peers: each is told once, and what it is told alone."""

from __future__ import annotations

from hypothesis import given

from netsim.engine.evaluator import Evaluator
from netsim.engine.explain.sides import list_sides
from netsim.engine.explain.verdicts import decide_direction
from netsim.engine.policy.flow import Flow
from netsim.engine.space import bits
from netsim.model.policies import Direction
from netsim.model.ports import PortSet
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters


@thorough(40)
@given(clusters())
def test_every_peer_is_told_what_it_is_told_alone(cluster: Cluster) -> None:
    evaluator = Evaluator.of(cluster.resources, cluster.conventions)
    for direction in Direction:
        for subject in range(min(evaluator.universe.size, 5)):
            seen = 0
            for side in list_sides(evaluator, direction, subject):
                assert side.peers
                assert not side.peers & seen
                seen |= side.peers
                assert PortSet.union(ports for ports, _ in side.answers) == PortSet.full()
                for peer in bits.members(side.peers):
                    flow = Flow.of(direction, subject, peer)
                    for ports, verdict in side.answers:
                        assert decide_direction(evaluator, flow, ports.first()) == verdict
            assert seen == evaluator.universe.everything
