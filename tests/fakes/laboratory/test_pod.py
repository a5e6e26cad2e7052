from __future__ import annotations

import signal
import subprocess
import time

import pytest

from tests.fakes.laboratory import tools
from tests.fakes.laboratory.fabric import Fabric
from tests.fakes.laboratory.pod import Completed, Pod, kill
from tests.fakes.laboratory.prober import OPEN, REFUSED
from tests.fakes.laboratory.sandbox import SandboxError

PATIENCE = 10.0


@pytest.fixture
def pod(fabric: Fabric) -> Pod:
    return fabric.add({"shop/web": "10.244.0.1"})["shop/web"]


def test_a_command_runs_to_its_end(pod: Pod) -> None:
    script = "read line; echo got $line; echo oops >&2; exit 7"
    done = pod.run(["sh", "-c", script], PATIENCE, stdin=b"this\n")
    assert done == Completed(7, b"got this\n", b"oops\n")


def test_no_shell_stands_between(pod: Pod) -> None:
    done = pod.run(["sh", "-c", 'printf "%s|" "$@"', "sh", "a b", "$HOME", "--", ""], PATIENCE)
    assert done.stdout == b"a b|$HOME|--||"


def test_a_signal_shows_in_the_status(pod: Pod) -> None:
    assert pod.run(["sh", "-c", "kill -TERM $$"], PATIENCE).status == -signal.SIGTERM


def test_what_takes_too_long_is_killed_with_its_children(pod: Pod) -> None:
    """A child that outlives its parent would hold the pipes, and the test with them."""
    script = "echo begun; (while :; do :; done) & while :; do :; done"
    begun = time.monotonic()
    with pytest.raises(subprocess.TimeoutExpired) as caught:
        pod.run(["sh", "-c", script], 0.5)
    assert caught.value.stdout == b"begun\n"
    assert time.monotonic() - begun < PATIENCE


def test_a_running_command_can_be_talked_to(pod: Pod) -> None:
    with pod.popen(["sh", "-c", "while read line; do echo $line; done"]) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for word in (b"one\n", b"two\n"):
            running.stdin.write(word)
            running.stdin.flush()
            assert running.stdout.readline() == word
        kill(running)
        assert running.wait(PATIENCE) == -signal.SIGKILL


def test_it_sees_the_network_of_the_pod(pod: Pod) -> None:
    pod.offer(tools.PYTHON)
    pod.listen(("TCP", 80))
    script = (
        "import socket; print(socket.create_connection(('10.244.0.1', 80)).getsockname()[0])"
    )
    assert pod.run(["python3", "-c", script], PATIENCE).stdout == b"10.244.0.1\n"


def test_names_do_not_resolve_and_do_not_take_long(pod: Pod) -> None:
    pod.offer(tools.PYTHON)
    script = "import socket; socket.getaddrinfo('kubernetes.default', 443)"
    done = pod.run(["python3", "-c", script], PATIENCE)
    assert b"gaierror" in done.stderr


def test_many_ports_at_once(pod: Pod) -> None:
    ports = [(protocol, port) for protocol in ("TCP", "UDP") for port in range(9000, 9200)]
    pod.listen(*ports)
    targets = [(protocol, pod.address, port) for protocol, port in ports]
    assert pod.probe(targets, PATIENCE) == [OPEN] * len(targets)


def test_listening_can_stop(pod: Pod) -> None:
    pod.listen(("TCP", 80))
    pod.hold(("TCP", 81))
    targets = [("TCP", pod.address, 80), ("TCP", pod.address, 81)]
    assert pod.probe(targets, PATIENCE) == [OPEN, OPEN]
    pod.stop_listening(("TCP", 80), ("TCP", 81))
    assert pod.probe(targets, PATIENCE) == [REFUSED, REFUSED]


def test_an_address_in_use_is_an_error_not_a_hang(pod: Pod) -> None:
    pod.offer(tools.PYTHON)
    script = (
        "import socket, sys; s = socket.socket(); s.bind(('', 80)); s.listen();"
        "print(flush=True); sys.stdin.read()"
    )
    with pod.popen(["python3", "-c", script]) as running:
        assert running.stdout is not None
        running.stdout.readline()
        with pytest.raises(SandboxError, match=r"listen: .*Address already in use"):
            pod.listen(("TCP", 80))
        kill(running)
