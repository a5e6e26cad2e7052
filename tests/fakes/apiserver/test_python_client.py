"""The Python client, as it is, against the server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client, config, watch

from tests.fakes.apiserver import pods
from tests.fakes.apiserver.client import lease, pod
from tests.fakes.apiserver.faults import on
from tests.fakes.apiserver.server import ApiServer

# The client writes whole seconds without the six decimals that the API server wants.
_RENEWED = "2026-01-01T00:00:00.000001Z"


@pytest.fixture
def api(server: ApiServer, tmp_path: Path) -> Iterator[Any]:
    file = server.kubeconfig(tmp_path, user="ann")
    made: Any = config
    with made.new_client_from_config(config_file=str(file)) as found:
        yield found


def test_create_list_and_delete(server: ApiServer, api: Any) -> None:
    core: Any = client.CoreV1Api(api)
    for name in ("a", "b", "c"):
        made = core.create_namespaced_pod("shop", pod(name, app="warm"))
        assert made.metadata.uid
    page = core.list_namespaced_pod("shop", label_selector="app in (warm)", limit=2)
    assert [one.metadata.name for one in page.items] == ["a", "b"]
    rest = core.list_namespaced_pod(
        "shop", label_selector="app in (warm)", _continue=page.metadata._continue
    )
    assert [one.metadata.name for one in rest.items] == ["c"]
    options = client.V1DeleteOptions(preconditions=client.V1Preconditions(uid="other"))
    with pytest.raises(client.ApiException) as caught:
        core.delete_namespaced_pod("a", "shop", body=options)
    assert caught.value.status == 409
    core.delete_namespaced_pod("a", "shop")
    core.delete_collection_namespaced_pod("shop")
    assert server.store.names("Pod") == []
    assert {entry.user for entry in server.log} == {"ann"}


def test_a_lease_is_taken_once(server: ApiServer, api: Any) -> None:
    server.store.add(lease(holderIdentity="", renewTime=_RENEWED))
    leases: Any = client.CoordinationV1Api(api)
    first = leases.read_namespaced_lease("lock", "shop")
    second = leases.read_namespaced_lease("lock", "shop")
    first.spec.holder_identity, second.spec.holder_identity = "a", "b"
    leases.replace_namespaced_lease("lock", "shop", first)
    with pytest.raises(client.ApiException) as caught:
        leases.replace_namespaced_lease("lock", "shop", second)
    assert caught.value.reason == "Conflict"
    assert server.store.one("Lease", "shop", "lock")["spec"]["holderIdentity"] == "a"


def test_a_patch(server: ApiServer, api: Any) -> None:
    server.store.add(pod("a", app="warm"))
    core: Any = client.CoreV1Api(api)
    core.patch_namespaced_pod("a", "shop", {"metadata": {"labels": {"app": "used"}}})
    assert server.store.one("Pod", "shop", "a")["metadata"]["labels"] == {"app": "used"}


def test_a_watch_tells_what_a_selector_sees(server: ApiServer, api: Any) -> None:
    server.store.add(pod("a", app="warm"))
    core: Any = client.CoreV1Api(api)

    def edit() -> None:
        server.store.add(pod("b", app="used"), pod("c", app="warm"))
        server.store.change("Pod", "shop", "a", _use)
        server.store.change("Pod", "shop", "b", _warm)
        server.store.change("Pod", "shop", "c", lambda one: one.update(status=pods.ready(one)))
        server.store.drop("Pod", "shop", "c")

    server.faults.after(on("GET", "/pods$"), edit)
    events = _watch().stream(
        core.list_namespaced_pod, "shop", label_selector="app=warm", timeout_seconds=1
    )
    assert [(event["type"], event["object"].metadata.name) for event in events] == [
        ("ADDED", "a"),
        ("ADDED", "c"),
        ("DELETED", "a"),
        ("ADDED", "b"),
        ("MODIFIED", "c"),
        ("DELETED", "c"),
    ]


def _watch() -> Any:
    made: Any = watch
    return made.Watch()


def _use(one: dict[str, Any]) -> None:
    one["metadata"]["labels"] = {"app": "used"}


def _warm(one: dict[str, Any]) -> None:
    one["metadata"]["labels"] = {"app": "warm"}


def test_a_watch_from_a_version(server: ApiServer, api: Any) -> None:
    server.store.add(pod("a"))
    version = server.store.version
    server.store.add(pod("b"))
    events = _watch().stream(
        client.CoreV1Api(api).list_pod_for_all_namespaces,
        resource_version=str(version),
        timeout_seconds=1,
    )
    assert [event["object"].metadata.name for event in events] == ["b"]
