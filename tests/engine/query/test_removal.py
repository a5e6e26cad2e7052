from __future__ import annotations

import pytest

from netsim.engine.query.removal import RemovalEffect, together

NOTHING, ANYWAY, SOMETHING = RemovalEffect


@pytest.mark.parametrize(
    ("changes", "all_of_them"),
    [
        ((), NOTHING),
        ((NOTHING, NOTHING), NOTHING),
        ((NOTHING, ANYWAY), ANYWAY),
        ((ANYWAY,), ANYWAY),
        ((SOMETHING, NOTHING), SOMETHING),
        # Each end is closed only as long as the other one is.
        ((ANYWAY, ANYWAY), SOMETHING),
    ],
)
def test_directions_together(
    changes: tuple[RemovalEffect, ...], all_of_them: RemovalEffect
) -> None:
    assert together(changes) is all_of_them
