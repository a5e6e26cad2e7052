"""The exec subresource of the API server, whose commands run in pods of a laboratory."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from tests.fakes.apiserver.answers import Connection
from tests.fakes.apiserver.errors import bad_request
from tests.fakes.laboratory import exec_channels, exec_request, exec_status, exec_websocket
from tests.fakes.laboratory.exec_channels import Channel, Channels
from tests.fakes.laboratory.exec_faults import ExecFaults, Fault, Mishap
from tests.fakes.laboratory.exec_request import ExecRequest
from tests.fakes.laboratory.exec_session import Session


@dataclass(frozen=True, slots=True)
class Streams:
    """The streams of a command, as ``subprocess`` names them."""

    stdin: int
    stdout: int
    stderr: int


Start: TypeAlias = Callable[[ExecRequest, Streams], "subprocess.Popen[bytes]"]
"""Starts a command, with these as its streams, in a session of its own.

Raises ``FileNotFoundError`` for one that the container lacks.
"""


class ExecHandler:
    """Answers ``GET`` and ``POST`` of ``pods/exec``.

    SPDY, which kubectl falls back to, is not spoken; what was refused before is then refused
    in the same words.  A terminal is none: it only joins the outputs.
    """

    def __init__(self, start: Start, delete: Callable[[ExecRequest], object]) -> None:
        """``delete`` deletes the pod of a request from the cluster."""
        self.faults = ExecFaults()
        self._start = start
        self._delete = delete

    def __call__(self, connection: Connection) -> None:
        """Serves one connection.  Raises ApiError until it is accepted."""
        asked = exec_request.read(connection)
        headers = connection.handler.headers
        if not exec_websocket.is_asked_for(headers):
            raise self.faults.refusal_of(asked) or bad_request("Upgrade request required")
        protocol = exec_channels.agreed(exec_websocket.offered(headers))
        if protocol is None:
            raise bad_request("unable to upgrade: no protocol in common")
        fault = self.faults.take(asked)
        socket = exec_websocket.accept(connection.handler, protocol.value)
        channels = Channels(socket, protocol)
        if fault is None or fault.mishap is not Mishap.HANG:
            self._serve(connection, asked, channels, fault)
        # Closing a socket with something unread in it would take the answer back.
        for _ in channels.received():
            continue

    def _serve(
        self,
        connection: Connection,
        asked: ExecRequest,
        channels: Channels,
        fault: Fault | None,
    ) -> None:
        try:
            process = self._start(asked, _streams(asked))
        except FileNotFoundError as error:
            channels.conclude(exec_status.not_found(str(error.filename)))
            return
        channels.open(asked.first)
        raw = connection.handler.connection
        delete = lambda: self._delete(asked)  # noqa: E731 - bound to this request
        Session(asked, process, channels, raw, fault, delete).serve()


def _streams(asked: ExecRequest) -> Streams:
    def stream(channel: Channel) -> int:
        return subprocess.PIPE if channel in asked.channels else subprocess.DEVNULL

    stderr = subprocess.STDOUT if asked.has_terminal else stream(Channel.STDERR)
    return Streams(stream(Channel.STDIN), stream(Channel.STDOUT), stderr)
