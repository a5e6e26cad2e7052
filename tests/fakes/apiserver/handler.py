"""HTTP: requests from the socket, answers to it."""

from __future__ import annotations

import json
import traceback
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

from tests.fakes.apiserver import errors
from tests.fakes.apiserver.answers import Answer, Entry, Reply, Request, Stream
from tests.fakes.apiserver.api import Api
from tests.fakes.apiserver.errors import ApiError
from tests.fakes.apiserver.faults import Dropped, Moment
from tests.fakes.apiserver.users import User, token_of

_NOBODY = User("", ())


class Handler(BaseHTTPRequestHandler):
    """One connection. A subclass names the ``api``, and ``owner`` if it has one.

    The owner is who asks where a request has no token: kubectl sends none over plain HTTP.
    """

    api: ClassVar[Api]
    owner: ClassVar[str] = ""
    protocol_version = "HTTP/1.1"
    # Head and body are written apart, which must not wait for an acknowledgement.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        self._request = self._read()
        self._answered = False
        try:
            self._send(self._decide())
        except ApiError as error:
            self._refuse(error)
        except Dropped:
            self._note(None)
            self.close_connection = True
        except ConnectionError:
            raise
        except Exception:
            # Without an answer kubectl would try again for minutes.
            self._refuse(errors.broken(traceback.format_exc()))
            raise

    def _read(self) -> Request:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        return Request(
            method=self.command,
            path=unquote(parts.path),
            parameters=parse_qs(parts.query, keep_blank_values=True),
            content_type=self.headers.get("Content-Type", "").partition(";")[0].strip(),
            body=self._chunks() if self._is_chunked() else self.rfile.read(length),
            user=_NOBODY,
        )

    def _is_chunked(self) -> bool:
        return self.headers.get("Transfer-Encoding", "").lower() == "chunked"

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _decide(self) -> Answer:
        self._request = replace(self._request, user=self._user())
        method, path = self._request.method, self._request.path
        self.api.faults.strike(Moment.BEFORE, method, path)
        answer = self.api.answer(self._request)
        self.api.faults.strike(Moment.AFTER, method, path)
        return answer

    def _user(self) -> User:
        way, _, token = self.headers.get("Authorization", "").partition(" ")
        if not way and self.owner:
            token = token_of(self.owner)
        elif way.lower() != "bearer":
            raise errors.unauthorized()
        return self.api.tokens.user(token.strip())

    def _send(self, answer: Answer) -> None:
        if isinstance(answer, Reply):
            self._reply(answer)
        elif isinstance(answer, Stream):
            self._stream(answer)
        else:
            self.close_connection = True
            answer.connect(self)

    def _reply(self, reply: Reply) -> None:
        if isinstance(reply.body, str):
            content_type, body = "text/plain", reply.body.encode()
        else:
            content_type, body = "application/json", json.dumps(reply.body).encode()
        self.send_response(reply.code)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for warning in reply.warnings:
            quoted = warning.replace("\\", r"\\").replace('"', r"\"")
            self.send_header("Warning", f'299 - "{quoted}"')
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, stream: Stream) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for event in stream.events:
            line = json.dumps(event).encode() + b"\n"
            self.wfile.write(b"%x\r\n%b\r\n" % (len(line), line))
        self.wfile.write(b"0\r\n\r\n")

    def _refuse(self, error: ApiError) -> None:
        if not self._answered:
            seconds = error.details.get("retryAfterSeconds")
            headers = {} if seconds is None else {"Retry-After": str(seconds)}
            self._reply(Reply(error.code, error.status(), headers=headers))

    def send_response(self, code: int, message: str | None = None) -> None:
        self._note(code)
        self._answered = True
        super().send_response(code, message)

    def _note(self, code: int | None) -> None:
        asked = self._request
        user = asked.user.name
        self.api.note(Entry(asked.method, asked.path, asked.query, user, code, asked.body))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        del format, args
