"""What answers in a pod: TCP ports that accept, and UDP ports that echo."""

from __future__ import annotations

import selectors
import socket
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial

_LARGEST_DATAGRAM = 65535
_BACKLOG = 1024
_MOST_HELD = 64

Port = tuple[str, int]
Serve = Callable[[socket.socket], None]


class Listeners:
    """The listening sockets of one sandbox, served by the loop that owns the selector."""

    def __init__(self, selector: selectors.BaseSelector) -> None:
        self._selector = selector
        self._open: dict[Port, socket.socket] = {}
        self._held: deque[socket.socket] = deque(maxlen=_MOST_HELD)

    def open(self, ports: Iterable[Port]) -> None:
        """Listens on ports of every address; one that is open already stays as it is."""
        for protocol, number in ports:
            serve = _greet if protocol == "TCP" else _echo
            self._listen((protocol, number), serve)

    def hold(self, ports: Iterable[Port]) -> None:
        """Listens on TCP ports like a server that waits for a request that never comes."""
        for protocol, number in ports:
            self._listen((protocol, number), self._keep)

    def close(self, ports: Iterable[Port]) -> None:
        """Stops listening, so that the kernel refuses."""
        for protocol, number in ports:
            listener = self._open.pop((protocol, number))
            self._selector.unregister(listener)
            listener.close()

    def _listen(self, port: Port, serve: Serve) -> None:
        if port in self._open:
            return
        kind = socket.SOCK_STREAM if port[0] == "TCP" else socket.SOCK_DGRAM
        listener = socket.socket(socket.AF_INET, kind)
        listener.settimeout(0)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("", port[1]))
        if kind == socket.SOCK_STREAM:
            listener.listen(_BACKLOG)
        self._open[port] = listener
        self._selector.register(listener, selectors.EVENT_READ, partial(serve, listener))

    def _keep(self, listener: socket.socket) -> None:
        try:
            self._held.append(listener.accept()[0])
        except OSError:
            return  # the other side gave up first


def _greet(listener: socket.socket) -> None:
    """Accepts, and says goodbye: that the connection came about is all a probe asks."""
    try:
        connection, _ = listener.accept()
    except OSError:
        return  # the other side gave up first
    connection.close()


def _echo(listener: socket.socket) -> None:
    try:
        listener.sendto(*listener.recvfrom(_LARGEST_DATAGRAM))
    except OSError:
        return  # what came was the refusal of an earlier echo
