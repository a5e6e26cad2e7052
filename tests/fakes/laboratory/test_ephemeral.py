"""Ephemeral containers: added by kubectl, and in the network of their pod."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.apiserver.client import ask
from tests.fakes.apiserver.kubectl import Kubectl, needs_kubectl
from tests.fakes.laboratory import production, tools
from tests.fakes.laboratory.cluster import LiveCluster
from tests.fakes.laboratory.ephemeral import Fate
from tests.fakes.laboratory.exec_client import Way, executed

POD = "shop/web"
PATH = "/api/v1/namespaces/shop/pods/web/ephemeralcontainers"
DOCUMENTS = [
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
    production.pod(POD, "10.244.1.1", {"app": "web"}),
    production.pod("shop/api", "10.244.1.2", {"app": "api"}, ("TCP", 4000)),
]
PATIENCE = 10.0
STRATEGIC = "application/strategic-merge-patch+json"


@pytest.fixture
def cluster(cluster: LiveCluster) -> LiveCluster:
    """A cluster whose first pod has no tools."""
    cluster.offer(tools.NOTHING, POD)
    return cluster


def patch(name: str, image: str = "tools") -> dict[str, object]:
    return {"spec": {"ephemeralContainers": [{"name": name, "image": image}]}}


def status_of_added(cluster: LiveCluster) -> dict[str, Any]:
    """The status of the only one, which comes after the answer to the patch."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        shown = cluster.server.store.one("Pod", "shop", "web")
        for status in shown["status"].get("ephemeralContainerStatuses", ()):
            return dict(status)
        time.sleep(0.01)
    raise AssertionError("no status came")


@needs_kubectl
def test_kubectl_debug_gives_a_pod_without_a_shell_tools(
    cluster: LiveCluster, tmp_path: Path
) -> None:
    kubectl = Kubectl(cluster.kubeconfig(tmp_path, namespace="shop"))
    kubectl(
        "debug", "web", "--image=tools", "-c", "extra", "--profile=restricted", "--", "true"
    )
    status = status_of_added(cluster)
    assert (status["name"], list(status["state"])) == ("extra", ["running"])
    for way in Way:
        command = ("nc", "-zvn", "-w", "3", "10.244.1.2", "4000")
        done = executed(way, cluster, tmp_path, POD, *command, container="extra")
        assert (done.status, "succeeded!" in done.stderr) == (0, True)
    assert "not found" in executed(Way.CLIENT, cluster, tmp_path, POD, "nc").stderr


def test_it_has_the_address_of_the_pod(cluster: LiveCluster, tmp_path: Path) -> None:
    ask(cluster.server, "PATCH", PATH, patch("extra"), content_type=STRATEGIC)
    own = cluster.laboratory.pods[POD]
    own.listen(("TCP", 999))
    command = ("nc", "-zvn", "-w", "3", own.address, "999")
    done = executed(Way.CLIENT, cluster, tmp_path, POD, *command, container="extra")
    own.stop_listening(("TCP", 999))
    assert done.status == 0, done


def test_one_is_added_to_another_and_none_is_changed(cluster: LiveCluster) -> None:
    for name in ("one", "two"):
        added = ask(cluster.server, "PATCH", PATH, patch(name), content_type=STRATEGIC)
        assert added.code == 200
    names = [each["name"] for each in added.body["spec"]["ephemeralContainers"]]
    assert names == ["one", "two"]
    changed = patch("one", "another")
    refused = ask(cluster.server, "PATCH", PATH, changed, content_type=STRATEGIC)
    assert (refused.code, refused.reason) == (422, "Invalid")


@pytest.mark.parametrize("fate", list(Fate))
def test_what_becomes_of_it_is_in_the_status(cluster: LiveCluster, fate: Fate) -> None:
    cluster.ephemeral.fate = fate
    ask(cluster.server, "PATCH", PATH, patch("extra"), content_type=STRATEGIC)
    status = status_of_added(cluster)
    assert set(status["state"]) == set(fate.state())
