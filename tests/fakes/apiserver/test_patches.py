from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.apiserver.errors import ApiError
from tests.fakes.apiserver.kinds import Object
from tests.fakes.apiserver.patches import JSON, MERGE, STRATEGIC, patched

FOUND: Object = {
    "metadata": {"name": "a", "labels": {"app": "web", "tier": "front"}, "finalizers": ["x"]},
    "spec": {
        "containers": [
            {"name": "c", "image": "i:1", "env": [{"name": "A", "value": "1"}]},
            {"name": "d", "image": "j:1"},
        ],
        "args": ["1", "2"],
    },
}


def containers(patch: Object) -> Any:
    return patched(STRATEGIC, FOUND, {"spec": {"containers": [patch]}})["spec"]["containers"]


def test_a_merge_patch_replaces_lists_and_drops_nulls() -> None:
    patch = {"metadata": {"labels": {"tier": None, "new": "1"}}, "spec": {"args": ["3"]}}
    found = patched(MERGE, FOUND, patch)
    assert found["metadata"]["labels"] == {"app": "web", "new": "1"}
    assert found["spec"]["args"] == ["3"]
    assert len(found["spec"]["containers"]) == 2
    assert FOUND["metadata"]["labels"]["tier"] == "front"


def test_a_strategic_patch_merges_containers_by_name() -> None:
    found = containers({"name": "c", "image": "i:2"})
    assert [one["image"] for one in found] == ["i:2", "j:1"]
    assert found[0]["env"] == [{"name": "A", "value": "1"}]


def test_a_strategic_patch_merges_in_merged_elements() -> None:
    found = containers({"name": "c", "env": [{"name": "B", "value": "2"}]})
    assert [one["name"] for one in found[0]["env"]] == ["A", "B"]


def test_a_strategic_patch_deletes_and_adds_elements() -> None:
    assert [one["name"] for one in containers({"name": "c", "$patch": "delete"})] == ["d"]
    assert [one["name"] for one in containers({"name": "e"})] == ["c", "d", "e"]


def test_directives_of_a_strategic_patch_are_not_kept() -> None:
    patch = {
        "metadata": {"$deleteFromPrimitiveList/finalizers": ["x"], "finalizers": ["y"]},
        "spec": {"$setElementOrder/containers": [{"name": "c"}], "args": ["3"]},
    }
    found = patched(STRATEGIC, FOUND, patch)
    assert found["metadata"]["finalizers"] == ["y"]
    assert set(found["spec"]) == {"containers", "args"}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"$patch": "replace", "args": ["3"]}, {"args": ["3"]}),
        ({"$retainKeys": ["args"], "args": ["3"]}, {"args": ["3"]}),
        ({"$retainKeys": ["args"], "containers": None}, {"args": ["1", "2"]}),
        (
            {"containers": [{"name": "e"}, {"$patch": "replace"}]},
            {"args": ["1", "2"], "containers": [{"name": "e"}]},
        ),
    ],
)
def test_a_strategic_patch_can_replace(spec: Object, expected: Object) -> None:
    assert patched(STRATEGIC, FOUND, {"spec": spec})["spec"] == expected


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ([{"op": "add", "path": "/metadata/labels/a~1b", "value": "1"}], {"a/b": "1"}),
        ([{"op": "replace", "path": "/metadata/labels/app", "value": "x"}], {"app": "x"}),
        (
            [{"op": "copy", "from": "/metadata/labels/app", "path": "/metadata/labels/z"}],
            {"z": "web"},
        ),
    ],
)
def test_a_json_patch(patch: list[Object], expected: dict[str, str]) -> None:
    assert patched(JSON, FOUND, patch)["metadata"]["labels"].items() >= expected.items()


def test_a_json_patch_of_lists() -> None:
    patch = [
        {"op": "test", "path": "/spec/args/0", "value": "1"},
        {"op": "add", "path": "/spec/args/-", "value": "3"},
        {"op": "add", "path": "/spec/args/0", "value": "0"},
        {"op": "remove", "path": "/spec/containers/1"},
        {"op": "move", "from": "/spec/args/1", "path": "/spec/args/0"},
    ]
    found = patched(JSON, FOUND, patch)["spec"]
    assert found["args"] == ["1", "0", "2", "3"]
    assert len(found["containers"]) == 1


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/metadata/name", "value": "b"},
        {"op": "remove", "path": "/metadata/labels/none"},
        {"op": "replace", "path": "/spec/none", "value": 1},
        {"op": "add", "path": "/spec/args/x", "value": 1},
        {"op": "odd", "path": "/spec"},
        # The whole object must remain one.
        {"op": "replace", "path": "", "value": []},
    ],
)
def test_a_json_patch_that_does_not_fit(operation: Object) -> None:
    with pytest.raises(ApiError) as caught:
        patched(JSON, FOUND, [operation])
    assert (caught.value.code, caught.value.reason) == (422, "Invalid")


def test_server_side_apply_is_declined() -> None:
    with pytest.raises(ApiError, match="unknown format") as caught:
        patched("application/apply-patch+yaml", FOUND, {})
    assert caught.value.code == 415
