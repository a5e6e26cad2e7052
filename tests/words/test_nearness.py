from __future__ import annotations

import pytest

from netsim.model.labels import Labels, Selector
from netsim.words.nearness import correct_labels, find_nearest, find_slip, is_slip


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


@pytest.mark.parametrize(
    ("word", "meant", "expected"),
    [
        ("cart", "carts", True),
        ("wep", "web", True),
        ("teh", "the", True),
        ("prodution", "production", True),
        # Two letters of a long word.
        ("monitorngi", "monitoring", True),
        ("web-fronted", "web-frontend", True),
        ("shop_api", "shop-api", True),
        ("front-end", "frontend", True),
        ("Web", "web", True),
        # Another component.
        ("shop-api", "shop-web", False),
        ("argocd-redis", "argocd-secret", False),
        ("rook-ceph-osd", "rook-ceph-osd-prepare", False),
        ("exporter", "node-exporter", False),
        # Another number.
        ("web-1", "web-2", False),
        ("v1", "v2", False),
        ("redis", "redis1", False),
        # Too short to tell.
        ("db", "dc", False),
        # Two words are misspelt.
        ("wep-fronted", "web-frontend", False),
    ],
)
def test_slip(word: str, meant: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert is_slip(word, meant) is expected
    assert is_slip(meant, word) is expected


def test_of_two_that_may_be_meant_none_is() -> None:
    assert find_slip("wep", ["web", "weg"]) is None
    assert find_slip("wep", ["web", "api"]) == "web"


@pytest.mark.parametrize(
    ("wanted", "has", "corrected"),
    [
        ({"app": "wep"}, {"app": "web"}, {"app": "web"}),
        ({"ap": "web"}, {"app": "web"}, None),
        ({"aapp": "web"}, {"app": "web"}, {"app": "web"}),
        # The name stands under another key.
        ({"app": "web"}, {"app.kubernetes.io/name": "web"}, {"app.kubernetes.io/name": "web"}),
        ({"app": "web", "tier": "x"}, {"app": "web", "tier": "front"}, None),
        # To leave the label out would select more than was meant.
        ({"app": "web", "tier": "x"}, {"app": "web"}, None),
        ({"app": "shop-api"}, {"app": "shop-web"}, None),
    ],
)
def test_corrected(
    wanted: dict[str, str], has: dict[str, str], corrected: dict[str, str] | None
) -> None:
    selector = Selector.of(wanted)
    near = find_nearest(selector, {Labels.of(has): "shop/it"})
    assert correct_labels(selector, near) == corrected
