"""Ports of pods through the kubernetes client, over WebSocket.

The protocol is the kubelet's ``v4.channel.k8s.io``: of the first port, channel 0 carries data
and channel 1 errors, and each begins with the number of the port in two bytes.  The client's
own ``portforward`` is not used: upon a message that it does not expect, its thread ends with a
traceback on standard error and leaves the reader waiting; and with HTTPS it drops what arrives
together with the end, which an alert of TLS may.
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from netsim.probe.pods import LivePod
from netsim.probe.ways.client import Client, explain_refusal, open_in_time
from netsim.probe.ways.failures import INTERRUPTED, failure
from netsim.probe.ways.forward import ForwardError, Stream

_DATA, _ERROR = 0, 1
_BINARY, _CLOSE = 2, 8


class ClientForwarder:
    """Opens ports; connections may be used from several threads, each from one."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._open: set[_WebSocketStream] = set()
        self._lock = threading.Lock()
        self._stopped = False

    @contextmanager
    def open(self, pod: LivePod, port: int) -> Iterator[Stream]:
        """See ``Forwarder``."""
        stream = self._connected(pod, port)
        try:
            with self._lock:
                if self._stopped:
                    raise ForwardError(INTERRUPTED)
                self._open.add(stream)
            yield stream
        finally:
            with self._lock:
                self._open.discard(stream)
            stream.close()

    def _connected(self, pod: LivePod, port: int) -> _WebSocketStream:
        try:
            found = open_in_time(lambda: self._client.connect(pod, port))
        except Exception as error:
            raise ForwardError(explain_refusal(error)) from error
        return _WebSocketStream(found)

    def stop(self) -> None:
        """See ``Forwarder``."""
        with self._lock:
            self._stopped = True
            for stream in self._open:
                stream.break_off()


class _WebSocketStream:
    def __init__(self, websocket: Any) -> None:
        self._websocket = websocket
        self._greeted: set[int] = set()

    def send(self, data: bytes) -> None:
        if data:
            try:
                self._websocket.send_binary(bytes([_DATA]) + data)
            except Exception as error:
                raise _broken(error) from error

    def receive(self, seconds: float) -> bytes:
        end = time.monotonic() + seconds
        while self._is_ready(end - time.monotonic()):
            message = self._message()
            if message is None:
                return b""
            if found := self._data(message):
                return found
        raise TimeoutError

    def _is_ready(self, seconds: float) -> bool:
        raw = self._websocket.sock
        if raw is None:
            return True
        pending = getattr(raw, "pending", None)
        return bool(pending and pending()) or bool(
            select.select([raw], [], [], max(seconds, 0.0))[0]
        )

    def _message(self) -> bytes | None:
        """The next message, empty for one that carries nothing; None at the end."""
        try:
            opcode, frame = self._websocket.recv_data_frame(control_frame=True)
        except Exception as error:
            raise _broken(error) from error
        if opcode == _CLOSE:
            return None
        return bytes(frame.data) if opcode == _BINARY else b""

    def _data(self, message: bytes) -> bytes:
        channel, payload = (message[0], message[1:]) if message else (_DATA, b"")
        if message and channel not in self._greeted:
            self._greeted.add(channel)
            return b""
        if channel == _ERROR and payload:
            raise ForwardError(failure(payload.decode("utf-8", "replace")))
        return payload if channel == _DATA else b""

    def break_off(self) -> None:
        """From another thread: whoever waits for something notices the end."""
        with suppress(Exception):
            self._websocket.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        # Its close() would wait for the server's goodbye.
        with suppress(Exception):
            self._websocket.send_close()
        with suppress(Exception):
            self._websocket.shutdown()


def _broken(error: Exception) -> ConnectionError:
    return ConnectionError(f"the connection broke: {type(error).__name__}")
