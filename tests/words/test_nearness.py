from __future__ import annotations

import pytest

from netsim.model.labels import Labels, Selector
from netsim.words.nearness import find_nearest


@pytest.mark.parametrize(
    ("wanted", "has", "near"),
    [
        ("wep", "web", True),
        ("shop-wep", "shop-web", True),
        # One prefix makes no two components alike: a fix must not name another one.
        ("plue-runner", "plue-web", False),
        ("plue-api", "plue-web", False),
        ("api", "web", False),
    ],
)
def test_alike(wanted: str, has: str, near: bool) -> None:  # noqa: FBT001 - a table
    found = find_nearest(Selector.of({"app": wanted}), {Labels.of({"app": has}): "shop/it"})
    assert (found is not None) is near
