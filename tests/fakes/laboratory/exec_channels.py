"""The streams of a command on one WebSocket: ``v4.channel.k8s.io`` and ``v5.channel.k8s.io``.

The first byte of a message names the channel.  Version 5 adds the message by which a client
says that a channel has ended: 255, then the channel (KEP 4006).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum

from tests.fakes.laboratory.exec_status import Status
from tests.fakes.laboratory.exec_websocket import CloseCode, WebSocket, WebSocketError

_CLOSE = 255
# What the kubelet copies at a time.
CHUNK = 32 * 1024


class Protocol(Enum):
    """The versions that carry a Status; the older ones cannot."""

    V5 = "v5.channel.k8s.io"
    V4 = "v4.channel.k8s.io"


class Channel(IntEnum):
    """The streams."""

    STDIN = 0
    STDOUT = 1
    STDERR = 2
    ERROR = 3
    RESIZE = 4


@dataclass(frozen=True, slots=True)
class Data:
    """What the client sent on a channel."""

    channel: Channel
    payload: bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """The client has no more for a channel."""

    channel: Channel


def agreed(offered: Sequence[str]) -> Protocol | None:
    """The first of the client's versions that the server speaks; None where there is none."""
    known = {protocol.value: protocol for protocol in Protocol}
    return next((known[name] for name in offered if name in known), None)


class Channels:
    """The channels of one command."""

    def __init__(self, socket: WebSocket, protocol: Protocol) -> None:
        self.socket = socket
        self._protocol = protocol

    def open(self, first: Channel) -> None:
        """Tells the client that the command runs: an empty message, as the kubelet does."""
        self.send(first, b"")

    def send(self, channel: Channel, payload: bytes) -> None:
        """Sends on a channel.  Raises ``ConnectionError`` where the client left."""
        self.socket.send(bytes([channel]) + payload)

    def conclude(self, status: Status) -> None:
        """Says how the command ended, and closes.  Raises ``ConnectionError``."""
        self.send(Channel.ERROR, json.dumps(status).encode())
        self.socket.close()

    def received(self) -> Iterator[Data | Ended]:
        """What the client sends, until it leaves.  A client that errs is sent away."""
        try:
            while (message := self.socket.receive()) is not None:
                # Both clients send empty messages where an empty file is their input.
                if message:
                    yield self._read(message)
        except WebSocketError as error:
            self.socket.close(error.code, str(error))

    def _read(self, message: bytes) -> Data | Ended:
        if message[0] == _CLOSE and self._protocol is Protocol.V5 and len(message) == 2:
            return Ended(_channel(message[1]))
        return Data(_channel(message[0]), message[1:])


def _channel(number: int) -> Channel:
    if number not in (Channel.STDIN, Channel.RESIZE):
        raise WebSocketError(CloseCode.PROTOCOL_ERROR, f"channel {number} is not the client's")
    return Channel(number)
