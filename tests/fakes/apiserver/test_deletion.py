from __future__ import annotations

import pytest

from tests.fakes.apiserver.client import LEASES, PODS, ask, lease, pod
from tests.fakes.apiserver.server import ApiServer


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("uid", "the UID in the precondition (x) does not match the UID in record ("),
        (
            "resourceVersion",
            "the ResourceVersion in the precondition (x) does not match the Resource",
        ),
    ],
)
def test_preconditions(server: ApiServer, field: str, message: str) -> None:
    own = ask(server, "POST", PODS, pod("a")).body["metadata"]
    path = f"{PODS}/a"
    refused = ask(server, "DELETE", path, {"preconditions": {field: "x"}})
    assert (refused.code, refused.reason) == (409, "Conflict")
    start = f'Operation cannot be fulfilled on Pod "a": {message}'
    assert refused.message.startswith(start)
    assert ask(server, "DELETE", path, {"preconditions": {field: own[field]}}).code == 200


def test_success_names_what_is_gone(server: ApiServer) -> None:
    own = ask(server, "POST", LEASES, lease()).body["metadata"]
    found = ask(server, "DELETE", f"{LEASES}/lock").body
    assert found["status"] == "Success"
    assert found["details"] == {
        "name": "lock",
        "group": "coordination.k8s.io",
        "kind": "leases",
        "uid": own["uid"],
    }
    again = ask(server, "DELETE", f"{LEASES}/lock")
    assert again.message == 'leases.coordination.k8s.io "lock" not found'


def test_a_finalizer_holds_an_object(server: ApiServer) -> None:
    held = pod("a")
    held["metadata"]["finalizers"] = ["shop/hold"]
    ask(server, "POST", PODS, held)
    assert "deletionTimestamp" in ask(server, "DELETE", f"{PODS}/a").body["metadata"]
    seen = ask(server, "GET", f"{PODS}/a").body
    seen["metadata"]["finalizers"] = []
    assert ask(server, "PUT", f"{PODS}/a", seen).code == 200
    assert server.store.names("Pod") == []


def test_a_collection_by_labels(server: ApiServer) -> None:
    server.store.add(pod("a", app="x"), pod("b", app="y"), pod("c", app="x"))
    assert ask(server, "DELETE", f"{PODS}?labelSelector=app%3Dx").code == 200
    assert server.store.names("Pod") == ["b"]
    assert ask(server, "DELETE", "/api/v1/pods").code == 405


def test_a_namespace_goes_with_what_it_holds(server: ApiServer) -> None:
    server.store.add(pod("a"), lease())
    assert ask(server, "DELETE", "/api/v1/namespaces/shop").code == 200
    assert server.store.names("Pod") == server.store.names("Lease") == []


def test_a_pod_is_returned(server: ApiServer) -> None:
    # ``ReturnDeletedObject``: pods, pod templates, services and service accounts.
    made = ask(server, "POST", PODS, pod("a")).body
    assert ask(server, "DELETE", f"{PODS}/a").body == made
