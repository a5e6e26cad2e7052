"""kubectl's exec with faults: never a verdict from its exit status, or from what is missing."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

from netsim.loader.sources.live_reading import AnswerError
from netsim.probe.interface import Job, Observation, ProbeError, Repeat, Symptom
from netsim.probe.ways.kubectl import Kubectl, KubectlCluster, KubectlRunner, exec_command
from netsim.probe.ways.script import Run
from tests.probe.fake_kubectl import Fault, install, runs
from tests.probe.listeners import Ports, listening
from tests.probe.samples import job, pod, target
from tests.probe.tools import IMAGES, image

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


@pytest.fixture(scope="module")
def ports() -> Iterator[Ports]:
    with listening() as found:
        yield found


@pytest.fixture
def jobs(ports: Ports) -> tuple[Job, ...]:
    """One that is open, and one that is refused."""
    numbers = {"open": ports.open, "refused": ports.refused}
    return tuple(job(name, target("127.0.0.1", port)) for name, port in numbers.items())


def kubectl(folder: Path, fault: Fault = Fault.NONE, **settings: object) -> Kubectl:
    path = image(folder / "bin", IMAGES["openbsd"])
    binary = install(folder / "fake", fault=fault.value, path=str(path), **settings)
    return Kubectl(KubectlCluster(binary=str(binary)))


def run(found: Kubectl, jobs: tuple[Job, ...]) -> dict[str, Observation]:
    observations = KubectlRunner(found, 1).run(jobs[0].source, jobs)
    return {each.job: each for each in observations}


def test_what_is_run(tmp_path: Path, jobs: tuple[Job, ...]) -> None:
    found = run(kubectl(tmp_path), jobs)
    assert found["open"].outcome is Symptom.OPEN
    assert found["refused"].outcome is Symptom.REFUSED
    assert (found["open"].tool, found["open"].retry) == ("openbsd", Repeat.NO)
    (arguments,) = runs(tmp_path / "fake")
    assert arguments[:4] == ["exec", "--namespace=shop", "web", "--container=main"]
    assert arguments[4:7] == ["--", "sh", "-c"]
    assert not [word for word in arguments if "insecure" in word]


def test_the_cluster_is_chosen_by_options() -> None:
    chosen = KubectlCluster("/etc/config", "prod")
    command = exec_command(chosen, pod("web"))
    assert command[:3] == ["kubectl", "--kubeconfig=/etc/config", "--context=prod"]
    assert KubectlCluster().command("get") == ["kubectl", "get"]


def test_no_flag_keeps_kubectl_from_the_account_of_its_pod(
    tmp_path: Path, jobs: tuple[Job, ...]
) -> None:
    """Any other flag about the connection does: kubernetes/kubernetes#93474."""
    found = kubectl(tmp_path, answers={"/ok": {"kind": "PodList"}})
    run(found, jobs)
    found.fetch("/ok", {})
    found.create("/ok", {"spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}}})
    flags = {
        word.partition("=")[0]
        for arguments in runs(tmp_path / "fake")
        for word in takewhile("--".__ne__, arguments)
        if word.startswith("-")
    }
    assert flags == {"--namespace", "--container", "--raw", "-f", "-"}


def test_a_request_without_answer_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netsim.probe.ways.kubectl._REQUEST_SECONDS", 0.2)
    binary = tmp_path / "kubectl"
    binary.write_text("#!/bin/sh\nexec sleep 60\n", "utf-8")
    binary.chmod(0o755)
    with pytest.raises(AnswerError, match="kubectl get gave no answer in 0"):
        Kubectl(KubectlCluster(binary=str(binary))).fetch("/api", {})


OPEN, REFUSED, ERROR = Symptom.OPEN, Symptom.REFUSED, Symptom.EXEC_ERROR


@pytest.mark.parametrize(
    ("fault", "outcomes", "retry", "says"),
    [
        # The lines are all there, whatever the status.
        (Fault.LOST_STATUS, {OPEN, REFUSED}, Repeat.NO, ""),
        (Fault.NO_END, {OPEN, REFUSED}, Repeat.NO, ""),
        # One line is whole, the other is not: that one only.
        (Fault.TRUNCATED, None, Repeat.YES, "cut off"),
        (Fault.GARBAGE, {ERROR}, Repeat.YES, "cut off"),
        # kubectl says 0 and nothing.
        (Fault.SILENT_SUCCESS, {ERROR}, Repeat.YES, "cut off"),
        (Fault.ABORTED, {ERROR}, Repeat.YES, "connection reset"),
        (Fault.GONE, {ERROR}, Repeat.NO, "not found"),
        (Fault.FORBIDDEN, {ERROR}, Repeat.NO, "forbidden"),
        (Fault.UNAUTHORIZED, {ERROR}, Repeat.NO, "logged in"),
        (Fault.BUSY, {ERROR}, Repeat.YES, "too many requests"),
        (Fault.INTERNAL, {ERROR}, Repeat.YES, "an error on the server"),
        (Fault.NO_SHELL, {Symptom.NO_TOOL}, Repeat.NO, "no shell"),
    ],
)
def test_faults(
    tmp_path: Path,
    jobs: tuple[Job, ...],
    fault: Fault,
    outcomes: set[Symptom] | None,
    retry: Repeat,
    says: str,
) -> None:
    found = run(kubectl(tmp_path, fault), jobs)
    assert set(found) == {"open", "refused"}
    if outcomes is None:
        broken = [each for each in found.values() if each.outcome is ERROR]
        assert len(broken) == 1
    else:
        assert {each.outcome for each in found.values()} == outcomes
        broken = list(found.values())
    for each in broken:
        assert each.retry is retry
        assert says in each.detail


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.IGNORE_TERM])
def test_the_deadline_ends_what_hangs(
    tmp_path: Path, jobs: tuple[Job, ...], fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Run, "deadline", property(lambda _: 1.0))
    monkeypatch.setattr("netsim.probe.ways.kubectl._GRACE", 0.5)
    begin = time.monotonic()
    found = run(kubectl(tmp_path, fault), jobs)
    assert time.monotonic() - begin < 20
    assert {each.outcome for each in found.values()} == {ERROR}
    assert "no answer within 1 s" in found["open"].detail
    assert not _running(tmp_path)


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.IGNORE_TERM])
def test_stopping_ends_what_runs_and_what_is_asked_later(
    tmp_path: Path, jobs: tuple[Job, ...], fault: Fault
) -> None:
    found = kubectl(tmp_path, fault)
    runner = KubectlRunner(found, 1)
    threading.Timer(1.0, runner.stop).start()
    for _ in range(2):
        observations = runner.run(jobs[0].source, jobs)
        assert {each.detail for each in observations} == {"interrupted"}
    assert not _running(tmp_path)
    assert len(runs(tmp_path / "fake")) == 1


