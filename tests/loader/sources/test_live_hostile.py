"""API servers that do not do what an API server does, and logins that fail."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from netsim.loader.snapshot.snapshot import Snapshot
from netsim.loader.sources import live, live_reading
from netsim.loader.sources.live import api_client, connect
from netsim.loader.sources.live_reading import PATIENCE, AnswerError, LiveError, Reader
from tests.cli.command import netsim

TOKEN = "tok-4711-secret"  # noqa: S105
EMPTY = {"kind": "List", "apiVersion": "v1", "metadata": {}, "items": []}

Answer = Callable[[BaseHTTPRequestHandler], None]


def send(ask: BaseHTTPRequestHandler, body: object, status: int = 200, **headers: str) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    ask.send_response(status)
    for name, value in headers.items():
        ask.send_header(name.replace("_", "-"), value)
    ask.send_header("Content-Length", str(len(data)))
    ask.end_headers()
    ask.wfile.write(data)


@contextmanager
def serving(
    folder: Path, answer: Answer, user: dict[str, Any] | None = None, userinfo: str = ""
) -> Iterator[tuple[str, list[str | None]]]:
    """A server; yields a kubeconfig for it and the credentials that it was sent."""
    sent: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent.append(self.headers.get("Authorization"))
            answer(self)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://{userinfo}127.0.0.1:{server.server_port}"
        yield kubeconfig(folder, address, user or {"token": TOKEN}), sent
    finally:
        server.shutdown()
        server.server_close()


def kubeconfig(folder: Path, server: str, user: dict[str, Any]) -> str:
    file = folder / "kubeconfig"
    found = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": user}],
    }
    file.write_text(json.dumps(found), encoding="utf-8")
    return str(file)


def read(folder: Path, answer: Answer) -> Snapshot:
    with serving(folder, answer) as (config, _):
        fetch, source = connect(config, None)
        return Reader(fetch, source, wait=lambda _: None).read()


@pytest.mark.parametrize(
    "answer",
    [
        # What is no list says nothing of how many objects there are.
        {"kind": "Status", "message": "no"},
        {"kind": "Pod"},
        {"kind": None},
        {"items": "abc"},
        {"items": {"a": 1}},
        {"items": [1]},
        {"items": [None]},
        {"items": [{"metadata": "x"}]},
        {"items": [{"metadata": [1]}]},
        {"items": [{"spec": {}}]},
        {"items": [{"metadata": {"name": 1}}]},
        {"items": [{"metadata": {"name": "a", "namespace": ["b"]}}]},
        {"items": [{"metadata": {"name": "a", "labels": "b"}}]},
        {"items": [{"metadata": {"name": "a", "labels": {"b": 1}}}]},
        {"items": [{"metadata": {"name": "a"}, "spec": "b"}]},
        {"items": [{"metadata": {"name": "a"}, "status": [1]}]},
        {"items": [{"kind": "Secret", "metadata": {"name": "a"}}]},
        {"items": [], "metadata": "x"},
        {"items": [], "metadata": {"continue": 7}},
        {"items": [], "metadata": {"continue": {"a": 1}}},
        [1],
        "text",
        7,
        None,
        b"[" * 100_000,
        b'{"kind": "List", "items": [{"metadata": {"name": "\xff"}}]}',
        b'{"kind": "List", "items": [{"metadata": {"name": "a"}, "spec": {"n": NaN}}]}',
        b"\xff\xfe",
        b"",
    ],
    ids=lambda answer: str(answer)[:30],
)
def test_answers_of_the_wrong_form(tmp_path: Path, answer: object) -> None:
    body = EMPTY | answer if isinstance(answer, dict) else answer
    found = read(tmp_path, lambda ask: send(ask, body))
    assert found.objects == ()
    assert found.missing


@pytest.mark.parametrize("items", [[], [{"metadata": {"name": "a"}}]], ids=["empty", "same"])
def test_pages_that_repeat(tmp_path: Path, items: list[Any]) -> None:
    page = {"metadata": {"continue": "more"}, "items": items}
    with pytest.raises(LiveError, match="does not end: its pages repeat"):
        read(tmp_path, lambda ask: send(ask, EMPTY | page))


def test_an_answer_without_items(tmp_path: Path) -> None:
    found = read(tmp_path, lambda ask: send(ask, {"kind": "PodList", "metadata": {}}))
    assert {each.kind for each in found.missing} >= {"Pod", "NetworkPolicy"}


def test_a_server_that_is_none(tmp_path: Path) -> None:
    """To whatever is asked, a web server at the wrong address says that it is not there."""
    missing = read(tmp_path, lambda ask: send(ask, b"<html>", 404)).missing
    assert {each.kind for each in missing} == {"Namespace", "Pod", "NetworkPolicy"}


def test_a_failure_that_comes_with_status_200(tmp_path: Path) -> None:
    body = {"kind": "Status", "status": "Failure", "message": "no", "code": 403}
    missing = read(tmp_path, lambda ask: send(ask, body)).missing
    assert missing[0].reason == "status 502: the answer is a Status (no), not a list"


@pytest.mark.parametrize("bring", [0, 1, 49])
def test_pages_that_bring_nothing(tmp_path: Path, bring: int) -> None:
    numbers = iter(range(10**6))

    def answer(ask: BaseHTTPRequestHandler) -> None:
        items = [{"metadata": {"name": f"p{next(numbers)}"}} for _ in range(bring)]
        send(ask, EMPTY | {"metadata": {"continue": str(next(numbers))}, "items": items})

    with pytest.raises(LiveError, match="its pages repeat"):
        read(tmp_path, answer)


def test_pages_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_reading, "MOST_OBJECTS", 2000)
    numbers = iter(range(10**6))

    def fetch(_: str, __: dict[str, str]) -> dict[str, Any]:
        items = [{"metadata": {"name": f"p{number}"}} for number in range(500)]
        return EMPTY | {"metadata": {"continue": str(next(numbers))}, "items": items}

    with pytest.raises(LiveError, match="has more than 2,000 objects"):
        Reader(fetch).read()


@pytest.mark.parametrize(
    ("after", "works"),
    [
        # A server that is down is not waited for kind by kind.
        (None, 0),
        (30.0, 0),
        # Nor one that has the first page of each list alone.
        (None, 1),
    ],
)
def test_a_server_that_stays_busy(after: float | None, works: int) -> None:
    waited: list[float] = []

    def fetch(_: str, query: dict[str, str]) -> dict[str, Any]:
        if works and "continue" not in query:
            return EMPTY | {"metadata": {"continue": "x"}}
        raise AnswerError(503, "busy", after)

    found = Reader(fetch, wait=waited.append).read()
    assert len(found.missing) > 20
    assert 10 < sum(waited) <= PATIENCE


def test_a_server_that_is_busy_now_and_then() -> None:
    """Each list is waited for as long as the first, once another could be read."""
    waited: list[float] = []
    asked = iter(range(10**6))

    def fetch(_: str, __: dict[str, str]) -> dict[str, Any]:
        if next(asked) % 2 == 0:
            raise AnswerError(429, "busy", 1.0)
        return EMPTY

    assert not Reader(fetch, wait=waited.append).read().missing
    assert sum(waited) > PATIENCE


def test_a_cluster_that_takes_too_long() -> None:
    times = iter(range(0, 10**6, 100))
    reader = Reader(lambda _, __: EMPTY, wait=lambda _: None, clock=lambda: float(next(times)))
    with pytest.raises(LiveError, match="reading took more than 600 s"):
        reader.read()


def test_an_answer_that_trickles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "ANSWER_SECONDS", 0.5)

    def answer(ask: BaseHTTPRequestHandler) -> None:
        ask.send_response(200)
        ask.send_header("Content-Length", "1000")
        ask.end_headers()
        for _ in range(40):
            ask.wfile.write(b" ")
            time.sleep(0.1)

    started = time.monotonic()
    with pytest.raises(LiveError, match="took more than"):
        read(tmp_path, answer)
    assert time.monotonic() - started < 3


def test_an_answer_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LARGEST_ANSWER", 1000)
    with pytest.raises(LiveError, match="an answer has more than"):
        read(tmp_path, lambda ask: send(ask, b" " * 2000))


@pytest.mark.parametrize("after", ["soon", "\u00b2", "-1", "1e9", "nan", "9" * 5000])
def test_retry_after_that_is_no_number(tmp_path: Path, after: str) -> None:
    asked: list[float] = []
    with serving(
        tmp_path,
        lambda ask: send(
            ask, {"message": "busy"}, 429, Retry_After=after.encode().decode("latin-1")
        ),
    ) as (config, _):
        fetch, _ = connect(config, None)
        with pytest.raises(AnswerError):
            Reader(fetch, wait=asked.append).listed("/api/v1/pods")
    assert all(0 <= seconds <= 30 for seconds in asked)


@pytest.mark.parametrize("status", [200, 400, 401, 403])
def test_a_token_that_is_echoed(tmp_path: Path, status: int) -> None:
    def answer(ask: BaseHTTPRequestHandler) -> None:
        said = f"no \x1b[31m{ask.headers.get('Authorization')}"
        named = {"items": [{"metadata": {"name": "a", "labels": {"a": TOKEN}}}]}
        send(ask, {"message": said} if status > 200 else EMPTY | named, status)

    with serving(tmp_path, answer) as (config, sent):
        done = netsim("snapshot", "-o", "o.json", "--kubeconfig", config, cwd=tmp_path)
    assert sent[0] == f"Bearer {TOKEN}"
    file = tmp_path / "o.json"
    written = done.err + done.out + (file.read_text() if file.exists() else "")
    assert TOKEN not in written
    assert "\x1b" not in written
    assert done.code == (0 if status == 200 else 2)


@pytest.mark.parametrize("status", [200, 401])
def test_a_password_in_the_address(tmp_path: Path, status: int) -> None:
    with serving(tmp_path, lambda ask: send(ask, EMPTY, status), userinfo="me:pass-4711@") as (
        config,
        _,
    ):
        done = netsim("snapshot", "-o", "-", "--kubeconfig", config, cwd=tmp_path)
    assert "pass-4711" not in done.out + done.err


def test_basic_credentials_that_are_echoed(tmp_path: Path) -> None:
    user = {"username": "me", "password": "pass-4711"}
    with serving(tmp_path, lambda ask: send(ask, {"message": "no pass-4711"}, 403), user) as (
        config,
        sent,
    ):
        done = netsim("snapshot", "-o", "-", "--kubeconfig", config, cwd=tmp_path)
    assert str(sent[0]).startswith("Basic ")
    assert "pass-4711" not in done.out + done.err


PLUGINS = {
    "fails": "echo tok-4711-secret >&2; exit 7",
    "says nothing": "exit 0",
    "says no JSON": "echo tok-4711-secret",
    "says another version": """echo '{"apiVersion": "v9", "kind": "a", "status": {}}'""",
    "says no token": """echo '{"apiVersion": "v1", "kind": "a", "status": {}}'""",
    "says no mapping": "echo '[]'",
}


@pytest.mark.parametrize("script", PLUGINS.values(), ids=list(PLUGINS))
def test_a_login_that_fails(tmp_path: Path, script: str) -> None:
    plugin = {"command": "sh", "args": ["-c", script], "apiVersion": "v1"}
    with serving(tmp_path, lambda ask: send(ask, EMPTY), {"exec": plugin}) as (config, sent):
        done = netsim("snapshot", "-o", "-", "--kubeconfig", config, cwd=tmp_path)
    assert (done.code, done.out, sent) == (2, "", [])
    assert "its login plugin sh failed" in done.err
    assert "tok-4711" not in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("command", ["/no/such/plugin", ""])
def test_a_login_plugin_that_is_not_there(tmp_path: Path, command: str) -> None:
    plugin = {"command": command, "apiVersion": "v1"}
    with (
        serving(tmp_path, lambda ask: send(ask, EMPTY), {"exec": plugin}) as (config, sent),
        pytest.raises(LiveError, match="its login plugin"),
    ):
        connect(config, None)
    assert sent == []


def test_a_login_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LOGIN_SECONDS", 0.2)
    plugin = {"command": "sleep", "args": ["5"], "apiVersion": "v1"}
    with (
        serving(tmp_path, lambda ask: send(ask, EMPTY), {"exec": plugin}) as (config, sent),
        pytest.raises(LiveError, match="logging in took more than"),
    ):
        connect(config, None)
    assert sent == []


def test_a_login_that_works(tmp_path: Path) -> None:
    said = {"apiVersion": "v1", "kind": "ExecCredential", "status": {"token": TOKEN}}
    plugin = {"command": "echo", "args": [json.dumps(said)], "apiVersion": "v1"}
    with serving(tmp_path, lambda ask: send(ask, EMPTY), {"exec": plugin}) as (config, sent):
        fetch, _ = connect(config, None)
        assert fetch("/api", {}) == EMPTY
    assert sent == [f"Bearer {TOKEN}"]


def test_a_login_that_fails_when_it_is_renewed(tmp_path: Path) -> None:
    status = {"token": TOKEN, "expirationTimestamp": "2001-01-01T00:00:00Z"}
    said = {"apiVersion": "v1", "kind": "ExecCredential", "status": status}
    (tmp_path / "said.json").write_text(json.dumps(said), encoding="utf-8")
    script = f"cat {tmp_path}/said.json"
    plugin = {"command": "sh", "args": ["-c", script], "apiVersion": "v1"}
    with serving(tmp_path, lambda ask: send(ask, EMPTY), {"exec": plugin}) as (config, sent):
        fetch, _ = connect(config, None)
        (tmp_path / "said.json").unlink()
        with pytest.raises(LiveError, match="its login plugin sh failed"):
            fetch("/api", {})
    assert sent == []


def test_a_provider_that_logs_nobody_in(tmp_path: Path) -> None:
    user = {"auth-provider": {"name": "azure", "config": {}}}
    with pytest.raises(LiveError, match="its login plugin failed"):
        api_client(kubeconfig(tmp_path, "http://127.0.0.1:9", user), None)
