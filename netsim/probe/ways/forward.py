"""A way to a port of a pod, past the network.

The kubelet, or the runtime for it, opens the connection inside the network namespace of the
pod, to its loopback address.  So no NetworkPolicy applies, and nothing that is seen this way
says anything of policies; nor does it pass the proxy that a service mesh puts before the pod.
"""

from __future__ import annotations

import socket
from contextlib import AbstractContextManager
from typing import Protocol

from netsim.errors import NetsimError
from netsim.probe.pods import LivePod
from netsim.probe.ways.failures import Failure

_CHUNK = 64 * 1024
_LEAST = 0.001


class ForwardError(NetsimError):
    """A port could not be reached, which says nothing of what may listen there."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class Stream(Protocol):
    """A connection."""

    def send(self, data: bytes) -> None:
        """Sends all of it.  Raises ``OSError``."""
        ...

    def receive(self, seconds: float) -> bytes:
        """The next bytes, none at the end.

        Raises ``TimeoutError``, ``OSError``, and :class:`ForwardError` where it turns out that
        the port was never reached.
        """
        ...


class Forwarder(Protocol):
    """Something that connects to ports of pods."""

    def open(self, pod: LivePod, port: int) -> AbstractContextManager[Stream]:
        """A connection until the end of the block.  Raises :class:`ForwardError`."""
        ...

    def stop(self) -> None:
        """Ends all connections, and lets none begin."""
        ...


class SocketStream:
    """A socket as a stream."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected

    def send(self, data: bytes) -> None:
        """See ``Stream``."""
        self._socket.sendall(data)

    def receive(self, seconds: float) -> bytes:
        """See ``Stream``."""
        self._socket.settimeout(max(seconds, _LEAST))
        return self._socket.recv(_CHUNK)
