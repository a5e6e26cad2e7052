"""WebSocket as a server speaks it (RFC 6455), on a connection that HTTP began."""

from __future__ import annotations

import base64
import hashlib
import threading
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from enum import IntEnum
from http.server import BaseHTTPRequestHandler
from io import BufferedIOBase

_KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_VERSION = "13"
_FIN, _RESERVED, _OPCODE = 0x80, 0x70, 0x0F
_MASKED, _LENGTH = 0x80, 0x7F
_TWO_BYTES, _EIGHT_BYTES = 126, 127
_LONGEST_CONTROL = 125
_LONGEST = 1 << 20


class Opcode(IntEnum):
    """What a frame carries (section 5.2)."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class CloseCode(IntEnum):
    """Why a connection ends (section 7.4.1)."""

    NORMAL = 1000
    PROTOCOL_ERROR = 1002
    TOO_BIG = 1009
    INTERNAL_ERROR = 1011


class WebSocketError(Exception):
    """The client broke the protocol."""

    def __init__(self, code: CloseCode, why: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, unmasked."""

    opcode: Opcode
    payload: bytes
    is_final: bool


def is_asked_for(headers: Message) -> bool:
    """Whether a request wants to go on as a WebSocket."""
    words = {word.strip().lower() for word in headers.get("Connection", "").split(",")}
    return (
        headers.get("Upgrade", "").lower() == "websocket"
        and "upgrade" in words
        and headers.get("Sec-WebSocket-Version") == _VERSION
        and bool(headers.get("Sec-WebSocket-Key"))
    )


def offered(headers: Message) -> tuple[str, ...]:
    """The subprotocols that the client speaks, its favourite first."""
    names = headers.get("Sec-WebSocket-Protocol", "").split(",")
    return tuple(name.strip() for name in names if name.strip())


def accept(handler: BaseHTTPRequestHandler, protocol: str) -> WebSocket:
    """Switches protocols (section 4.2.2)."""
    key = handler.headers["Sec-WebSocket-Key"].strip() + _KEY_SUFFIX
    digest = hashlib.sha1(key.encode(), usedforsecurity=False).digest()
    handler.send_response(101)
    handler.send_header("Upgrade", "websocket")
    handler.send_header("Connection", "Upgrade")
    handler.send_header("Sec-WebSocket-Accept", base64.b64encode(digest).decode())
    handler.send_header("Sec-WebSocket-Protocol", protocol)
    handler.end_headers()
    # The socket's own writer, which writes whole messages and keeps nothing back.
    return WebSocket(handler.rfile, handler.wfile)


class WebSocket:
    """The server's end.  Receiving is for one thread, sending for any."""

    def __init__(self, reader: BufferedIOBase, writer: BufferedIOBase) -> None:
        self._reader = reader
        self._writer = writer
        self._lock = threading.Lock()
        self._closed = False
        self._left = False

    def receive(self) -> bytes | None:
        """The next message, of text or not; None where the client left, politely or not.

        Answers pings and the closing of the connection.  Raises :class:`WebSocketError`.
        """
        message = b""
        while not self._left and (frame := self._frame()) is not None:
            match frame.opcode:
                case Opcode.CLOSE:
                    self._end(frame.payload[:2])
                    self._left = True
                case Opcode.PING:
                    self._write(Opcode.PONG, frame.payload)
                case Opcode.PONG:
                    pass
                case _:
                    message += frame.payload
                    if frame.is_final:
                        return message
        self._left = True
        return None

    def send(self, message: bytes) -> None:
        """Sends a binary message.  Raises ``ConnectionError`` where the client left."""
        self._write(Opcode.BINARY, message)

    def ping(self, payload: bytes = b"") -> None:
        """Asks whether the client is there.  Raises ``ConnectionError`` where it left."""
        self._write(Opcode.PING, payload)

    def send_raw(self, data: bytes) -> None:
        """Sends what need not be a frame, as a broken proxy would."""
        with self._lock:
            self._writer.write(data)

    def close(self, code: CloseCode = CloseCode.NORMAL, reason: str = "") -> None:
        """Says goodbye, once; the client's answer is for :meth:`receive`."""
        self._end(code.to_bytes(2) + reason.encode()[: _LONGEST_CONTROL - 2])

    def _end(self, payload: bytes) -> None:
        with suppress(OSError):
            self._write(Opcode.CLOSE, payload)
        self._closed = True

    def _write(self, opcode: Opcode, payload: bytes) -> None:
        with self._lock:
            if self._closed:
                raise ConnectionError("the connection is closed")
            self._writer.write(_head(opcode, len(payload)) + payload)

    def _frame(self) -> Frame | None:
        try:
            head = self._exactly(2)
            size = self._size(head[1] & _LENGTH)
            _check(head, size)
            mask, payload = self._exactly(4), self._exactly(size)
        except (EOFError, OSError):
            return None
        return Frame(Opcode(head[0] & _OPCODE), _unmasked(payload, mask), bool(head[0] & _FIN))

    def _size(self, short: int) -> int:
        if short < _TWO_BYTES:
            return short
        return int.from_bytes(self._exactly(2 if short == _TWO_BYTES else 8))

    def _exactly(self, count: int) -> bytes:
        found = self._reader.read(count)
        if len(found) < count:
            raise EOFError
        return found


def _check(head: bytes, size: int) -> None:
    opcode = head[0] & _OPCODE
    if head[0] & _RESERVED or opcode not in Opcode.__members__.values():
        raise WebSocketError(CloseCode.PROTOCOL_ERROR, "not a frame of any known kind")
    # Section 5.1: a server closes the connection upon a frame that is not masked.
    if not head[1] & _MASKED:
        raise WebSocketError(CloseCode.PROTOCOL_ERROR, "the frame is not masked")
    if opcode >= Opcode.CLOSE and (size > _LONGEST_CONTROL or not head[0] & _FIN):
        raise WebSocketError(CloseCode.PROTOCOL_ERROR, "a control frame is long or in parts")
    if size > _LONGEST:
        raise WebSocketError(CloseCode.TOO_BIG, "the frame is too big")


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload) ^ int.from_bytes(key)).to_bytes(size)


def _head(opcode: Opcode, size: int) -> bytes:
    first = bytes([_FIN | opcode])
    if size < _TWO_BYTES:
        return first + bytes([size])
    if size < 1 << 16:
        return first + bytes([_TWO_BYTES]) + size.to_bytes(2)
    return first + bytes([_EIGHT_BYTES]) + size.to_bytes(8)
