"""One command: its process, and the pumps between the process and the client."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO

from tests.fakes.laboratory import exec_status
from tests.fakes.laboratory.exec_channels import CHUNK, Channel, Channels, Data, Ended
from tests.fakes.laboratory.exec_faults import Fault, Mishap
from tests.fakes.laboratory.exec_request import ExecRequest
from tests.fakes.laboratory.exec_status import Status
from tests.fakes.laboratory.pod import kill

# Reserved bits that nobody agreed upon, and an opcode that does not exist.
_GARBAGE = b"\xff\x07garbage"
# A binary frame of twenty bytes on standard output, most of which never come.
_HALF_FRAME = b"\x82\x14\x01"

_NEVER_ENDING = (Mishap.ABORTED, Mishap.GARBAGE, Mishap.HALF_FRAME, Mishap.STALLED)


class Session:
    """Serves one command until it has ended, or until the client has left."""

    def __init__(
        self,
        asked: ExecRequest,
        process: subprocess.Popen[bytes],
        channels: Channels,
        connection: socket.socket,
        fault: Fault | None,
        delete: Callable[[], object],
    ) -> None:
        self._asked = asked
        self._process = process
        self._channels = channels
        self._connection = connection
        self._fault = fault
        self._delete = delete
        self._written = b""
        self._struck = threading.Event()

    def serve(self) -> None:
        """Runs it to its end; nothing of the command is left."""
        ending = threading.Thread(target=self._finish)
        ending.start()
        try:
            self._feed()
        finally:
            # Who leaves takes the command along, as containerd does.
            if ending.is_alive():
                kill(self._process)
            ending.join()
            _close(self._process)

    def _feed(self) -> None:
        for event in self._channels.received():
            stdin = self._process.stdin
            if event.channel is not Channel.STDIN or stdin is None or stdin.closed:
                continue
            # A command need not read its input.
            with suppress(BrokenPipeError):
                match event:
                    case Data(payload=payload):
                        stdin.write(payload)
                        stdin.flush()
                    case Ended():
                        stdin.close()

    def _finish(self) -> None:
        pumps = [
            threading.Thread(target=self._pump, args=(channel, stream))
            for channel, stream in (
                (Channel.STDOUT, self._process.stdout),
                (Channel.STDERR, self._process.stderr),
            )
            if stream is not None
        ]
        for pump in pumps:
            pump.start()
        for pump in pumps:
            pump.join()
        status = exec_status.ended(self._asked.command, self._process.wait())
        with suppress(ConnectionError):
            self._conclude(status)

    def _conclude(self, status: Status) -> None:
        match self._fault.mishap if self._fault else None:
            case Mishap.BROKEN_END:
                self._break()
            case mishap if mishap in _NEVER_ENDING and self._struck.is_set():
                pass
            case Mishap.LOST_STATUS:
                self._channels.socket.close()
            case _:
                self._channels.conclude(status)

    def _pump(self, channel: Channel, stream: IO[bytes]) -> None:
        """To the very end: a command must never wait for a client that does not listen."""
        while chunk := os.read(stream.fileno(), CHUNK):
            with suppress(ConnectionError):
                self._forward(channel, chunk)

    def _forward(self, channel: Channel, chunk: bytes) -> None:
        if self._struck.is_set():
            return
        cut = self._cut(chunk) if channel is Channel.STDOUT else None
        if cut is None:
            self._channels.send(channel, chunk)
            return
        self._channels.send(channel, chunk[:cut])
        self._struck.set()
        self._strike()

    def _cut(self, chunk: bytes) -> int | None:
        """How much of a chunk gets through; None for all of it."""
        if self._fault is None or not self._fault.mishap.is_midway:
            return None
        before = len(self._written)
        self._written += chunk
        cut = self._fault.cut(self._written)
        return None if cut is None else max(0, cut - before)

    def _strike(self) -> None:
        match self._fault.mishap if self._fault else None:
            case Mishap.ABORTED:
                self._break()
            case Mishap.GARBAGE:
                self._channels.socket.send_raw(_GARBAGE)
            case Mishap.HALF_FRAME:
                self._channels.socket.send_raw(_HALF_FRAME)
            case Mishap.POD_DELETED:
                self._delete()
                kill(self._process)

    def _break(self) -> None:
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)


def _close(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with suppress(BrokenPipeError):
                stream.close()
