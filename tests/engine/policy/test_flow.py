from __future__ import annotations

import pytest

from netsim.engine.policy.flow import Flow
from netsim.model.policies import Direction


@pytest.mark.parametrize(
    ("direction", "subject", "peer"), [(Direction.EGRESS, 3, 5), (Direction.INGRESS, 5, 3)]
)
def test_the_subject_is_the_end_whose_policies_are_asked(
    direction: Direction, subject: int, peer: int
) -> None:
    flow = Flow(direction, source=3, destination=5)
    assert (flow.subject, flow.peer) == (subject, peer)
    assert Flow.of(direction, subject, peer) == flow
    assert (flow.reversed.subject, flow.reversed.peer) == (peer, subject)
    assert (flow.reversed.source, flow.reversed.destination) == (3, 5)
