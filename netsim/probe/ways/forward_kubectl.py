"""Ports of pods through ``kubectl port-forward``."""

from __future__ import annotations

import queue
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from netsim.probe.interface import ProbeError, Repeat, Symptom
from netsim.probe.pods import LivePod
from netsim.probe.ways.failures import INTERRUPTED, Failure, failure
from netsim.probe.ways.forward import ForwardError, SocketStream, Stream
from netsim.probe.ways.kubectl import Kubectl, KubectlCluster

LOOPBACK = "127.0.0.1"
_OPENING = 30.0
_CONNECTING = 5.0
_COMPLAINT_SECONDS = 1.0
_BEAT = 0.02
_LISTENING = re.compile(rf"Forwarding from {re.escape(LOOPBACK)}:(\d+)")
_COMPLAINT = re.compile(r'(?:an error occurred forwarding [^:]*: |error: )([^"\n]+)')


def forward_command(cluster: KubectlCluster, pod: LivePod, port: int) -> list[str]:
    """The command; it chooses a free port of this machine, and only this machine may use it."""
    return cluster.command(
        "port-forward",
        f"--namespace={pod.namespace}",
        f"--address={LOOPBACK}",
        f"pod/{pod.name}",
        f":{port}",
    )


class KubectlForwarder:
    """Runs one kubectl a connection, and ends it with that."""

    def __init__(self, kubectl: Kubectl) -> None:
        self._kubectl = kubectl

    @contextmanager
    def open(self, pod: LivePod, port: int) -> Iterator[Stream]:
        """See ``Forwarder``."""
        command = forward_command(self._kubectl.cluster, pod, port)
        try:
            with self._kubectl.running(command) as process:
                said = _Said(process)
                address = (LOOPBACK, said.port(_OPENING))
                with socket.create_connection(address, _CONNECTING) as connected:
                    yield _KubectlStream(connected, said)
        except InterruptedError as error:
            raise ForwardError(INTERRUPTED) from error
        except ProbeError as error:
            why = Failure(Symptom.EXEC_ERROR, str(error), Repeat.NO)
            raise ForwardError(why) from error

    def stop(self) -> None:
        """See ``Forwarder``."""
        self._kubectl.stop()


class _Said:
    """What a running kubectl says, read in the background so that it never waits."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._errors = ""
        self._reading = [
            threading.Thread(target=self._read_output, args=(process.stdout,), daemon=True),
            threading.Thread(target=self._read_errors, args=(process.stderr,), daemon=True),
        ]
        for thread in self._reading:
            thread.start()

    def _read_output(self, stream: IO[bytes]) -> None:
        for line in stream:
            self._lines.put(line.decode("utf-8", "replace"))
        self._lines.put(None)

    def _read_errors(self, stream: IO[bytes]) -> None:
        for line in stream:
            self._errors += line.decode("utf-8", "replace")

    def port(self, seconds: float) -> int:
        """The port it listens on.  Raises :class:`ForwardError`."""
        end = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(end - time.monotonic(), 0.0))
            except queue.Empty:
                raise ForwardError(failure(f"no answer within {seconds:.0f} s")) from None
            if line is None:
                self._reading[1].join(_COMPLAINT_SECONDS)
                raise ForwardError(failure(self._errors or "kubectl port-forward ended"))
            if found := _LISTENING.search(line):
                return int(found[1])

    def complaint(self) -> str:
        """What it says of a connection that it could not make; that may come a moment late."""
        end = time.monotonic() + _COMPLAINT_SECONDS
        while time.monotonic() < end:
            if found := _COMPLAINT.search(self._errors):
                return found[1]
            time.sleep(_BEAT)
        return ""


class _KubectlStream(SocketStream):
    """A connection that ends before anything came may never have reached the pod."""

    def __init__(self, connected: socket.socket, said: _Said) -> None:
        super().__init__(connected)
        self._said = said
        self._has_come = False

    def receive(self, seconds: float) -> bytes:
        try:
            found = super().receive(seconds)
        except ConnectionError:
            found = b""
        if not found and not self._has_come and (why := self._said.complaint()):
            raise ForwardError(failure(why))
        self._has_come = True
        return found
