"""The portforward subresource, as the kubelet speaks it over WebSocket.

The protocol is ``v4.channel.k8s.io``: the port number i of a request has channel 2i for data
and 2i+1 for errors, and each begins with the port in two bytes, the lower first.  kubectl
speaks SPDY here, in the WebSocket or without one, which is not served.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from math import inf

from tests.fakes.apiserver.answers import Connection
from tests.fakes.apiserver.errors import ApiError, bad_request
from tests.fakes.laboratory import exec_websocket
from tests.fakes.laboratory.exec_websocket import CloseCode, WebSocket, WebSocketError

PROTOCOL = "v4.channel.k8s.io"
_CHUNK = 32 * 1024

Connect = Callable[[str, int], socket.socket]
"""Connects inside a pod ``namespace/name`` to a port.  Raises ``ConnectionError``."""


class Mishap(Enum):
    """What goes wrong with a port-forward that was accepted."""

    ABORTED = "the connection breaks at once"
    STALLED = "nothing comes"
    HALF_FRAME = "a frame begins and never ends"
    WRONG_CHANNEL = "something comes on a channel that nobody asked for"
    ENDED = "the goodbye comes before anything else"


_HALF_FRAME = b"\x82\x7d\x00"


@dataclass
class _Planned:
    what: Mishap | ApiError
    times: float


class ForwardHandler:
    """Answers ``GET`` of ``pods/portforward``."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._planned: list[_Planned] = []

    def clear(self) -> None:
        """Lets everything work again."""
        self._planned.clear()

    def inject(self, what: Mishap | ApiError, times: float = inf) -> None:
        """Lets it happen so many times."""
        self._planned.append(_Planned(what, times))

    def __call__(self, connection: Connection) -> None:
        """Serves one connection.  Raises ApiError until it is accepted."""
        headers = connection.handler.headers
        ports = _ports(connection)
        if not exec_websocket.is_asked_for(headers):
            raise bad_request("Upgrade request required")
        if PROTOCOL not in exec_websocket.offered(headers):
            raise bad_request("unable to upgrade: no protocol in common")
        mishap = self._due()
        if isinstance(mishap, ApiError):
            raise mishap
        raw = connection.handler.connection
        client = exec_websocket.accept(connection.handler, PROTOCOL)
        if mishap is None:
            title = f"{connection.target.namespace}/{connection.target.name}"
            _Forwarding(client, ports).serve(lambda port: self._connect(title, port))
        else:
            _spoil(mishap, client, raw)
        with suppress(WebSocketError):
            while client.receive() is not None:
                pass

    def _due(self) -> Mishap | ApiError | None:
        for planned in self._planned:
            if planned.times > 0:
                planned.times -= 1
                return planned.what
        return None


def _ports(connection: Connection) -> list[int]:
    listed = connection.request.parameters.get("ports", ())
    words = [word for text in listed for word in text.split(",")]
    if not words or not all(word.isdecimal() and 0 < int(word) < 1 << 16 for word in words):
        raise bad_request("ports: invalid")
    return [int(word) for word in words]


def _spoil(mishap: Mishap, client: WebSocket, raw: socket.socket) -> None:
    with suppress(OSError):
        match mishap:
            case Mishap.ABORTED:
                raw.shutdown(socket.SHUT_RDWR)
            case Mishap.HALF_FRAME:
                client.send_raw(_HALF_FRAME)
            case Mishap.WRONG_CHANNEL:
                client.send(b"\x07??")
                client.send(b"\x07and more")
            case Mishap.ENDED:
                client.close()
            case Mishap.STALLED:
                pass


class _Forwarding:
    """The connections of one client."""

    def __init__(self, client: WebSocket, ports: list[int]) -> None:
        self._client = client
        self._ports = ports
        self._open: dict[int, socket.socket] = {}

    def serve(self, connect: Callable[[int], socket.socket]) -> None:
        """Until all connections have ended, or the client has left."""
        pumps = [
            pump for number in range(len(self._ports)) if (pump := self._start(number, connect))
        ]
        ending = threading.Thread(target=self._end_after, args=(pumps,))
        ending.start()
        try:
            self._feed()
        finally:
            for each in self._open.values():
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            ending.join()
            for each in self._open.values():
                each.close()

    def _start(
        self, number: int, connect: Callable[[int], socket.socket]
    ) -> threading.Thread | None:
        port = self._ports[number]
        data, error = 2 * number, 2 * number + 1
        for channel in (data, error):
            self._client.send(bytes([channel]) + port.to_bytes(2, "little"))
        try:
            self._open[data] = connect(port)
        except ConnectionError as why:
            text = (
                f"error forwarding port {port} to pod: failed to connect to localhost:{port} "
                f"inside namespace: dial tcp4 127.0.0.1:{port}: connect: {why}"
            )
            self._client.send(bytes([error]) + text.encode())
            return None
        pump = threading.Thread(target=self._pump, args=(data,))
        pump.start()
        return pump

    def _pump(self, channel: int) -> None:
        with suppress(OSError):
            while chunk := self._open[channel].recv(_CHUNK):
                self._client.send(bytes([channel]) + chunk)

    def _end_after(self, pumps: list[threading.Thread]) -> None:
        for pump in pumps:
            pump.join()
        self._client.close()

    def _feed(self) -> None:
        try:
            while (message := self._client.receive()) is not None:
                # A port that has ended takes nothing any more.
                with suppress(OSError):
                    if message and message[0] in self._open:
                        self._open[message[0]].sendall(message[1:])
        except WebSocketError as error:
            self._client.close(CloseCode.PROTOCOL_ERROR, str(error))