def _running(folder: Path) -> list[str]:
    done = subprocess.run(
        ["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True
    )
    return [line for line in done.stdout.splitlines() if str(folder / "fake") in line]


def test_without_kubectl(tmp_path: Path, jobs: tuple[Job, ...]) -> None:
    missing = Kubectl(KubectlCluster(binary=str(tmp_path / "kubectl")))
    assert "cannot be run" in run(missing, jobs)["open"].detail
    with pytest.raises(ProbeError, match="--via exec"):
        missing.fetch("/api/v1/pods", {})


@pytest.mark.parametrize(
    ("says", "status"),
    [
        ("Error from server (NotFound): the server could not find it", 404),
        ("Error from server (Forbidden): pods is forbidden", 403),
        ("error: You must be logged in to the server (Unauthorized)", 401),
        ("Error from server (TooManyRequests): wait", 429),
        ("Error from server (InternalError): oops", 500),
        ("Error from server (ServiceUnavailable): later", 503),
        ("Unable to connect to the server: dial tcp 10.0.0.1:6443: i/o timeout", 0),
        # Nobody was asked: there is no such thing here.
        ('error: context "x" does not exist', 0),
        ("Unable to connect to the server: getting credentials: exec: x not found", 0),
    ],
)
def test_answers_of_the_server(tmp_path: Path, says: str, status: int) -> None:
    found = kubectl(tmp_path, answers={"/api/v1/pods": says, "/ok": {"kind": "PodList"}})
    with pytest.raises(AnswerError) as error:
        found.fetch("/api/v1/pods", {"limit": "500"})
    assert error.value.status == status
    assert found.fetch("/ok", {}) == {"kind": "PodList"}
    assert runs(tmp_path / "fake")[0][2] == "/api/v1/pods?limit=500"


def test_nothing_secret_is_repeated(tmp_path: Path) -> None:
    says = "Unable to connect: https://admin:hush@10.0.0.1/ Authorization: Bearer hush.hush"
    found = kubectl(tmp_path, answers={"/api/v1/pods": says})
    with pytest.raises(AnswerError) as error:
        found.fetch("/api/v1/pods", {})
    assert "hush" not in error.value.reason
