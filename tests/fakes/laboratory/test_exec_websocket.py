"""Frames as clients send them, down to those that no client should."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import BufferedIOBase
from typing import Any

import pytest

from tests.fakes.laboratory.exec_channels import (
    Channel,
    Channels,
    Data,
    Ended,
    Protocol,
    agreed,
)
from tests.fakes.laboratory.exec_websocket import WebSocket, WebSocketError

MASK = b"\x01\x02\x03\x04"


@dataclass(frozen=True, slots=True)
class Pair:
    """A server's end, and the raw connection of its client."""

    server: WebSocket
    client: socket.socket
    reader: BufferedIOBase

    def send(self, first: int, payload: bytes = b"", *, mask: bytes = MASK) -> None:
        self.client.sendall(frame(first, payload, mask))


def frame(first: int, payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    masked = 0x80 if mask else 0
    if size < 126:
        head = bytes([first, masked | size])
    else:
        head = struct.pack(">BBH", first, masked | 126, size)
    cipher = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload)) if mask else payload
    return head + mask + cipher


@pytest.fixture
def pair() -> Iterator[Pair]:
    left, right = socket.socketpair()
    with ExitStack() as stack:
        for each in (left, right):
            stack.enter_context(each).settimeout(10)
        reader = stack.enter_context(left.makefile("rb"))
        answers = stack.enter_context(right.makefile("rb"))
        writer: Any = stack.enter_context(left.makefile("wb", 0))
        yield Pair(WebSocket(reader, writer), right, answers)


def test_parts_of_a_message_are_joined_and_pings_between_them_answered(pair: Pair) -> None:
    pair.send(0x02, b"hel")
    pair.send(0x89, b"are you there")
    pair.send(0x80, b"lo")
    assert pair.server.receive() == b"hello"
    assert pair.reader.read(15) == b"\x8a\x0dare you there"


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
def test_every_form_of_length_is_written(pair: Pair, size: int) -> None:
    pair.server.send(bytes(size))  # the pair's own buffers hold as much
    short = pair.reader.read(2)[1]
    long = pair.reader.read({126: 2, 127: 8}.get(short, 0))
    assert (int.from_bytes(long) or short) == size
    assert len(pair.reader.read(size)) == size


def test_a_message_of_many_bytes_is_unmasked(pair: Pair) -> None:
    text = bytes(range(256)) * 3
    pair.send(0x82, text)
    assert pair.server.receive() == text


def test_closing_is_answered_and_ends_both_ways(pair: Pair) -> None:
    pair.send(0x88, struct.pack(">H", 1000) + b"bye")
    assert pair.server.receive() is None
    assert pair.reader.read(4) == b"\x88\x02\x03\xe8"
    assert pair.server.receive() is None
    with pytest.raises(ConnectionError):
        pair.server.send(b"too late")


def test_the_server_says_goodbye_once(pair: Pair) -> None:
    pair.server.close()
    pair.send(0x88, struct.pack(">H", 1000))
    assert pair.server.receive() is None
    pair.client.shutdown(socket.SHUT_WR)
    assert pair.client.recv(100) == b"\x88\x02\x03\xe8"


def test_a_client_that_is_gone_has_left(pair: Pair) -> None:
    pair.client.sendall(frame(0x82, b"only half", MASK)[:8])
    pair.client.shutdown(socket.SHUT_WR)
    assert pair.server.receive() is None


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (frame(0x82, b"x", b""), "not masked"),
        (frame(0xC2, b"x", MASK), "not a frame"),  # a reserved bit
        (frame(0x83, b"x", MASK), "not a frame"),  # an opcode that is not defined
        (frame(0x09, b"", MASK), "in parts"),  # a ping may not go on in another frame
        (frame(0x89, bytes(126), MASK), "long"),
        (b"\x82\xff" + (1 << 40).to_bytes(8), "too big"),
    ],
)
def test_who_breaks_the_protocol_is_told(pair: Pair, sent: bytes, why: str) -> None:
    pair.client.sendall(sent)
    with pytest.raises(WebSocketError, match=why):
        pair.server.receive()


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (("v5.channel.k8s.io", "v4.channel.k8s.io"), Protocol.V5),
        (("v4.channel.k8s.io",), Protocol.V4),
        (("v6.channel.k8s.io", "v4.channel.k8s.io"), Protocol.V4),
        # Without a Status nobody knows how a command ended.
        (("channel.k8s.io",), None),
        ((), None),
    ],
)
def test_the_version_is_agreed_upon(offered: tuple[str, ...], chosen: Protocol | None) -> None:
    assert agreed(offered) is chosen


def test_channels_are_told_apart(pair: Pair) -> None:
    pair.send(0x82, b"\x00in")
    pair.send(0x81, b"\x00text")  # the Python client sends strings as text
    pair.send(0x82, b"\xff\x00")
    pair.client.shutdown(socket.SHUT_WR)
    stdin = Channel.STDIN
    expected = [Data(stdin, b"in"), Data(stdin, b"text"), Ended(stdin)]
    assert list(Channels(pair.server, Protocol.V5).received()) == expected


@pytest.mark.parametrize(
    ("protocol", "message"),
    [
        (Protocol.V4, b"\xff\x00"),  # its end is not a message of version 4
        (Protocol.V5, b"\x01out"),  # standard output is the server's
        (Protocol.V5, b"\x09"),
    ],
)
def test_a_channel_that_is_not_the_clients_ends_it(
    pair: Pair, protocol: Protocol, message: bytes
) -> None:
    pair.send(0x82, message)
    assert list(Channels(pair.server, protocol).received()) == []
    assert pair.reader.read(4)[2:] == (1002).to_bytes(2)
