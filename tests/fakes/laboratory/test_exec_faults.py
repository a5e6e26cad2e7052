"""What goes wrong, as the clients show it: their word alone is not to be trusted."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.fakes.apiserver.kubectl import environment, find, needs_kubectl
from tests.fakes.laboratory import processes, production
from tests.fakes.laboratory.cluster import LiveCluster
from tests.fakes.laboratory.exec_client import Way, executed
from tests.fakes.laboratory.exec_faults import Execs, Mishap

POD = "shop/web"
DOCUMENTS = [
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
    production.pod(POD, "10.244.1.1", {"app": "web"}),
]
COMMAND = ("sh", "-c", "echo one; sleep 0.2; echo two; sleep 0.2; echo three; exit 1")
WAYS = [pytest.param(Way.KUBECTL, marks=needs_kubectl), Way.CLIENT]
PATIENCE = 20.0


@pytest.mark.parametrize(
    ("way", "mishap", "status"),
    [
        # The command ended with 1, but kubectl takes a polite end for a good one.
        pytest.param(Way.KUBECTL, Mishap.LOST_STATUS, 0, marks=needs_kubectl),
        pytest.param(Way.KUBECTL, Mishap.BROKEN_END, 1, marks=needs_kubectl),
        (Way.CLIENT, Mishap.LOST_STATUS, None),
        (Way.CLIENT, Mishap.BROKEN_END, None),
    ],
)
def test_without_a_status_the_output_is_there_and_the_end_is_not_known(
    cluster: LiveCluster, tmp_path: Path, way: Way, mishap: Mishap, status: int | None
) -> None:
    cluster.exec.faults.inject(mishap)
    done = executed(way, cluster, tmp_path, POD, *COMMAND)
    assert (done.stdout, done.status) == ("one\ntwo\nthree\n", status)


@pytest.mark.parametrize("mishap", [Mishap.ABORTED, Mishap.GARBAGE])
@pytest.mark.parametrize("way", WAYS)
def test_midway_a_line_is_cut_off(
    cluster: LiveCluster, tmp_path: Path, way: Way, mishap: Mishap
) -> None:
    cluster.exec.faults.inject(mishap, lines=1)
    done = executed(way, cluster, tmp_path, POD, *COMMAND)
    assert done.stdout == "one\ntw"
    assert done.status in (1, None)


@pytest.mark.parametrize("way", WAYS)
def test_a_pod_can_go_midway(cluster: LiveCluster, tmp_path: Path, way: Way) -> None:
    cluster.exec.faults.inject(Mishap.POD_DELETED, lines=1)
    done = executed(way, cluster, tmp_path, POD, *COMMAND)
    assert (done.stdout, done.status) == ("one\ntw", 137)
    again = executed(way, cluster, tmp_path, POD, *COMMAND)
    assert again.status != 0
    assert "not found" in again.stderr.lower()


@pytest.mark.parametrize("code", [401, 403, 404, 429, 500])
@pytest.mark.parametrize("way", WAYS)
def test_a_refusal_is_over_when_it_is_over(
    cluster: LiveCluster, tmp_path: Path, way: Way, code: int
) -> None:
    cluster.exec.faults.refuse(code)
    refused = executed(way, cluster, tmp_path, POD, *COMMAND)
    assert refused.stdout == ""
    assert refused.status != 0
    assert executed(way, cluster, tmp_path, POD, *COMMAND).stdout == "one\ntwo\nthree\n"


@needs_kubectl
@pytest.mark.parametrize("mishap", [Mishap.HANG, Mishap.HALF_FRAME, Mishap.STALLED])
def test_what_hangs_ends_with_the_client(
    cluster: LiveCluster, tmp_path: Path, mishap: Mishap
) -> None:
    cluster.exec.faults.inject(mishap)
    command = [str(find()), "exec", "-n", "shop", "web", "--", *COMMAND, "5432.1"]
    environ = environment(cluster.kubeconfig(tmp_path))
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run(command, env=environ, timeout=2, check=False)
    processes.wait_until_gone("5432.1", PATIENCE)


@needs_kubectl
def test_faults_are_for_the_execs_they_are_meant_for(
    cluster: LiveCluster, tmp_path: Path
) -> None:
    cluster.exec.faults.refuse(500, Execs(pod="shop/other"))
    cluster.exec.faults.refuse(500, Execs(user="someone else"))
    cluster.exec.faults.refuse(500, Execs(pod=POD, user="admin", skip=1))
    codes = [executed(Way.KUBECTL, cluster, tmp_path, POD, "true").status for _ in range(3)]
    assert codes == [0, 1, 0]
