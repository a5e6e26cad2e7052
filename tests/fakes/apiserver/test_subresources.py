"""Subresources that take the connection over, as a WebSocket does."""

from __future__ import annotations

import http.client
import socket
from urllib.parse import urlsplit

import pytest

from tests.fakes.apiserver.answers import Connection
from tests.fakes.apiserver.client import PODS, ask, pod
from tests.fakes.apiserver.errors import bad_request
from tests.fakes.apiserver.rbac import Rbac
from tests.fakes.apiserver.server import ApiServer


def echo(connection: Connection) -> None:
    """Switches protocols, and sends back what comes."""
    if not connection.request.parameters.get("command"):
        raise bad_request("you must specify at least 1 command for the container")
    handler = connection.handler
    handler.send_response(101)
    handler.send_header("Upgrade", "echo")
    handler.send_header("Connection", "Upgrade")
    handler.end_headers()
    words = " ".join([connection.target.name, *connection.request.parameters["command"]])
    handler.wfile.write(words.encode() + b"\n" + handler.rfile.readline())


@pytest.fixture
def exec_server(server: ApiServer) -> ApiServer:
    server.subresources["GET", "pods/exec"] = echo
    server.store.add(pod("a"))
    return server


def test_a_handler_gets_the_connection(exec_server: ApiServer) -> None:
    where = urlsplit(exec_server.url_of("ann"))
    request = f"GET {PODS}/a/exec?command=ls&command=-l HTTP/1.1\r\nUpgrade: echo\r\n\r\n"
    with socket.create_connection((where.hostname, where.port), timeout=10) as raw:
        raw.sendall(request.encode() + b"hello\n")
        with raw.makefile("rb") as answer:
            text = answer.read().decode()
    assert text.startswith("HTTP/1.1 101 ")
    assert text.endswith("\r\n\r\na ls -l\nhello\n")
    (entry,) = exec_server.log
    assert (entry.user, entry.status, entry.path) == ("ann", 101, f"{PODS}/a/exec")


def test_a_handler_can_refuse(exec_server: ApiServer) -> None:
    assert ask(exec_server, "GET", f"{PODS}/a/exec").reason == "BadRequest"
    assert ask(exec_server, "GET", f"{PODS}/b/exec").message == 'pods "b" not found'
    assert ask(exec_server, "POST", f"{PODS}/a/exec").code == 404


def test_a_subresource_is_authorized_and_discovered(exec_server: ApiServer) -> None:
    found = ask(exec_server, "GET", "/api/v1").body["resources"]
    assert "pods/exec" in {one["name"] for one in found}
    exec_server.authorizer = Rbac.of([])
    refused = ask(exec_server, "GET", f"{PODS}/a/exec?command=ls", user="ann")
    assert refused.message == (
        'pods "a" is forbidden: User "ann" cannot get resource "pods/exec" in API group "" '
        'in the namespace "shop"'
    )


def test_a_handler_that_waits_for_input_ends_with_the_server(exec_server: ApiServer) -> None:
    where = urlsplit(exec_server.url_of("ann"))
    connection = http.client.HTTPConnection(where.netloc)
    connection.request("GET", f"{PODS}/a/exec?command=ls", headers={"Upgrade": "echo"})
    assert connection.getresponse().status == 101
    exec_server.stop()
    connection.close()
