from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.fakes.apiserver.client import PODS, ask, pod
from tests.fakes.apiserver.server import ApiServer


def test_items_leave_out_what_the_list_says(server: ApiServer) -> None:
    server.store.add(pod("b"), pod("a"))
    found = ask(server, "GET", PODS).body
    assert (found["kind"], found["apiVersion"]) == ("PodList", "v1")
    assert [one["metadata"]["name"] for one in found["items"]] == ["a", "b"]
    assert all("kind" not in one for one in found["items"])


def test_pages(server: ApiServer) -> None:
    server.store.add(*(pod(f"p{at}") for at in range(5)))
    names: list[str] = []
    token, sizes = "", []
    while True:
        found = ask(server, "GET", f"{PODS}?limit=2&continue={quote(token)}").body
        names += [one["metadata"]["name"] for one in found["items"]]
        sizes.append(found["metadata"].get("remainingItemCount"))
        token = found["metadata"].get("continue", "")
        if not token:
            break
    assert names == ["p0", "p1", "p2", "p3", "p4"]
    assert sizes == [3, 1, None]


def test_all_namespaces_and_one(server: ApiServer) -> None:
    other = pod("b")
    other["metadata"]["namespace"] = "default"
    server.store.add(pod("a"), other)
    assert len(ask(server, "GET", "/api/v1/pods").body["items"]) == 2
    assert len(ask(server, "GET", PODS).body["items"]) == 1


@pytest.mark.parametrize("query", ["limit=x", "continue=%25", "fieldSelector=spec.x%3Dy"])
def test_queries_that_cannot_be_read(server: ApiServer, query: str) -> None:
    assert ask(server, "GET", f"{PODS}?{query}").reason == "BadRequest"
