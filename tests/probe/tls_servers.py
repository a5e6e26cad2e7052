"""Servers that speak TLS, or something else, and do with clients what they are told."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path
from shutil import which

import pytest

LOOPBACK = "127.0.0.1"
PATIENCE = 10.0
OK = b"HTTP/1.0 200 OK\r\n\r\n"

needs_openssl = pytest.mark.skipif(
    which("openssl") is None, reason="needs openssl, for certificates (package openssl)"
)

Serve = Callable[[socket.socket], None]


class Demand(Enum):
    """What a server wants of its clients."""

    REQUIRED = ssl.CERT_REQUIRED
    OPTIONAL = ssl.CERT_OPTIONAL
    NONE = ssl.CERT_NONE


def certificate(folder: Path, *extensions: str) -> Path:
    """A certificate that signs itself, with its key."""
    key, made = folder / "key.pem", folder / "certificate.pem"
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    files = ("-keyout", str(key), "-out", str(made))
    command = ["openssl", "req", "-x509", *curve, *files, "-days", "2", "-subj", "/CN=server"]
    command += [word for each in extensions for word in ("-addext", each)]
    subprocess.run(command, check=True, capture_output=True)
    both = folder / "server.pem"
    both.write_bytes(key.read_bytes() + made.read_bytes())
    return both


class TlsServer:
    """Serves what is accepted with TLS; ``demand`` and ``reply`` may change between clients.

    ``reply`` is said to the first request; without one the server only listens on, and an
    empty one is a goodbye right after the handshake.
    """

    def __init__(self, identity: Path, demand: Demand = Demand.REQUIRED) -> None:
        self._identity = identity
        self.demand = demand
        self.reply: bytes | None = OK
        self.version: ssl.TLSVersion | None = None

    def __call__(self, connection: socket.socket) -> None:
        # Many only connect; wrapping what is closed already would leave a socket behind.
        if connection.recv(1, socket.MSG_PEEK):
            with self._context().wrap_socket(connection, server_side=True) as talk:
                self._talk(talk)

    def _talk(self, talk: ssl.SSLSocket) -> None:
        if self.reply is None:
            while talk.recv(4096):
                pass
            return
        if self.reply:
            talk.recv(4096)
            talk.sendall(self.reply)
        talk.unwrap()

    def _context(self) -> ssl.SSLContext:
        found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        found.load_cert_chain(self._identity)
        found.load_verify_locations(self._identity)
        found.verify_mode = self.demand.value
        if self.version:
            found.minimum_version = found.maximum_version = self.version
        return found


def echo(connection: socket.socket) -> None:
    while data := connection.recv(4096):
        connection.sendall(data)


def leave(connection: socket.socket) -> None:
    connection.close()


def hang(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


def saying(text: bytes) -> Serve:
    """Says something at once, and then listens on."""

    def serve(connection: socket.socket) -> None:
        connection.sendall(text)
        hang(connection)

    return serve


@contextmanager
def served(serve: Serve, listener: socket.socket | None = None) -> Iterator[int]:
    """Serves connections until the end of the block; the number of the port."""
    found = listener or socket.create_server((LOOPBACK, 0))
    open_: list[socket.socket] = []
    thread = threading.Thread(target=_accept, args=(found, serve, open_), daemon=True)
    thread.start()
    try:
        yield int(found.getsockname()[1])
    finally:
        for each in (found, *open_):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        thread.join(PATIENCE)


def _accept(listener: socket.socket, serve: Serve, open_: list[socket.socket]) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            connection.settimeout(PATIENCE)
            open_.append(connection)
            threading.Thread(target=_one, args=(connection, serve), daemon=True).start()


def _one(connection: socket.socket, serve: Serve) -> None:
    with suppress(OSError), connection:
        serve(connection)
