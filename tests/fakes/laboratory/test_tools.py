from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.laboratory import requirements, tools
from tests.fakes.laboratory.fabric import Fabric
from tests.fakes.laboratory.pod import Pod
from tests.fakes.laboratory.tools import ToolMissingError, Toolset

PATIENCE = 10.0
COMMANDS = ("sh", "bash", "nc", "ncat", "timeout", "python3", "ls", "cat", "ip", "busybox")

# The tools, the commands found, and how the nc among them introduces itself.
TOOLSETS = {
    "shell": (tools.SHELL, {"sh"}, None),
    "bash": (tools.BASH, {"sh", "bash"}, None),
    "bash and timeout": (tools.BASH | tools.TIMEOUT, {"sh", "bash", "timeout"}, None),
    "python": (tools.PYTHON, {"sh", "python3"}, None),
    "openbsd": (tools.NC_OPENBSD, {"sh", "nc"}, b"OpenBSD netcat"),
    "traditional": (tools.NC_TRADITIONAL, {"sh", "nc"}, b"[v1.10"),
    "ncat": (tools.NCAT, {"sh", "nc", "ncat"}, b"Ncat 7"),
    "busybox": (tools.NC_BUSYBOX, {"sh", "nc", "timeout"}, b"BusyBox"),
}


@pytest.fixture(scope="module")
def shared() -> Iterator[Pod]:
    requirements.require()
    with Fabric() as fabric:
        yield fabric.add({"shop/web": "10.244.0.1"})["shop/web"]


@pytest.fixture
def pod(shared: Pod) -> Pod:
    shared.offer(tools.SHELL)
    return shared


def offer(pod: Pod, toolset: Toolset) -> None:
    try:
        pod.offer(toolset)
    except ToolMissingError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize(("toolset", "found", "title"), TOOLSETS.values(), ids=TOOLSETS.keys())
def test_a_pod_has_these_commands_and_no_others(
    pod: Pod, toolset: Toolset, found: set[str], title: bytes | None
) -> None:
    offer(pod, toolset)
    script = 'for each; do command -v "$each"; done; true'
    printed = pod.run(["sh", "-c", script, "sh", *COMMANDS], PATIENCE).stdout.decode()
    assert {line.rpartition("/")[2] for line in printed.split()} == found
    if title is not None:
        told = pod.run(["nc", "-h"], PATIENCE)
        assert title in told.stdout + told.stderr


def test_neither_do_paths_lead_to_others(pod: Pod) -> None:
    script = "for each in /bin/ls /usr/bin/ls /sbin/ip; do [ -e $each ] && echo $each; done"
    assert pod.run(["sh", "-c", script], PATIENCE).stdout == b""


@pytest.mark.parametrize("command", ["sh", "/bin/sh", "/usr/bin/env", "nc"])
def test_a_pod_without_anything_runs_nothing(pod: Pod, command: str) -> None:
    pod.offer(tools.NOTHING)
    with pytest.raises(FileNotFoundError, match="executable file not found"):
        pod.run([command, "-c", "true"], PATIENCE)


def test_the_commands_of_one_pod_are_not_those_of_another(fabric: Fabric) -> None:
    pods = fabric.add({"a": "10.244.0.1", "b": "10.244.0.2"})
    pods["a"].offer(tools.PYTHON)
    pods["a"].run(["python3", "-c", ""], PATIENCE)
    with pytest.raises(FileNotFoundError):
        pods["b"].run(["python3", "-c", ""], PATIENCE)


def test_a_missing_program_says_which_package_has_it() -> None:
    absent = Toolset((("nc", "no-such-program"),))
    with pytest.raises(ToolMissingError, match=r"needs no-such-program \(package"):
        absent.programs()


def test_the_right_side_decides_what_a_name_means() -> None:
    joined = tools.SHELL | Toolset((("sh", "bash"),))
    assert dict(joined.commands) == {"sh": "bash"}
