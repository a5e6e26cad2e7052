from __future__ import annotations

import pytest

from netsim.engine.query.removal import Change, together

NOTHING, ANYWAY, SOMETHING = Change


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
def test_directions_together(changes: tuple[Change, ...], all_of_them: Change) -> None:
    assert together(changes) is all_of_them
