from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.laboratory.selectors import matches

LABELS = {"app": "web", "empty": ""}


def requirement(key: str, operator: str, *values: str) -> dict[str, Any]:
    found: dict[str, Any] = {"key": key, "operator": operator}
    return {"matchExpressions": [found | ({"values": list(values)} if values else {})]}


SELECTORS: list[tuple[dict[str, Any] | None, bool]] = [
    ({}, True),
    (None, False),
    ({"matchLabels": None, "matchExpressions": None}, True),
    ({"matchLabels": {"app": "web"}}, True),
    ({"matchLabels": {"app": "web", "tier": "x"}}, False),
    ({"matchLabels": {"empty": ""}}, True),
    # An absent label is not an empty one.
    ({"matchLabels": {"tier": ""}}, False),
    (requirement("app", "In", "api", "web"), True),
    (requirement("app", "In", "api"), False),
    (requirement("tier", "In", ""), False),
    (requirement("app", "NotIn", "api"), True),
    (requirement("app", "NotIn", "web"), False),
    # NotIn also selects what lacks the key.
    (requirement("tier", "NotIn", "front"), True),
    (requirement("empty", "Exists"), True),
    (requirement("tier", "Exists"), False),
    (requirement("tier", "DoesNotExist"), True),
    (requirement("empty", "DoesNotExist"), False),
    ({"matchLabels": {"app": "web"}} | requirement("app", "NotIn", "web"), False),
]


@pytest.mark.parametrize(("selector", "selected"), SELECTORS)
def test_selection(selector: dict[str, Any] | None, selected: bool) -> None:  # noqa: FBT001
    assert matches(selector, LABELS) is selected


def test_an_operator_nobody_knows_is_an_error() -> None:
    with pytest.raises(ValueError, match="Near"):
        matches(requirement("app", "Near"), LABELS)
