"""The reasons of a list: they say of each port, at both ends, why it may pass."""

from __future__ import annotations

from hypothesis import given

from netsim.app.explanation.reasons import explain_pairs
from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.listing import pairs
from netsim.model.ports import PortSet
from netsim.model.verdict import Outcome
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters


@thorough(60)
@given(clusters())
def test_each_port_has_a_reason(cluster: Cluster) -> None:
    evaluator = Evaluator.of(cluster.resources, cluster.conventions)
    rows = list(explain_pairs(evaluator, pairs(evaluator)))
    assert [row.pair for row in rows] == list(pairs(evaluator))
    for row in rows:
        every = row.pair.ports | row.pair.unknown
        for reasons in (row.egress, row.ingress):
            assert PortSet.union(reason.ports for reason in reasons) == every
            for reason in reasons:
                assert reason.outcome is not Outcome.DENY
                assert reason.rules or reason.why
                assert all(rule.matched for rule in reason.rules)
