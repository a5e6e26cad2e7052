"""The container that is added: one a pod, restricted, announced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from netsim.loader.sources.live_reading import AnswerError
from netsim.probe.interface import Job, Observation, Repeat, Symptom
from netsim.probe.pods import LivePod
from netsim.probe.ways import ephemeral
from netsim.probe.ways.client import Client
from netsim.probe.ways.ephemeral import EphemeralRunner, check_image, container
from netsim.probe.ways.exec import ExecRunner
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
            self.add(added["name"], self.state, added["image"])
        return self.found

    def add(self, name: str, state: str, image: str = "tools:1", reason: str = "") -> None:
        listed = self.found["spec"].setdefault("ephemeralContainers", [])
        assert name not in [each["name"] for each in listed]
        listed.append({"name": name, "image": image})
        statuses = self.found["status"].setdefault("ephemeralContainerStatuses", [])
        statuses.append({"name": name, "state": {state: {"reason": reason}}})


class Inner(ExecRunner):
    def __init__(self) -> None:
        self.containers: list[str] = []
        self.without_tool: set[str] = set()

    def stop(self) -> None:
        pass

    def run_in(
        self, source: LivePod, container: str, jobs: Sequence[Job]
    ) -> tuple[Observation, ...]:
        self.containers.append(container)
        assert source.name == "web"
        outcome = Symptom.NO_TOOL if container in self.without_tool else Symptom.OPEN
        return tuple(Observation(each.id, outcome) for each in jobs)


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
        assert found.run(pod("web"), JOBS)[0].outcome is Symptom.OPEN
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


PULL = "ImagePullBackOff"


@pytest.mark.parametrize(
    ("present", "used"),
    [
        # What waits in vain for another image says nothing of this one.
        ([("netsim-probe", "waiting", "typo:1", PULL)], "netsim-probe-2"),
        # What runs is better than what waits, whichever comes first.
        (
            [
                ("netsim-probe", "waiting", "typo:1", PULL),
                ("netsim-probe-2", "running", "other:1", ""),
            ],
            "netsim-probe-2",
        ),
        (
            [
                ("netsim-probe", "running", "other:1", ""),
                ("netsim-probe-2", "running", "tools:1", ""),
            ],
            "netsim-probe-2",
        ),
        # A number that is free, and names that only look like ours.
        (
            [
                ("netsim-probe", "terminated", "tools:1", ""),
                ("netsim-probe-3", "terminated", "tools:1", ""),
                ("netsim-probe-debug", "running", "tools:1", ""),
            ],
            "netsim-probe-2",
        ),
    ],
)
def test_which_is_used(present: list[tuple[str, str, str, str]], used: str) -> None:
    client = FakeClient()
    for each in present:
        client.add(*each)
    found = runner(client)
    assert found.run(pod("web"), JOBS)[0].outcome is Symptom.OPEN
    assert containers(found) == [used]


def test_one_that_waits_in_vain_for_the_same_image_is_not_joined_by_another() -> None:
    client = FakeClient()
    client.add("netsim-probe", "waiting", reason=PULL)
    (observation,) = runner(client).run(pod("web"), JOBS)
    assert f"netsim-probe does not run: waiting, {PULL}" in observation.detail
    assert client.merged == []


@pytest.mark.parametrize(("image", "again"), [("other:1", True), ("tools:1", False)])
def test_one_without_tools_is_replaced_by_one_of_another_image(
    image: str, *, again: bool
) -> None:
    client = FakeClient()
    client.add("netsim-probe", "running", image)
    found = runner(client)
    assert isinstance(found.inner, Inner)
    found.inner.without_tool = {"netsim-probe"}
    found.run(pod("web"), JOBS)
    assert containers(found) == ["netsim-probe", "netsim-probe-2"][: 1 + again]


def test_nothing_is_added_once_it_was_told_to_end() -> None:
    client = FakeClient()
    found = runner(client)
    found.stop()
    (observation,) = found.run(pod("web"), JOBS)
    assert (observation.detail, client.merged) == ("interrupted", [])


@pytest.mark.parametrize(
    "image",
    [
        "busybox",
        "busybox:stable",
        "registry.example:5000/a/b-c_d.e:1.2-x",
        "[2001:db8::1]:5000/a",
        "localhost/a",
        f"a@sha256:{'0' * 64}",
        f"a:1@sha256:{'0' * 64}",
    ],
)
def test_images(image: str) -> None:
    check_image(image)


@pytest.mark.parametrize(
    "image", ["", " busybox", "a b", "Busybox", "-x", "a:", "a:-1", "https://a/b", "a\nb", "a/"]
)
def test_what_is_no_image(image: str) -> None:
    with pytest.raises(ValueError, match=r"--image: .* is not an image: write NAME:TAG"):
        check_image(image)


def test_one_that_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ephemeral, "_PATIENCE", 0.2)
    monkeypatch.setattr(ephemeral, "_BEAT", 0.01)
    (observation,) = runner(FakeClient("waiting")).run(pod("web"), JOBS)
    assert (observation.outcome, observation.retry) == (Symptom.EXEC_ERROR, Repeat.NO)
    assert "does not run: waiting" in observation.detail


@pytest.mark.parametrize(
    ("status", "retry"), [(403, Repeat.NO), (404, Repeat.NO), (500, Repeat.YES)]
)
def test_refusals(status: int, retry: Repeat) -> None:
    client = FakeClient(error=AnswerError(status, "is refused"))
    (observation,) = runner(client).run(pod("web"), JOBS)
    assert (observation.outcome, observation.retry) == (Symptom.EXEC_ERROR, retry)
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
