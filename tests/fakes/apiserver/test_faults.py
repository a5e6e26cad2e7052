from __future__ import annotations

import http.client
import time

import pytest

from tests.fakes.apiserver.client import PODS, ask, pod
from tests.fakes.apiserver.faults import Moment, on
from tests.fakes.apiserver.server import ApiServer


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (401, "Unauthorized"),
        (403, "Forbidden"),
        (404, "NotFound"),
        (429, "TooManyRequests"),
        (500, "InternalError"),
        (503, "ServiceUnavailable"),
    ],
)
def test_an_answer_of_error_as_often_as_told(server: ApiServer, code: int, reason: str) -> None:
    server.faults.respond(on("GET", "/pods$"), code, skip=1, times=2)
    found = [ask(server, "GET", PODS) for _ in range(4)]
    assert [one.code for one in found] == [200, code, code, 200]
    assert found[1].reason == reason
    assert ask(server, "GET", f"{PODS}/a").reason == "NotFound"


def test_when_to_come_again(server: ApiServer) -> None:
    server.faults.respond(on("GET"), 429, retry_after=7)
    found = ask(server, "GET", PODS)
    assert found.headers["Retry-After"] == "7"
    assert found.body["details"] == {"retryAfterSeconds": 7}


@pytest.mark.parametrize(("moment", "names"), [(Moment.BEFORE, []), (Moment.AFTER, ["a"])])
def test_a_connection_that_breaks(server: ApiServer, moment: Moment, names: list[str]) -> None:
    server.faults.close(on("POST"), moment=moment)
    with pytest.raises(http.client.RemoteDisconnected):
        ask(server, "POST", PODS, pod("a"))
    # What broke off late has happened all the same.
    assert server.store.names("Pod") == names
    assert server.log[0].status is None


def test_a_delay(server: ApiServer) -> None:
    server.faults.delay(on("GET"), 0.2, times=1)
    start = time.monotonic()
    ask(server, "GET", PODS)
    assert time.monotonic() - start >= 0.2


def test_something_happens_between_a_list_and_a_creation(server: ApiServer) -> None:
    server.faults.after(on("GET", "/pods$"), lambda: server.store.add(pod("a")))
    assert ask(server, "GET", PODS).body["items"] == []
    assert ask(server, "POST", PODS, pod("a")).reason == "AlreadyExists"


def test_something_happens_before_a_deletion(server: ApiServer) -> None:
    server.store.add(pod("a"))
    uid = server.store.one("Pod", "shop", "a")["metadata"]["uid"]

    def recreate() -> None:
        server.store.drop("Pod", "shop", "a")
        server.store.add(pod("a"))

    server.faults.before(on("DELETE"), recreate)
    found = ask(server, "DELETE", f"{PODS}/a", {"preconditions": {"uid": uid}})
    assert found.reason == "Conflict"
    assert server.store.names("Pod") == ["a"]


def test_faults_can_be_cleared(server: ApiServer) -> None:
    server.faults.respond(on("GET|POST"), 500, times=9)
    assert ask(server, "POST", PODS, pod("a")).code == 500
    server.faults.clear()
    assert ask(server, "POST", PODS, pod("a")).code == 201
