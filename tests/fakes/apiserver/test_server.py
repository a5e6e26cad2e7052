from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from collections.abc import Iterator
from math import inf
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.fakes.apiserver.client import PODS, ask
from tests.fakes.apiserver.faults import on
from tests.fakes.apiserver.kubectl import Kubectl, needs_kubectl
from tests.fakes.apiserver.server import ApiServer
from tests.fakes.port import HOST
from tests.probe.tls_servers import certificate, needs_openssl

PATIENCE = 20.0


def test_requests_without_a_valid_token(server: ApiServer) -> None:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc)
    for headers in ({}, {"Authorization": "Bearer guess"}, {"Authorization": "Basic eDp5"}):
        connection.request("GET", PODS, headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 401
    connection.close()
    # All on one connection: it is kept alive.
    assert [entry.status for entry in server.log] == [401, 401, 401]


def test_the_port_of_a_user_until_the_token_is_revoked(server: ApiServer) -> None:
    connection = http.client.HTTPConnection(urlsplit(server.url_of("ann")).netloc)
    for expected in (200, 401):
        connection.request("GET", PODS)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == expected
        server.tokens.revoke("ann")
    connection.close()
    assert [entry.user for entry in server.log] == ["ann", ""]


@needs_openssl
def test_tls(server: ApiServer, tmp_path: Path) -> None:
    port = server.secure(certificate(tmp_path, f"subjectAltName=IP:{HOST}"))
    trust = ssl.create_default_context(cafile=tmp_path / "certificate.pem")
    # Neither one that says nothing, nor one that does not trust it, nor one that speaks no
    # TLS, keeps the others waiting or makes the server fail.
    with socket.create_connection((HOST, port)):
        stranger = http.client.HTTPSConnection(HOST, port)
        with pytest.raises(ssl.SSLCertVerificationError):
            stranger.request("GET", PODS)
        plain = http.client.HTTPConnection(HOST, port)
        plain.request("GET", PODS)
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            plain.getresponse()
        plain.close()
        connection = http.client.HTTPSConnection(HOST, port, context=trust)
        token = {"Authorization": f"Bearer {server.tokens.of('ann')}"}
        for headers, expected in (({}, 401), (token, 200)):
            connection.request("GET", PODS, headers=headers)
            answer = connection.getresponse()
            assert json.loads(answer.read())["kind"] in ("Status", "PodList")
            assert answer.status == expected
        connection.close()
    assert [entry.user for entry in server.log] == ["", "ann"]


def test_the_log(server: ApiServer) -> None:
    ask(server, "GET", f"{PODS}?limit=2", user="ann")
    (entry,) = server.log
    assert (entry.method, entry.path, entry.query) == ("GET", PODS, {"limit": "2"})
    assert (entry.user, entry.status) == ("ann", 200)


@pytest.fixture
def failing() -> Iterator[ApiServer]:
    """A server whose handler raises."""

    def fail() -> None:
        raise LookupError("broken hook")

    server = ApiServer()
    server.faults.before(on("GET"), fail, times=inf)
    yield server
    with pytest.raises(LookupError, match="broken hook"):
        server.stop()


def test_a_failure_inside_is_answered_and_reaches_the_test(failing: ApiServer) -> None:
    answer = ask(failing, "GET", "/version")
    assert answer.code == 500
    assert "LookupError: broken hook" in answer.message
    assert [entry.status for entry in failing.log] == [500]


@needs_kubectl
def test_kubectl_ends_at_once_upon_a_failure_inside(failing: ApiServer, tmp_path: Path) -> None:
    begin = time.monotonic()
    done = Kubectl(failing.kubeconfig(tmp_path)).run("get", "pods")
    assert time.monotonic() - begin < PATIENCE
    assert done.returncode
    assert "InternalError" in done.stderr
