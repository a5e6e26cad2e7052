"""The container that is added: one a pod, restricted, announced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from netsim.loader.live_reading import AnswerError
from netsim.probe import ephemeral
from netsim.probe.ephemeral import EphemeralRunner, container
from netsim.probe.exec import Client, ExecRunner
from netsim.probe.interface import Job, Observation, Outcome, Retry
from netsim.probe.pods import LivePod
from tests.probe.samples import job, pod

JOBS = (job("1"),)


class FakeClient(Client):
    """One pod; what is added to it is in ``state`` from then on."""

    def __init__(self, state: str = "running", error: AnswerError | None = None) -> None:
        self.state = state
        self.error = error
        self.merged: list[tuple[str, dict[str, Any]]] = []
        self.found: dict[str, Any] = {"spec": {}, "status": {}}

    def fetch(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        assert (path, query) == ("/api/v1/namespaces/shop/pods/web", {})
        return self.found

    def merge(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        if self.error:
            raise self.error
        self.merged.append((path, body))
        for added in body["spec"]["ephemeralContainers"]:
            self.add(added["name"], self.state)
        return self.found

    def add(self, name: str, state: str) -> None:
        self.found["spec"].setdefault("ephemeralContainers", []).append({"name": name})
        statuses = self.found["status"].setdefault("ephemeralContainerStatuses", [])
        statuses.append({"name": name, "state": {state: {}}})


class Inner(ExecRunner):
    def __init__(self) -> None:
        self.containers: list[str] = []

    def run_in(
        self, source: LivePod, container: str, jobs: Sequence[Job]
    ) -> tuple[Observation, ...]:
        self.containers.append(container)
        assert source.name == "web"
        return tuple(Observation(each.id, Outcome.OPEN) for each in jobs)


def runner(client: FakeClient, said: list[str] | None = None) -> EphemeralRunner:
    told = [] if said is None else said
    return EphemeralRunner(client, Inner(), "tools:1", told.append)


def containers(found: EphemeralRunner) -> list[str]:
    assert isinstance(found.inner, Inner)
    return found.inner.containers


def test_it_is_added_once_and_used_again() -> None:
    client, said = FakeClient(), list[str]()
    found = runner(client, said)
    for _ in range(2):
        assert found.run(pod("web"), JOBS)[0].outcome is Outcome.OPEN
    ((path, body),) = client.merged
    assert path == "/api/v1/namespaces/shop/pods/web/ephemeralcontainers"
    assert set(body) == {"spec"}  # no labels, nothing else
    assert containers(found) == ["netsim-probe"] * 2
    assert found.added == ["shop/web"]
    (line,) = said
    assert "stays until the pod goes" in line


def test_one_of_an_earlier_probe_is_used() -> None:
    client = FakeClient()
    client.add("netsim-probe", "running")
    found = runner(client)
    found.run(pod("web"), JOBS)
    assert (client.merged, found.added, containers(found)) == ([], [], ["netsim-probe"])


def test_one_that_ended_cannot_be_started_again() -> None:
    client = FakeClient()
    client.add("netsim-probe", "terminated")
    found = runner(client)
    found.run(pod("web"), JOBS)
    assert containers(found) == ["netsim-probe-2"]


def test_one_that_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ephemeral, "_PATIENCE", 0.2)
    monkeypatch.setattr(ephemeral, "_BEAT", 0.01)
    (observation,) = runner(FakeClient("waiting")).run(pod("web"), JOBS)
    assert (observation.outcome, observation.retry) == (Outcome.EXEC_ERROR, Retry.NO)
    assert "does not run: waiting" in observation.detail


@pytest.mark.parametrize(
    ("status", "retry"), [(403, Retry.NO), (404, Retry.NO), (500, Retry.YES)]
)
def test_refusals(status: int, retry: Retry) -> None:
    client = FakeClient(error=AnswerError(status, "is refused"))
    (observation,) = runner(client).run(pod("web"), JOBS)
    assert (observation.outcome, observation.retry) == (Outcome.EXEC_ERROR, retry)
    assert "is refused" in observation.detail


def test_the_restricted_standard() -> None:
    """Pod Security Standards, "Restricted", for a container."""
    context = container("tools:1")["securityContext"]
    assert context["allowPrivilegeEscalation"] is False
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert context["runAsNonRoot"] is True
    assert context["runAsUser"] > 0
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert "privileged" not in context
