from __future__ import annotations

import re
from typing import Any

import pytest

from tests.fakes.apiserver import metadata, pods
from tests.fakes.apiserver.client import LEASES, PODS, ask, lease, pod
from tests.fakes.apiserver.server import ApiServer

_NO_POD = 'Pod in version "v1" cannot be handled as a Pod: '
_NO_LEASE = 'Lease in version "v1" cannot be handled as a Lease: '


def test_a_created_object_gets_what_the_server_gives(server: ApiServer) -> None:
    found = ask(server, "POST", PODS, pod("a"))
    own = found.body["metadata"]
    assert found.code == 201
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", own["uid"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", own["creationTimestamp"])
    assert own["generation"] == 1
    assert int(own["resourceVersion"]) > 0
    assert found.body["status"]["phase"] == "Pending"
    assert ask(server, "GET", f"{PODS}/a").body == found.body


def test_generated_names(server: ApiServer) -> None:
    names = {ask(server, "POST", PODS, pod()).body["metadata"]["name"] for _ in range(5)}
    assert len(names) == 5
    assert all(re.fullmatch(rf"warm-[{metadata.ALPHABET}]{{5}}", name) for name in names)


def test_a_generated_name_is_cut_to_63_characters() -> None:
    name = next(metadata.generated("a" * 80))
    assert len(name) == 63


def without(found: dict[str, Any], *path: str) -> dict[str, Any]:
    *parents, last = path
    inner = found
    for step in parents:
        inner = inner[step]
    del inner[last]
    return found


@pytest.mark.parametrize(
    ("path", "body", "code", "reason", "message"),
    [
        (PODS, pod("old"), 409, "AlreadyExists", 'pods "old" already exists'),
        (LEASES, lease("lock"), 409, "AlreadyExists", 'leases.coordination.k8s.io "lock" '),
        (PODS.replace("shop", "none"), without(pod("a"), "metadata", "namespace"), 404,
         "NotFound", 'namespaces "none" not found'),
        (PODS.replace("shop", "default"), pod("a"), 400, "BadRequest",
         "the namespace of the provided object does not match the namespace sent on the"),
        ("/api/v1/pods", without(pod("a"), "metadata", "namespace"), 400, "BadRequest",
         "an empty namespace may not be set during creation"),
        (PODS, lease("a"), 400, "BadRequest", "the apiVersion in the data"),
        (PODS, without(pod("a"), "metadata", "name"), 422, "Invalid",
         'Pod "" is invalid: metadata.name: Required value: name or generateName is required'),
        (PODS, pod("A_b"), 422, "Invalid", 'Pod "A_b" is invalid: metadata.name: Invalid'),
        (PODS, pod("a", app="not ok"), 422, "Invalid", 'Pod "a" is invalid: metadata.labels'),
        (PODS, without(pod("a"), "spec"), 422, "Invalid",
         'Pod "a" is invalid: spec.containers: Required value'),
        (f"{PODS}?fieldValidation=Strict", pod("a") | {"spce": 1}, 400, "BadRequest",
         f'{_NO_POD}strict decoding error: unknown field "spce"'),
        # What a PodTemplate gave cannot be created as it is.
        (PODS, {**pod("a"), "metadata": {"name": "a", "resourceVersion": "5"}}, 500, "",
         "resourceVersion should not be set on objects to be created"),
        # ``date -u +%FT%TZ`` is no MicroTime.
        (LEASES, lease("a", renewTime="2020-01-01T00:00:00Z"), 400, "BadRequest",
         f'{_NO_LEASE}parsing time'),
        (LEASES, lease("a", leaseDurationSeconds="60"), 400, "BadRequest",
         f'{_NO_LEASE}json: cannot unmarshal string'),
        (LEASES, lease("a", leaseDurationSeconds=0), 422, "Invalid",
         'Lease.coordination.k8s.io "a" is invalid: spec.leaseDurationSeconds'),
        (f"{LEASES}?fieldValidation=Strict", lease("a", holder="x"), 400, "BadRequest",
         f'{_NO_LEASE}strict decoding error: unknown field "spec.holder"'),
        ("/api/v1/namespaces/shop/widgets", pod("a"), 404, "NotFound", "the server could not"),
        (f"{PODS}/old/log", {}, 404, "NotFound", "the server could not find"),
        (f"{PODS}/old", pod("old"), 405, "MethodNotAllowed", "the server does not allow this"),
    ],
)  # fmt: skip
def test_creations_that_are_refused(
    server: ApiServer, path: str, body: Any, code: int, reason: str, message: str
) -> None:
    server.store.add(pod("old"), lease("lock"))
    found = ask(server, "POST", path, body)
    assert (found.code, found.reason) == (code, reason)
    assert found.message.startswith(message)
    assert found.body["kind"] == "Status"
    assert found.body["code"] == code


def test_unknown_fields_are_dropped_with_a_warning(server: ApiServer) -> None:
    found = ask(server, "POST", PODS, pod("a") | {"spce": 1})
    assert found.headers["Warning"] == r'299 - "unknown field \"spce\""'
    assert "spce" not in found.body


def test_a_dry_run_changes_nothing(server: ApiServer) -> None:
    server.store.add(pod("old"))
    version = server.store.version
    assert ask(server, "POST", f"{PODS}?dryRun=All", pod("a")).code == 201
    assert ask(server, "DELETE", f"{PODS}/old?dryRun=All").code == 200
    assert ask(server, "PUT", f"{PODS}/old?dryRun=All", pod("old", a="b")).code == 200
    assert server.store.version == version
    assert server.store.names("Pod") == ["old"]
    assert ask(server, "POST", f"{PODS}?dryRun=Some", pod("a")).code == 400


@pytest.mark.parametrize(
    ("become", "phase"),
    [
        (pods.pending, "Pending"),
        (pods.ready, "Running"),
        (pods.unready, "Running"),
        (pods.failed, "Failed"),
        (pods.succeeded, "Succeeded"),
    ],
)
def test_what_becomes_of_new_pods(server: ApiServer, become: Any, phase: str) -> None:
    server.store.pods = become
    # Whoever creates a pod sees it before anything happened to it.
    assert ask(server, "POST", PODS, pod("a")).body["status"]["phase"] == "Pending"
    assert server.store.one("Pod", "shop", "a")["status"]["phase"] == phase
