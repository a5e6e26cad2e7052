"""Slices say of each pair what the chain of tiers says."""

from __future__ import annotations

from hypothesis import given

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.slices import Replacement, Slice, Slices
from netsim.engine.policy.decision import Allowed
from netsim.engine.policy.flow import Flow
from netsim.engine.space import bits
from netsim.engine.space.places import Vicinity
from netsim.model.policies import Direction
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters


def _at(found: Slice, number: int) -> Allowed:
    (allowed,) = (allowed for group, allowed in found if bits.contains(group, number))
    return allowed


@thorough(100)
@given(clusters())
def test_a_slice_agrees_with_the_chain_at_either_end(cluster: Cluster) -> None:
    evaluator = Evaluator.of(cluster.resources, cluster.conventions)
    slices, classes = Slices(evaluator), range(evaluator.universe.size)
    for direction in Direction:
        for subject in classes:
            row = slices.of_subject(direction, subject)
            for peer in classes:
                flow = Flow.of(direction, subject, peer)
                expected = evaluator.chains[direction].allowed(flow)
                assert _at(row, peer) == expected
                assert _at(slices.of_peer(direction, peer), subject) == expected


@thorough(100)
@given(clusters())
def test_a_policy_in_its_own_place_changes_nothing(cluster: Cluster) -> None:
    evaluator = Evaluator.of(cluster.resources, cluster.conventions)
    slices, classes = Slices(evaluator), range(evaluator.universe.size)
    for policy in cluster.resources.policies:
        same = Replacement(slices, policy, policy)
        assert not any(same.subjects(direction) for direction in Direction)
        gone = Replacement(slices, policy, None)
        for direction in Direction:
            for subject in bits.members(gone.subjects(direction)):
                row = gone.of_subject(direction, subject)
                for peer in classes:
                    flow = Flow.of(direction, subject, peer)
                    allowed = gone.allowed(flow, Vicinity.APART)
                    assert _at(row, peer) == allowed
                    assert _at(gone.of_peer(direction, peer), subject) == allowed
