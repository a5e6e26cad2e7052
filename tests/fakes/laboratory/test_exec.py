"""Real kubectl and the real Python client, executing commands in the pods of a laboratory."""

from __future__ import annotations

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.fakes.apiserver.kubectl import Kubectl, environment, find, needs_kubectl
from tests.fakes.laboratory import processes, production, tools
from tests.fakes.laboratory.cluster import LiveCluster
from tests.fakes.laboratory.exec_client import Way, executed

POD = "shop/web"
DOCUMENTS = [
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
    production.pod(POD, "10.244.1.1", {"app": "web"}, ("TCP", 8080)),
]
WAYS = [pytest.param(Way.KUBECTL, marks=needs_kubectl), Way.CLIENT]
# No command of a test is as slow.
PATIENCE = 20.0


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("status", [0, 1, 127])
def test_the_exit_status_and_both_streams_arrive(
    cluster: LiveCluster, tmp_path: Path, way: Way, status: int
) -> None:
    script = f"echo out; echo err >&2; exit {status}"
    done = executed(way, cluster, tmp_path, POD, "sh", "-c", script)
    assert (done.stdout, done.stderr.splitlines()[0]) == ("out\n", "err")
    assert done.status == status


@pytest.mark.parametrize("way", WAYS)
def test_a_signal_is_counted_as_shells_count_it(
    cluster: LiveCluster, tmp_path: Path, way: Way
) -> None:
    assert executed(way, cluster, tmp_path, POD, "sh", "-c", "kill -9 $$").status == 137


@pytest.mark.parametrize("way", WAYS)
def test_a_missing_command_is_reported_by_the_runtime(
    cluster: LiveCluster, tmp_path: Path, way: Way
) -> None:
    cluster.offer(tools.SHELL)
    done = executed(way, cluster, tmp_path, POD, "nc", "-h")
    assert 'exec: "nc": executable file not found in $PATH' in done.stderr
    assert "Internal error occurred" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("way", WAYS)
def test_a_large_output_arrives_whole(cluster: LiveCluster, tmp_path: Path, way: Way) -> None:
    cluster.offer(tools.PYTHON)
    script = "for i in range(200_000): print('%09d' % i)"
    done = executed(way, cluster, tmp_path, POD, "python3", "-c", script)
    assert done.stdout == "".join(f"{number:09}\n" for number in range(200_000))
    assert done.status == 0


@pytest.mark.parametrize("way", WAYS)
def test_two_commands_run_at_a_time(cluster: LiveCluster, tmp_path: Path, way: Way) -> None:
    def run(word: str) -> str:
        return executed(way, cluster, tmp_path, POD, "sh", "-c", f"sleep 1; echo {word}").stdout

    start = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(run, ("one", "two"))) == ["one\n", "two\n"]
    # kubectl itself takes its time to start on a busy machine.
    assert time.monotonic() - start < PATIENCE


@needs_kubectl
def test_standard_input_goes_in_to_its_end(cluster: LiveCluster, tmp_path: Path) -> None:
    kubectl = Kubectl(cluster.kubeconfig(tmp_path))
    # Only version 5 of the protocol can tell the command that there is no more.
    text = "line\n" * 50_000
    assert kubectl("exec", "-i", "-n", "shop", "web", "--", "cat", stdin=text) == text


def test_the_python_client_can_close_standard_input(
    cluster: LiveCluster, tmp_path: Path
) -> None:
    done = executed(Way.CLIENT, cluster, tmp_path, POD, "cat", stdin="hello")
    assert (done.stdout, done.status) == ("hello", 0)


@needs_kubectl
def test_kubectl_speaks_version_5(cluster: LiveCluster, tmp_path: Path) -> None:
    Kubectl(cluster.kubeconfig(tmp_path))("exec", "-n", "shop", "web", "--", "true")
    (entry,) = [one for one in cluster.server.log if one.path.endswith("/web/exec")][-1:]
    assert (entry.method, entry.status) == ("GET", 101)


@needs_kubectl
def test_a_client_that_is_killed_takes_its_command_along(
    cluster: LiveCluster, tmp_path: Path
) -> None:
    environ = environment(cluster.kubeconfig(tmp_path))
    command = [str(find()), "exec", "-n", "shop", "web", "--", "sh", "-c"]
    script = "echo started; sleep 7654.321 & sleep 7654.321"
    with subprocess.Popen([*command, script], env=environ, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"started\n"
        assert processes.with_argument("7654.321")
        process.kill()
    processes.wait_until_gone("7654.321", PATIENCE)


def test_a_terminal_joins_the_outputs(cluster: LiveCluster, tmp_path: Path) -> None:
    script = "echo out; echo err >&2"
    done = executed(
        Way.CLIENT, cluster, tmp_path, POD, "sh", "-c", script, tty=True, stderr=False
    )
    assert (done.stdout, done.stderr) == ("out\nerr\n", "")


@pytest.mark.parametrize("way", WAYS)
def test_an_unknown_container_is_refused(
    cluster: LiveCluster, tmp_path: Path, way: Way
) -> None:
    done = executed(way, cluster, tmp_path, POD, "true", container="other")
    assert "container other is not valid for pod web" in done.stderr


@pytest.mark.parametrize("way", WAYS)
def test_the_network_is_that_of_the_pod(cluster: LiveCluster, tmp_path: Path, way: Way) -> None:
    done = executed(way, cluster, tmp_path, POD, "nc", "-zvn", "-w", "3", "10.244.1.1", "8080")
    assert "succeeded!" in done.stderr
    done = executed(way, cluster, tmp_path, POD, "nc", "-zvn", "-w", "3", "10.244.1.1", "8081")
    assert "Connection refused" in done.stderr
