"""Ports of pods through a kubectl, which ends with the connection, whatever happens."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from netsim.probe.interface import Repeat
from netsim.probe.ways.forward import ForwardError
from netsim.probe.ways.forward_kubectl import KubectlForwarder, forward_command
from netsim.probe.ways.kubectl import Kubectl, KubectlCluster
from tests.probe.fake_forward import Fault
from tests.probe.fake_kubectl import install, runs
from tests.probe.samples import pod
from tests.probe.tls_servers import echo, served

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")

API = pod("api-0")
AMPLE = 10.0


def forwarder(
    folder: Path, fault: Fault = Fault.NONE, port: int | None = None
) -> KubectlForwarder:
    """A way to ``pod/api-0:4000``, which this port stands for."""
    where = {} if port is None else {"pod/api-0:4000": port}
    binary = install(folder / "fake", forward=fault.value, ports=where)
    return KubectlForwarder(Kubectl(KubectlCluster(binary=str(binary))))


def running(folder: Path) -> list[str]:
    done = subprocess.run(
        ["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True
    )
    return [line for line in done.stdout.splitlines() if str(folder / "fake") in line]


def test_what_is_run() -> None:
    assert forward_command(KubectlCluster("/etc/config", "prod"), API, 4000) == [
        "kubectl",
        "--kubeconfig=/etc/config",
        "--context=prod",
        "port-forward",
        "--namespace=shop",
        "--address=127.0.0.1",
        "pod/api-0",
        ":4000",
    ]


def test_a_connection_and_its_end(tmp_path: Path) -> None:
    with served(echo) as port:
        with forwarder(tmp_path, port=port).open(API, 4000) as stream:
            stream.send(b"hello")
            assert stream.receive(AMPLE) == b"hello"
            with pytest.raises(TimeoutError):
                stream.receive(0.1)
            assert running(tmp_path)
        assert not running(tmp_path)
    (arguments,) = runs(tmp_path / "fake")
    # Nobody else is let in.
    assert "--address=127.0.0.1" in arguments
    assert not [word for word in arguments if "insecure" in word]


def test_it_is_ended_when_the_block_fails(tmp_path: Path) -> None:
    with served(echo) as port:
        found = forwarder(tmp_path, port=port)
        with pytest.raises(ZeroDivisionError), found.open(API, 4000):
            raise ZeroDivisionError
    assert not running(tmp_path)


@pytest.mark.parametrize(
    ("fault", "says", "retry"),
    [
        (Fault.FORBIDDEN, "forbidden", Repeat.NO),
        (Fault.GONE, "not found", Repeat.NO),
        (Fault.ENDS, "no answer", Repeat.YES),
        (Fault.SILENT, "no answer within 1 s", Repeat.YES),
    ],
)
def test_it_never_listens(
    tmp_path: Path,
    fault: Fault,
    says: str,
    retry: Repeat,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if fault is Fault.SILENT:
        monkeypatch.setattr("netsim.probe.ways.forward_kubectl._OPENING", 1.0)
    found = forwarder(tmp_path, fault)
    with pytest.raises(ForwardError, match=says) as error, found.open(API, 4000):
        pass
    assert error.value.failure.retry is retry
    assert not running(tmp_path)


def test_nothing_listens_in_the_pod(tmp_path: Path) -> None:
    found = forwarder(tmp_path)
    with found.open(API, 4000) as stream, pytest.raises(ForwardError, match="refused"):
        stream.receive(AMPLE)
    assert not running(tmp_path)


def test_without_kubectl(tmp_path: Path) -> None:
    missing = KubectlForwarder(Kubectl(KubectlCluster(binary=str(tmp_path / "kubectl"))))
    with pytest.raises(ForwardError, match="cannot be run"), missing.open(API, 4000):
        pass


def test_one_that_does_not_end_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netsim.probe.ways.kubectl._GRACE", 0.5)
    with served(echo) as port:
        found = forwarder(tmp_path, Fault.NEVER_ENDS, port=port)
        with found.open(API, 4000):
            assert running(tmp_path)
        assert not running(tmp_path)


def test_stopping_ends_what_is_open_and_what_is_asked_later(tmp_path: Path) -> None:
    with served(echo) as port:
        found = forwarder(tmp_path, port=port)
        with found.open(API, 4000) as stream:
            threading.Timer(0.3, found.stop).start()
            begin = time.monotonic()
            assert stream.receive(AMPLE) == b""
            assert time.monotonic() - begin < AMPLE
        with pytest.raises(ForwardError, match="interrupted"), found.open(API, 4000):
            pass
    assert not running(tmp_path)
