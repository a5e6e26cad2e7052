"""Does a TLS server refuse a client that has no certificate?

The server's own certificate is not verified, since who it is does not matter here: nothing is
sent that is worth protecting, and of what it says only the beginning is looked at, for whether
it went on.  Old algorithms are offered too, so that old servers can be judged.

A server of TLS 1.3 that demands a certificate misses it only after the client has ended its
handshake, and says so in an alert (RFC 8446, sections 4.4.2.4 and 6.2); one of TLS 1.2 does so
within the handshake.  So there is a short wait for an alert, then a request that changes
nothing.  A server that asked for a certificate accepts a client without one only if it then
answers something: one that stays silent has decided nothing.  One that never asked for a
certificate cannot demand it, whatever it says; as some ask only once they know the request,
Apache for what a Location demands, they may do so after the handshake, too (RFC 8446, section
4.6.2, and by renegotiation before TLS 1.3).
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable
from enum import Enum
from typing import TypeVar

from msgspec import Struct

from netsim.probe.ways.forward import Stream

REQUEST = b"HEAD / HTTP/1.0\r\n\r\n"
_ALERT_SECONDS = 1.0
_FIRST = 16
_TOLD = 6
"""Bytes by which a client's first message differs from any of a server."""
_LINE = 64

# RFC 8446, section 4: types of handshake messages, and 22 for a record of them.
_HANDSHAKE, _SERVER_HELLO, _CERTIFICATE_REQUEST = 22, 2, 13
_VERSIONS = {0x0301: "TLSv1", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2", 0x0304: "TLSv1.3"}
_RECORD = re.compile(rb"[\x15\x16](?:\x03|\Z)")
# SMTP, FTP and NNTP, IMAP, POP3, MySQL; also where they greet with a refusal.
_GREETING = re.compile(rb"\d{3}[ -]|\* |\+OK|.{3}\x00[\x0a\xff]", re.DOTALL)
_ALERT = re.compile(r"ALERT_(\w+)")
_MISSING = "CERTIFICATE_REQUIRED"
# What servers say to an empty certificate: OpenSSL before TLS 1.3 the first, Go the second.
_REFUSALS = frozenset(
    (
        *("HANDSHAKE_FAILURE", "BAD_CERTIFICATE", "CERTIFICATE_UNKNOWN", "UNKNOWN_CA"),
        *("ACCESS_DENIED", "NO_CERTIFICATE", "UNSUPPORTED_CERTIFICATE", _MISSING),
    )
)
# nginx ends the handshake without a certificate, and then answers 400; others 401 or 403.  Who
# has no such host (421), or cannot answer, has not come to look at it.
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (400|401|403|421|49[56]|5\d\d)\b")

T = TypeVar("T")


class TlsOutcome(Enum):
    """What becomes of a client without certificate; the last four say nothing of the server.

    CLOSED is an end without a reason given, SILENT no answer.
    """

    DEMANDED = "demanded"
    NOT_DEMANDED = "not-demanded"
    NOT_TLS = "not-tls"
    CLOSED = "closed"
    SILENT = "silent"
    UNKNOWN = "unknown"
    NOT_FORWARDED = "not-forwarded"


class Handshake(Struct, frozen=True):
    """An outcome, what speaks for it, and the version agreed upon, such as ``TLSv1.3``."""

    outcome: TlsOutcome
    detail: str = ""
    version: str = ""


class Requested(Enum):
    """Whether the server asked for a certificate."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class _Seen:
    """The messages of the server's handshake; a connection that failed has no version left."""

    def __init__(self) -> None:
        self._types: set[int] = set()
        self.version = ""

    def __call__(
        self, _: object, direction: str, version: int, content: int, kind: int, __: bytes
    ) -> None:
        if (direction, content) == ("read", _HANDSHAKE):
            self._types.add(int(kind))
            self.version = _VERSIONS.get(int(version), "")

    @property
    def asked(self) -> Requested:
        if _CERTIFICATE_REQUEST in self._types:
            return Requested.YES
        return Requested.NO if _SERVER_HELLO in self._types else Requested.UNKNOWN


class _Client:
    """A TLS client on a stream, of which it keeps the first bytes."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._seen = _Seen()
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = _context(self._seen).wrap_bio(self._incoming, self._outgoing)
        self._sent = b""
        self._first = b""
        self.is_through = False
        self.is_broken = False

    @property
    def asked(self) -> Requested:
        return self._seen.asked

    @property
    def version(self) -> str:
        return self._seen.version

    @property
    def heard_other(self) -> bytes:
        """The first bytes, if they are no TLS; an echo of what was sent is none either."""
        is_echo = len(self._first) >= _TOLD and self._sent.startswith(self._first)
        return self._first if is_echo or not _RECORD.match(self._first) else b""

    def shake_hands(self, seconds: float) -> None:
        self._run(self._tls.do_handshake, seconds)
        self.is_through = True

    def send(self, data: bytes) -> None:
        self._tls.write(data)

    def read(self, seconds: float) -> bytes:
        """What the server says, empty where it says goodbye."""
        return self._run(lambda: self._tls.read(_LINE), seconds)

    def _run(self, step: Callable[[], T], seconds: float) -> T:
        """Raises ``TimeoutError``, ``EOFError``, ``OSError`` and of these ``ssl.SSLError``."""
        end = time.monotonic() + seconds
        while True:
            try:
                found = step()
            except ssl.SSLWantReadError:
                self._flush()
                self._receive(end)
            else:
                self._flush()
                return found

    def _flush(self) -> None:
        data = self._outgoing.read()
        self._sent = (self._sent + data)[:_FIRST]
        # Who has closed may have said why, which is to be read.
        try:
            self._stream.send(data)
        except OSError:
            self.is_broken = True

    def _receive(self, end: float) -> None:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        data = self._stream.receive(left)
        if not data:
            raise EOFError
        self._first = (self._first + data)[:_FIRST]
        self._incoming.write(data)


def _context(seen: _Seen) -> ssl.SSLContext:
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    found.check_hostname = False
    found.verify_mode = ssl.CERT_NONE
    found.set_ciphers("DEFAULT:@SECLEVEL=0")
    found.post_handshake_auth = True
    # Nothing else shows a request for a certificate, which TLS 1.3 encrypts.  Where this hook
    # is never called, no ServerHello is seen, and nothing is concluded from what is not seen.
    setattr(found, "_msg_callback", seen)  # noqa: B010 - unknown to the type stubs
    return found


def handshake(stream: Stream, seconds: float) -> Handshake:
    """What a server makes of a client without certificate.

    Each answer is waited for so many seconds.  Raises ``ForwardError``.
    """
    client = _Client(stream)
    try:
        client.shake_hands(seconds)
        found = _answered(client, _answer(client, seconds))
    except ssl.SSLError as error:
        found = _failed(client, error)
    except TimeoutError:
        found = _unanswered(client, Handshake(TlsOutcome.SILENT, "no answer"))
    except (EOFError, OSError):
        found = _unanswered(client, Handshake(TlsOutcome.CLOSED, "closed without a reason"))
    return Handshake(found.outcome, found.detail, client.version)


def _answer(client: _Client, seconds: float) -> bytes:
    """What is said after the handshake, upon a request where nothing is said before."""
    try:
        said = client.read(min(seconds, _ALERT_SECONDS))
    except TimeoutError:
        client.send(REQUEST)
        said = client.read(seconds)
    patience = seconds if client.asked is Requested.YES else _ALERT_SECONDS
    return said + _rest(client, patience) if said else said


def _rest(client: _Client, seconds: float) -> bytes:
    """What follows an answer: of a line in pieces its end, and an alert.

    A server of TLS 1.3 may speak before it knows that there is no certificate (RFC 8446,
    section 4.4.4).  Raises ``ssl.SSLError`` for an alert.
    """
    end, said = time.monotonic() + seconds, b""
    try:
        while len(said) < _LINE and (more := client.read(end - time.monotonic())):
            said += more
    except ssl.SSLError as error:
        if _ALERT.search(error.reason or ""):
            raise
    except TimeoutError:
        pass
    except (EOFError, OSError) as error:
        # With a connection that is reset, the alert that went before may be lost.
        is_reset = client.is_broken or not isinstance(error, EOFError)
        if is_reset and client.asked is Requested.YES:
            raise
    return said


def _answered(client: _Client, said: bytes) -> Handshake:
    if not said:
        return _unanswered(client, Handshake(TlsOutcome.CLOSED, "closed without a reason"))
    status = _STATUS.match(said)
    if status and client.asked is not Requested.NO:
        number = status[1].decode()
        detail = f"goes on without a certificate and answers {number}, for whatever reason"
        return Handshake(TlsOutcome.UNKNOWN, detail)
    return _accepted(client)


def _accepted(client: _Client) -> Handshake:
    never = client.asked is Requested.NO
    detail = "never asks for a certificate" if never else "asks for one, and goes on without"
    return Handshake(TlsOutcome.NOT_DEMANDED, detail)


def _unanswered(client: _Client, otherwise: Handshake) -> Handshake:
    if client.heard_other:
        return _plain(client.heard_other)
    if client.is_through and client.asked is Requested.NO:
        return _accepted(client)
    if client.asked is Requested.YES:
        detail = f"asks for a certificate, and without one: {otherwise.detail}"
        return Handshake(otherwise.outcome, detail)
    return otherwise


def _failed(client: _Client, error: ssl.SSLError) -> Handshake:
    if client.heard_other:
        return _plain(client.heard_other)
    reason = error.reason or "an error of TLS"
    alert = _ALERT.search(reason)
    if alert and _is_refusal(alert[1], client.asked):
        return Handshake(TlsOutcome.DEMANDED, f"refuses: {_word(alert[1])}")
    said = f"refuses: {_word(alert[1])}" if alert else _word(reason)
    return Handshake(TlsOutcome.UNKNOWN, said)


def _is_refusal(alert: str, asked: Requested) -> bool:
    """Whether it is about the certificate; of a failed handshake there are many causes."""
    return alert == _MISSING or (asked is Requested.YES and alert in _REFUSALS)


def _plain(first: bytes) -> Handshake:
    if _GREETING.match(first):
        detail = "greets in plain text; whether it goes over to TLS later is not tried"
        return Handshake(TlsOutcome.UNKNOWN, detail)
    return Handshake(TlsOutcome.NOT_TLS, "answers something other than TLS")


def _word(reason: str) -> str:
    return reason.lower().replace("_", " ")
