"""Requests in, answers out, and whatever a test wants to go wrong on the way."""

from __future__ import annotations

import json
import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar, TypeVar
from urllib.parse import parse_qs, urlsplit

from tests.fakes.port import HOST, Port


@dataclass(frozen=True)
class Request:
    """A request; the names of its headers are of lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Reply:
    """An answer; ``delay`` are seconds that it takes."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0


Fault = Callable[[Request], Reply | None]
"""What answers in place of the server, where it answers anything."""


def fail(pattern: str, reply: Reply, times: int = 1) -> Fault:
    """Answers the first requests, as many as ``times``, that match ``POST .*comments``."""
    left = [reply] * times

    def answer(request: Request) -> Reply | None:
        return left.pop() if left and re.fullmatch(pattern, str(request)) else None

    return answer


class ForgeServer:
    """A server; what it knows is what a subclass answers.

    ``tokens`` are the accounts that may ask, ``readers`` those tokens that may not write.
    """

    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}
        self.readers: set[str] = set()
        self.faults: list[Fault] = []
        self.log: list[Request] = []
        self.port = 0

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{HOST}:{self.port}"

    @property
    def requests(self) -> list[str]:
        """What was asked: ``GET /repos/acme/shop/issues/7/comments``."""
        return list(map(str, self.log))

    @property
    def writes(self) -> list[str]:
        """The requests that change a comment."""
        return [
            str(each)
            for each in self.log
            if each.method != "GET" and not each.path.endswith("/graphql")
        ]

    def answer(self, request: Request) -> Reply:
        """What comes back: a fault, if there is one for it."""
        self.log.append(request)
        for fault in self.faults:
            reply = fault(request)
            if reply is not None:
                return reply
        return self.decide(request)

    def decide(self, request: Request) -> Reply:
        """What a server answers where nothing goes wrong."""
        raise NotImplementedError


class _Handler(BaseHTTPRequestHandler):
    server_of: ClassVar[ForgeServer]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        reply = self.server_of.answer(
            Request(
                self.command,
                parts.path,
                {name: values[-1] for name, values in parse_qs(parts.query).items()},
                {name.lower(): value for name, value in self.headers.items()},
                json.loads(data) if data else None,
            )
        )
        time.sleep(reply.delay)
        is_text = isinstance(reply.body, str)
        body = reply.body.encode() if is_text else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", "text/plain" if is_text else "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- of the base
        """Keeps quiet."""


S = TypeVar("S", bound=ForgeServer)


@contextmanager
def serving(server: S, tls: ssl.SSLContext | None = None) -> Iterator[S]:
    """Runs a server, with TLS if it has an identity; raises what failed in it unexpectedly."""
    port = Port(type("ForgeHandler", (_Handler,), {"server_of": server}), tls)
    server.port = port.server_port
    try:
        yield server
    finally:
        port.stop()
    for failure in port.failures:
        raise failure
