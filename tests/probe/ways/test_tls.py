"""Handshakes without a certificate, with servers of all kinds on the loopback."""

from __future__ import annotations

import socket
import ssl
import struct
from pathlib import Path

import pytest

from netsim.probe.ways import tls
from netsim.probe.ways.forward import SocketStream
from netsim.probe.ways.tls import Handshake, TlsOutcome, handshake
from tests.probe.tls_servers import (
    LOOPBACK,
    OK,
    Demand,
    Serve,
    TlsServer,
    echo,
    hang,
    leave,
    needs_openssl,
    saying,
    served,
)

TWO, THREE = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
VERSIONS = pytest.mark.parametrize("version", [TWO, THREE], ids=["1.2", "1.3"])
DEMANDED, NOT_DEMANDED = TlsOutcome.DEMANDED, TlsOutcome.NOT_DEMANDED
CLOSED, SILENT, UNKNOWN = TlsOutcome.CLOSED, TlsOutcome.SILENT, TlsOutcome.UNKNOWN
SHORT, AMPLE = 0.4, 10.0


@pytest.fixture(autouse=True)
def _near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Alerts do not come from far."""
    monkeypatch.setattr(tls, "_ALERT_SECONDS", 0.3)


class Dribble(SocketStream):
    """One byte at a time."""

    def __init__(self, connected: socket.socket) -> None:
        super().__init__(connected)
        self._left = b""

    def receive(self, seconds: float) -> bytes:
        self._left = self._left or super().receive(seconds)
        first, self._left = self._left[:1], self._left[1:]
        return first


def shake(
    serve: Serve, seconds: float = AMPLE, stream: type[SocketStream] = SocketStream
) -> Handshake:
    with served(serve) as port, socket.create_connection((LOOPBACK, port)) as connected:
        return handshake(stream(connected), seconds)


def server(
    identity: Path, version: ssl.TLSVersion, demand: Demand, reply: bytes | None = OK
) -> TlsServer:
    found = TlsServer(identity, demand)
    found.version, found.reply = version, reply
    return found


@needs_openssl
@VERSIONS
@pytest.mark.parametrize("stream", [SocketStream, Dribble])
def test_a_certificate_is_demanded(
    identity: Path, version: ssl.TLSVersion, stream: type[SocketStream]
) -> None:
    found = shake(server(identity, version, Demand.REQUIRED), stream=stream)
    assert (found.outcome, found.version) == (DEMANDED, f"TLSv1.{version - 0x301}")
    word = "handshake failure" if version is TWO else "certificate required"
    assert found.detail == f"refuses: {word}"


BAD = b"HTTP/1.1 400 Bad Request\r\n\r\n"


@needs_openssl
@VERSIONS
@pytest.mark.parametrize(
    ("demand", "reply", "outcome", "detail"),
    [
        (Demand.NONE, OK, NOT_DEMANDED, "never asks for a certificate"),
        (Demand.OPTIONAL, OK, NOT_DEMANDED, "asks for one, and goes on without"),
        # Something that is no HTTP goes on as well.
        (Demand.OPTIONAL, b"\x00\x00\x12\x04", NOT_DEMANDED, "asks for one, and goes on"),
        # So does nginx, to say in HTTP that it will not.
        (Demand.OPTIONAL, BAD, UNKNOWN, "goes on without a certificate and answers 400"),
        (Demand.OPTIONAL, BAD.replace(b"400", b"403"), UNKNOWN, "answers 403"),
        (Demand.OPTIONAL, BAD.replace(b"400", b"404"), NOT_DEMANDED, "asks for one"),
        # Who would look at the certificate was not there.
        (Demand.OPTIONAL, BAD.replace(b"400", b"503"), UNKNOWN, "answers 503"),
        (Demand.OPTIONAL, BAD.replace(b"400", b"421"), UNKNOWN, "answers 421"),
        # Without having asked it says so of something else.
        (Demand.NONE, BAD, NOT_DEMANDED, "never asks"),
        (Demand.OPTIONAL, b"", CLOSED, "asks for a certificate, and without one: closed"),
        (Demand.NONE, b"", NOT_DEMANDED, "never asks"),
    ],
)
def test_none_is_demanded(
    identity: Path,
    version: ssl.TLSVersion,
    demand: Demand,
    reply: bytes,
    outcome: TlsOutcome,
    detail: str,
) -> None:
    found = shake(server(identity, version, demand, reply))
    assert (found.outcome, found.version) == (outcome, f"TLSv1.{version - 0x301}")
    assert detail in found.detail


@needs_openssl
@VERSIONS
def test_silence_after_a_handshake_shows_nothing_where_a_certificate_was_asked_for(
    identity: Path, version: ssl.TLSVersion
) -> None:
    found = shake(server(identity, version, Demand.OPTIONAL, None), SHORT)
    assert (found.outcome, found.detail) == (
        SILENT,
        "asks for a certificate, and without one: no answer",
    )
    found = shake(server(identity, version, Demand.NONE, None), SHORT)
    assert (found.outcome, found.detail) == (NOT_DEMANDED, "never asks for a certificate")


class Speaking(TlsServer):
    """Answers a request in pieces."""

    def _talk(self, talk: ssl.SSLSocket) -> None:
        talk.recv(4096)
        for piece in (BAD[:1], BAD[1:11], BAD[11:]):
            talk.sendall(piece)
        talk.unwrap()


@needs_openssl
def test_an_answer_in_pieces_is_read_to_its_status(identity: Path) -> None:
    found = shake(Speaking(identity, Demand.OPTIONAL))
    assert (found.outcome, found.version) == (UNKNOWN, "TLSv1.3")
    assert "answers 400" in found.detail


class Late(TlsServer):
    """Asks for a certificate once it knows what is wanted, as Apache does for a Location."""

    def _context(self) -> ssl.SSLContext:
        found = super()._context()
        found.post_handshake_auth = True
        return found

    def _talk(self, talk: ssl.SSLSocket) -> None:
        talk.recv(4096)
        talk.verify_client_post_handshake()
        # What is said before the certificate has come shows nothing.
        talk.sendall(OK)
        self._await_certificate(talk)

    def _await_certificate(self, talk: ssl.SSLSocket) -> None:
        try:
            talk.recv(4096)
        except ssl.SSLError:
            # Whoever closes with something unread resets, and takes back its alert.
            while socket.socket.recv(talk, 4096):
                pass
            raise


class Abrupt(Late):
    """Resets the connection, so that the client never gets to know why."""

    def _await_certificate(self, talk: ssl.SSLSocket) -> None:
        socket.socket.recv(talk, 4096)
        talk.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        talk.close()


@needs_openssl
@pytest.mark.parametrize(
    ("demand", "seconds", "outcome", "detail"),
    [
        (Demand.REQUIRED, AMPLE, DEMANDED, "refuses: certificate required"),
        (Demand.OPTIONAL, SHORT, NOT_DEMANDED, "asks for one, and goes on without"),
    ],
)
def test_some_ask_after_the_handshake(
    identity: Path, demand: Demand, seconds: float, outcome: TlsOutcome, detail: str
) -> None:
    found = shake(Late(identity, demand), seconds)
    assert (found.outcome, found.detail, found.version) == (outcome, detail, "TLSv1.3")


@needs_openssl
def test_a_reset_takes_the_reason_with_it(identity: Path) -> None:
    found = shake(Abrupt(identity))
    assert found.outcome is CLOSED
    assert "asks for a certificate" in found.detail


def alert(number: int) -> bytes:
    return bytes([0x15, 3, 3, 0, 2, 2, number])


def reset(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@pytest.mark.parametrize(
    ("serve", "outcome", "detail"),
    [
        (echo, TlsOutcome.NOT_TLS, "something other than TLS"),
        (saying(BAD), TlsOutcome.NOT_TLS, "something other than TLS"),
        # Too short for a record, and nothing after it.
        (saying(b"hi"), TlsOutcome.NOT_TLS, "something other than TLS"),
        # SMTP and MySQL may begin TLS later.
        (saying(b"220 mail.example ESMTP\r\n"), UNKNOWN, "greets in plain text"),
        (saying(b"\x4a\x00\x00\x00\x0a8.0.36\x00"), UNKNOWN, "greets in plain text"),
        # Whoever greets with a refusal might have gone over to TLS as well.
        (saying(b"554 no service here\r\n"), UNKNOWN, "greets in plain text"),
        (saying(b"200 news.example ready\r\n"), UNKNOWN, "greets in plain text"),
        (saying(b"* BYE too many clients\r\n"), UNKNOWN, "greets in plain text"),
        (saying(b"\x45\x00\x00\x00\xff\x6a\x04Host"), UNKNOWN, "greets in plain text"),
        (saying(b"-ERR unknown command\r\n"), TlsOutcome.NOT_TLS, "something other than TLS"),
        (saying(b"\x16"), SILENT, "no answer"),
        (leave, CLOSED, "closed"),
        (reset, CLOSED, "closed"),
        (hang, SILENT, "no answer"),
        # Of a handshake that fails before a certificate is asked for.
        (saying(alert(40)), UNKNOWN, "refuses: handshake failure"),
        (saying(alert(42)), UNKNOWN, "refuses: bad certificate"),
        (saying(alert(70)), UNKNOWN, "refuses: protocol version"),
        # This one has no other meaning.
        (saying(alert(116)), DEMANDED, "refuses: certificate required"),
        (saying(b"\x16\x03\x03\x00\x04\x63\x00\x00\x00"), UNKNOWN, ""),
    ],
)
def test_what_is_no_handshake(serve: Serve, outcome: TlsOutcome, detail: str) -> None:
    found = shake(serve, SHORT)
    assert found.outcome is outcome, found
    assert detail in found.detail


@needs_openssl
def test_where_messages_are_not_seen_nothing_is_concluded_from_them(
    identity: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tls._context

    def blind(_: object) -> ssl.SSLContext:
        return made(tls._Seen())

    monkeypatch.setattr(tls, "_context", blind)
    required, silent = Demand.REQUIRED, server(identity, THREE, Demand.NONE, None)
    assert shake(server(identity, THREE, required)).outcome is DEMANDED
    assert shake(server(identity, TWO, required)).outcome is UNKNOWN
    assert shake(silent, SHORT).outcome is SILENT
    assert shake(server(identity, THREE, Demand.NONE)).outcome is NOT_DEMANDED
