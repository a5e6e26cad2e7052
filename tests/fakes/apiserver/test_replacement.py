from __future__ import annotations

from tests.fakes.apiserver.client import LEASES, PODS, ask, lease, pod
from tests.fakes.apiserver.server import ApiServer


def test_the_version_that_was_read_is_replaced(server: ApiServer) -> None:
    server.store.add(lease(holderIdentity="a"))
    seen = ask(server, "GET", f"{LEASES}/lock").body
    seen["spec"]["holderIdentity"] = "b"
    found = ask(server, "PUT", f"{LEASES}/lock", seen)
    assert found.code == 200
    assert int(found.body["metadata"]["resourceVersion"]) > int(
        seen["metadata"]["resourceVersion"]
    )


def test_of_two_that_read_the_same_version_one_wins(server: ApiServer) -> None:
    server.store.add(lease(holderIdentity="a"))
    seen = ask(server, "GET", f"{LEASES}/lock").body
    codes = []
    for holder in ("b", "c"):
        seen["spec"]["holderIdentity"] = holder
        found = ask(server, "PUT", f"{LEASES}/lock", seen)
        codes.append(found.code)
    assert codes == [200, 409]
    assert found.reason == "Conflict"
    assert found.message == (
        'Operation cannot be fulfilled on leases.coordination.k8s.io "lock": the object '
        "has been modified; please apply your changes to the latest version and try again"
    )
    assert found.body["details"] == {
        "name": "lock",
        "group": "coordination.k8s.io",
        "kind": "leases",
    }


def test_a_lease_is_not_replaced_blindly(server: ApiServer) -> None:
    server.store.add(lease())
    found = ask(server, "PUT", f"{LEASES}/lock", lease(holderIdentity="b"))
    assert (found.code, found.reason) == (422, "Invalid")
    assert found.message == (
        'leases.coordination.k8s.io "lock" is invalid: metadata.resourceVersion: '
        "Invalid value: 0x0: must be specified for an update"
    )


def test_a_pod_is(server: ApiServer) -> None:
    server.store.add(pod("a"))
    assert ask(server, "PUT", f"{PODS}/a", pod("a", app="x")).code == 200


def test_a_lease_that_is_not_there_is_created(server: ApiServer) -> None:
    assert ask(server, "PUT", f"{LEASES}/lock", lease()).code == 201
    assert ask(server, "PUT", f"{PODS}/a", pod("a")).code == 404


def test_another_object_of_the_same_name_is_left_alone(server: ApiServer) -> None:
    server.store.add(pod("a"))
    seen = ask(server, "GET", f"{PODS}/a").body
    server.store.drop("Pod", "shop", "a")
    # Storage compares the uid before it looks whether there is anything.
    assert ask(server, "PUT", f"{PODS}/a", seen).reason == "Conflict"
    server.store.add(pod("a"))
    found = ask(server, "PUT", f"{PODS}/a", seen)
    assert "Precondition failed: UID in precondition" in found.message


def test_an_update_without_a_change_gives_no_new_version(server: ApiServer) -> None:
    seen = ask(server, "POST", PODS, pod("a")).body
    assert ask(server, "PUT", f"{PODS}/a", seen).body == seen


def test_the_status_is_a_part_of_its_own(server: ApiServer) -> None:
    seen = ask(server, "POST", PODS, pod("a")).body
    seen["status"] = {"phase": "Failed"}
    seen["metadata"]["labels"] = {"app": "x"}
    main = ask(server, "PUT", f"{PODS}/a", seen).body
    assert main["status"]["phase"] == "Pending"
    main["status"] = {"phase": "Failed"}
    main["metadata"]["labels"] = {}
    status = ask(server, "PUT", f"{PODS}/a/status", main).body
    assert status["status"]["phase"] == "Failed"
    assert status["metadata"]["labels"] == {"app": "x"}


def test_the_generation_counts_changes_of_the_spec(server: ApiServer) -> None:
    seen = ask(server, "POST", PODS, pod("a")).body
    seen["metadata"]["labels"] = {"app": "x"}
    seen = ask(server, "PUT", f"{PODS}/a", seen).body
    assert seen["metadata"]["generation"] == 1
    seen["spec"]["containers"][0]["image"] = "shop:2"
    seen = ask(server, "PUT", f"{PODS}/a", seen).body
    assert seen["metadata"]["generation"] == 2


def test_a_name_must_be_the_one_of_the_path(server: ApiServer) -> None:
    server.store.add(pod("a"))
    found = ask(server, "PUT", f"{PODS}/a", pod("b"))
    assert found.message == (
        "the name of the object (b) does not match the name on the URL (a)"
    )


def test_the_path_says_the_namespace(server: ApiServer) -> None:
    server.store.add(pod("a"))
    body = pod("a", app="x")
    del body["metadata"]["namespace"]
    found = ask(server, "PUT", f"{PODS}/a", body).body
    assert found["metadata"]["namespace"] == "shop"
    found["metadata"]["namespace"] = "default"
    assert ask(server, "PUT", f"{PODS}/a", found).reason == "BadRequest"
