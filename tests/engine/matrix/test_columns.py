"""A column has for every source what the pair has."""

from __future__ import annotations

from hypothesis import given

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.columns import Columns
from netsim.engine.policy.decision import NOTHING
from netsim.engine.space.bits import contains
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters


@thorough(150)
@given(clusters())
def test_a_column_has_what_pairs_have(cluster: Cluster) -> None:
    evaluator = Evaluator.of(cluster.resources, cluster.conventions)
    columns = Columns(evaluator)
    for destination in range(evaluator.universe.size):
        for found, allowed in (
            (tuple(columns.of(destination)), evaluator.allowed),
            (tuple(columns.by_policies(destination)), evaluator.allowed_by_policies),
        ):
            for source in range(evaluator.universe.size):
                own = [cell for sources, cell in found if contains(sources, source)]
                expected = allowed(source, destination)
                assert own == ([expected] if expected.possible else [])
                assert expected.possible or expected == NOTHING
