from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import pytest

from tests.fakes.laboratory import requirements, tools
from tests.fakes.laboratory.fabric import Fabric, sweep
from tests.fakes.laboratory.prober import OPEN, REFUSED, TIMEOUT, UNREACHABLE
from tests.fakes.laboratory.sandbox import SandboxError
from tests.project import ROOT

PATIENCE = 10.0
STATEFUL = """
table ip t {{
    chain c {{
        type filter hook forward priority 0;
        ct state established accept
        {verdict}
    }}
}}
"""
# Asks twice from one port; between the two it waits for the end of its input.
CONVERSATION = """
import socket, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
    asker.settimeout(0.5)
    asker.connect(("10.244.0.2", 53))
    for wait in (sys.stdin.read, str):
        asker.send(b"?")
        try:
            asker.recv(1)
            print("answered")
        except TimeoutError:
            print("no answer")
        wait()
"""
# Says where it is, and waits to be killed with a command running in a pod.
VICTIM = """
import time
from tests.fakes.laboratory import requirements, tools
from tests.fakes.laboratory.fabric import Fabric

fabric = Fabric()
pod = fabric.add({"a": "10.244.0.1"})["a"]
running = pod.popen(["sh", "-c", "while :; do :; done"])
print(fabric.folder, pod.sandbox.pid, running.pid, flush=True)
time.sleep(60)
"""


def test_pods_reach_each_other_and_outside(fabric: Fabric) -> None:
    addresses = {"a": "10.244.0.1", "b": "10.244.7.1", "external": "203.0.113.10"}
    pods = fabric.add(addresses)
    for pod in pods.values():
        pod.listen(("TCP", 80), ("UDP", 53))
    targets = [
        (protocol, address, port)
        for address in addresses.values()
        for protocol, port in (("TCP", 80), ("UDP", 53))
    ]
    for pod in pods.values():
        assert pod.probe(targets, PATIENCE) == [OPEN] * len(targets)


def test_nothing_listens_and_nobody_is_there(fabric: Fabric) -> None:
    pods = fabric.add({"a": "10.244.0.1", "b": "10.244.0.2"})
    targets = [("TCP", "10.244.0.2", 80), ("UDP", "10.244.0.2", 80), ("TCP", "10.9.9.9", 80)]
    assert pods["a"].probe(targets, PATIENCE) == [REFUSED, REFUSED, UNREACHABLE]


def test_pods_added_later_are_on_the_same_fabric(fabric: Fabric) -> None:
    first = fabric.add({"a": "10.244.0.1"})["a"]
    second = fabric.add({"b": "10.244.0.2"})["b"]
    second.listen(("TCP", 80))
    assert first.probe([("TCP", second.address, 80)], PATIENCE) == [OPEN]
    with pytest.raises(ValueError, match="on the fabric already: b"):
        fabric.add({"b": "10.244.0.3"})


def test_two_fabrics_are_apart(fabric: Fabric) -> None:
    """The same names and addresses: what runs in parallel does not collide."""
    with Fabric() as other:
        for each in (fabric, other):
            each.add({"a": "10.244.0.1", "b": "10.244.0.2"})
        fabric.pods["b"].listen(("TCP", 80))
        target = ("TCP", "10.244.0.2", 80)
        assert fabric.pods["a"].probe([target], PATIENCE) == [OPEN]
        assert other.pods["a"].probe([target], PATIENCE) == [REFUSED]


def test_rules_hold_until_they_are_replaced(fabric: Fabric) -> None:
    pods = fabric.add({"a": "10.244.0.1", "b": "10.244.0.2"})
    pods["b"].listen(("TCP", 80))
    fabric.filter(
        "table ip t { chain c { type filter hook forward priority 0; policy drop; }; }"
    )
    assert pods["a"].probe([("TCP", "10.244.0.2", 80)], 0.3) == [TIMEOUT]
    fabric.filter("delete table ip t")
    assert pods["a"].probe([("TCP", "10.244.0.2", 80)], PATIENCE) == [OPEN]


def test_a_conversation_does_not_outlive_the_rules_that_allowed_it(fabric: Fabric) -> None:
    """Otherwise what a test sees would depend on the tests before."""
    pods = fabric.add({"a": "10.244.0.1", "b": "10.244.0.2"})
    pods["b"].listen(("UDP", 53))
    pods["a"].offer(tools.PYTHON)
    fabric.filter(STATEFUL.format(verdict="accept"))
    with pods["a"].popen(["python3", "-uc", CONVERSATION]) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stdout.readline() == b"answered\n"
        fabric.filter("delete table ip t\n" + STATEFUL.format(verdict="drop"))
        running.stdin.close()
        assert running.stdout.readline() == b"no answer\n"


def test_the_host_is_untouched() -> None:
    requirements.require()
    before = host_network()
    with Fabric() as fabric:
        fabric.add({"a": "10.244.0.1"})
        fabric.filter("table ip t { chain c { type filter hook forward priority 0; }; }")
        assert host_network() == before
    assert host_network() == before


def test_nothing_is_left_after_closing() -> None:
    requirements.require()
    with Fabric() as fabric:
        pod = fabric.add({"a": "10.244.0.1"})["a"]
        running = pod.popen(["sh", "-c", "while :; do :; done"])
        pid, folder = pod.sandbox.pid, fabric.folder
    with running:
        assert running.wait(PATIENCE) == -signal.SIGKILL
    eventually(lambda: not is_alive(pid))
    assert not folder.exists()


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_of_a_test_process_that_is_ended(ending: signal.Signals) -> None:
    requirements.require()
    with subprocess.Popen(
        [sys.executable, "-c", VICTIM],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as victim:
        assert victim.stdout is not None
        folder, *pids = victim.stdout.readline().split()
        victim.send_signal(ending)
    for pid in pids:
        eventually(lambda pid=int(pid): not is_alive(pid))  # type: ignore[misc]
    sweep()
    assert not Path(folder).exists()


def test_an_agent_that_is_gone_is_an_error(fabric: Fabric) -> None:
    pod = fabric.add({"a": "10.244.0.1"})["a"]
    os.kill(pod.sandbox.pid, signal.SIGKILL)
    with pytest.raises(SandboxError, match="has ended"):
        pod.listen(("TCP", 80))


def test_sweeping_spares_the_living() -> None:
    prefix = f"netsim-laboratory-{os.getpid()}-"
    with TemporaryDirectory(prefix=prefix, dir=gettempdir()) as folder:
        sweep()
        assert Path(folder).exists()


def host_network() -> list[str]:
    """Links, addresses, routes, rules and named namespaces of the host."""
    commands = ("ip -o link", "ip -o address", "ip route", "nft list ruleset", "ip netns")
    return [
        subprocess.run(command.split(), capture_output=True, text=True, check=True).stdout
        for command in commands
    ]


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie is over."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state.split()[0] != "Z"


def eventually(holds: Callable[[], bool]) -> None:
    """Waits for something that the kernel does in its own time."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
