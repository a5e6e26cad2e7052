"""Several patches of one state as one."""

from __future__ import annotations

import pytest

from netsim.model.edit import (
    END,
    AddDocument,
    Edit,
    Insert,
    Patch,
    Remove,
    Replace,
    Target,
    Value,
    join,
)
from netsim.model.location import Location

POLICY = Target("NetworkPolicy", "shop", "api", Location("all.yaml", 1))
VALUE = Value.of({})
FIRST, SECOND = (Remove(POLICY, ("spec", "ingress", index)) for index in (0, 1))
PEER = Remove(POLICY, ("spec", "ingress", 1, "from", 0))
BEFORE = Insert(POLICY, ("spec", "ingress", 1), VALUE)
LAST = Insert(POLICY, ("spec", "ingress", END), VALUE)
PORTS = Replace(POLICY, ("spec", "ingress", 1, "ports"), VALUE)
ADDED = AddDocument("all.yaml", VALUE)


@pytest.mark.parametrize(
    ("edits", "joined"),
    [
        ((FIRST, SECOND), (SECOND, FIRST)),
        ((SECOND, PEER), (PEER, SECOND)),
        ((FIRST, PORTS, LAST, ADDED), (PORTS, LAST, ADDED, FIRST)),
        ((FIRST, BEFORE), (BEFORE, FIRST)),
        ((FIRST, FIRST), (FIRST,)),
        ((), ()),
    ],
)
def test_what_moves_items_comes_last(edits: tuple[Edit, ...], joined: tuple[Edit, ...]) -> None:
    assert join(Patch((edit,)) for edit in edits).edits == joined
