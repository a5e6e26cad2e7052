"""Requests, and the ways to answer them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TypeAlias

from tests.fakes.apiserver.kinds import Object
from tests.fakes.apiserver.routes import Target
from tests.fakes.apiserver.users import User


@dataclass(frozen=True, slots=True)
class Request:
    """A request; ``parameters`` holds every value of the query, ``query`` the last of each."""

    method: str
    path: str
    parameters: dict[str, list[str]]
    content_type: str
    body: bytes
    user: User

    @property
    def query(self) -> dict[str, str]:
        return {name: values[-1] for name, values in self.parameters.items()}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the request log; ``status`` is None where no answer was sent."""

    method: str
    path: str
    query: dict[str, str]
    user: str
    status: int | None
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of one piece."""

    code: int
    body: Object | str
    warnings: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer in JSON lines, as they happen."""

    events: Iterator[Object]


@dataclass(frozen=True, slots=True)
class Connection:
    """What the handler of a subresource gets: an authorized request and its raw connection.

    It answers with ``handler.send_response`` and owns the socket until it returns, after which
    the connection is closed. An ApiError that it raises before it answers becomes a Status.
    """

    request: Request
    target: Target
    found: Object
    handler: BaseHTTPRequestHandler


Subresource: TypeAlias = Callable[[Connection], None]


@dataclass(frozen=True, slots=True)
class Upgrade:
    """An answer that a subresource gives by itself."""

    connect: Callable[[BaseHTTPRequestHandler], None]


Answer: TypeAlias = Reply | Stream | Upgrade
