"""Many handshakes: at a time, again where that makes sense, and never without an end."""

from __future__ import annotations

import _thread
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from netsim.probe.handshakes import Handshakes
from netsim.probe.judging.mutual_tls import TlsComparison
from netsim.probe.planning.mutual_tls import TlsJob
from netsim.probe.pods import LivePod
from netsim.probe.ways.failures import failure
from netsim.probe.ways.forward import ForwardError, SocketStream, Stream
from netsim.probe.ways.tls import TlsOutcome
from tests.probe.samples import pod
from tests.probe.tls_servers import (
    LOOPBACK,
    Serve,
    TlsServer,
    echo,
    hang,
    leave,
    needs_openssl,
    served,
)

NOWHERE = 1


@dataclass
class Loopback:
    """Pods whose ports are those of the loopback."""

    errors: list[Exception] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)
    held: set[socket.socket] = field(default_factory=set)

    @contextmanager
    def open(self, pod: LivePod, port: int) -> Iterator[Stream]:
        del pod
        self.opened.append(port)
        if self.errors:
            raise self.errors.pop()
        with socket.create_connection((LOOPBACK, port)) as found:
            self.held.add(found)
            yield SocketStream(found)
            self.held.discard(found)

    def stop(self) -> None:
        for each in list(self.held):
            each.shutdown(socket.SHUT_RDWR)


def job(port: int) -> TlsJob:
    return TlsJob(pod("api-0"), "api", port, ("web -> api",))


def run(forwarder: Loopback, *ports: int) -> tuple[TlsComparison, ...]:
    return Handshakes(forwarder, 1).run([job(port) for port in ports])


@needs_openssl
def test_each_has_its_own_outcome(identity: Path) -> None:
    heard: list[int] = []
    with served(TlsServer(identity)) as one, served(echo) as two:
        shaking = Handshakes(Loopback(), 1, heard=heard.append)
        found = shaking.run([job(port) for port in (one, two, one)])
    outcomes = [each.handshake.outcome for each in found]
    demanded = TlsOutcome.DEMANDED
    assert outcomes == [demanded, TlsOutcome.NOT_TLS, demanded]
    assert heard == [1, 2, 3]


def test_they_run_at_a_time() -> None:
    begin = time.monotonic()
    with served(hang) as port:
        found = run(Loopback(), *[port] * 10)
    assert {each.handshake.outcome for each in found} == {TlsOutcome.SILENT}
    # One after the other it would be ten times two tries of a second.
    assert time.monotonic() - begin < 10


@pytest.mark.parametrize(
    ("serve", "tries"),
    # A closed connection may be an accident; an answer is an answer.
    [(leave, 2), (echo, 1)],
)
def test_what_showed_nothing_is_tried_again(serve: Serve, tries: int) -> None:
    forwarder = Loopback()
    with served(serve) as port:
        run(forwarder, port)
    assert len(forwarder.opened) == tries


@pytest.mark.parametrize(
    ("error", "tries", "says"),
    [
        (ForwardError(failure("pods is forbidden", 403)), 1, "forbidden"),
        (ForwardError(failure("error dialing backend", 500)), 2, "dialing backend"),
        (ForwardError(failure("Authorization: Bearer hush")), 2, "redacted"),
        (RuntimeError("odd token=hush"), 2, "RuntimeError: odd"),
    ],
)
def test_what_is_not_forwarded_says_why(error: Exception, tries: int, says: str) -> None:
    forwarder = Loopback([error, error])
    (found,) = run(forwarder, NOWHERE)
    assert found.handshake.outcome is TlsOutcome.NOT_FORWARDED
    assert says in found.why
    assert "hush" not in found.why
    assert len(forwarder.opened) == tries


@needs_openssl
def test_a_failure_that_passes_is_forgotten(identity: Path) -> None:
    with served(TlsServer(identity)) as port:
        (found,) = run(Loopback([ForwardError(failure("try again", 503))]), port)
    assert found.handshake.outcome is TlsOutcome.DEMANDED


def test_ctrl_c_ends_it_and_keeps_what_is_known() -> None:
    forwarder = Loopback()
    shaking = Handshakes(forwarder, 30)
    with served(hang) as mute, served(echo) as plain:
        threading.Timer(1.0, _thread.interrupt_main).start()
        begin = time.monotonic()
        found = shaking.run([job(port) for port in (mute, plain)])
    assert time.monotonic() - begin < 20
    assert shaking.interrupted
    assert found[0].why == "interrupted"
    assert found[1].handshake.outcome is TlsOutcome.NOT_TLS
    assert not [each for each in threading.enumerate() if "_work" in each.name]


def test_after_an_interrupt_nothing_begins() -> None:
    forwarder = Loopback()
    (found,) = Handshakes(forwarder, 1, interrupted=True).run([job(NOWHERE)])
    assert (found.why, forwarder.opened) == ("interrupted", [])
