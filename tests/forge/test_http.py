"""What can go wrong below HTTP, and the ways around: proxies, authorities, time."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from netsim.forge import http
from netsim.forge.http import Answer, Api, Credential
from netsim.forge.interface import ForgeError, Trouble
from tests.fakes.forge.github import GitHubServer
from tests.fakes.forge.server import Reply, fail, serving
from tests.fakes.port import HOST
from tests.probe.tls_servers import certificate

SECRET = "the-secret"  # noqa: S105 -- of nothing
CREDENTIAL = Credential("Authorization", "Bearer ", SECRET)


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    with serving(GitHubServer()) as found:
        found.tokens[SECRET] = "olga"
        yield found


def ask(url: str, path: str = "/x") -> Answer:
    with Api(url, CREDENTIAL, {}) as api:
        return api.ask("GET", path)


def refuse(url: str) -> ForgeError:
    with pytest.raises(ForgeError) as error:
        ask(url)
    assert SECRET not in str(error.value)
    return error.value


@pytest.mark.parametrize("url", ["", "api.github.com", "file:///etc", "http://", "ftp://a/b"])
def test_what_is_no_address(url: str) -> None:
    error = refuse(url)
    assert (error.trouble, error.message) == (
        Trouble.NO_FORGE,
        f"'{url}' is not the address of an API",
    )


def test_an_address_with_a_password_is_not_shown() -> None:
    message = refuse("https://olga:the-secret@github.com").message
    assert message == "'https://github.com' is not the address of an API"


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    error = refuse(f"http://{HOST}:{port}")
    assert error.trouble is Trouble.UNREACHABLE
    assert error.message == f"{HOST}:{port} cannot be reached: Connection refused"


def no_such_host(*_: object) -> NoReturn:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def test_no_such_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", no_such_host)
    error = refuse("http://github.invalid")
    assert error.trouble is Trouble.UNREACHABLE
    assert error.message == "github.invalid cannot be reached: Name or service not known"


def test_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "READ_SECONDS", 0.1)
    with socket.create_server((HOST, 0)) as silent:
        error = refuse(f"http://{HOST}:{silent.getsockname()[1]}")
    assert error.trouble is Trouble.OVERDUE


def test_an_answer_that_takes_too_long(
    server: GitHubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "ANSWER_SECONDS", 0.1)
    server.faults.append(fail(".*", Reply(200, {}, delay=0.3)))
    assert refuse(server.url).trouble is Trouble.OVERDUE


def test_an_answer_without_end(server: GitHubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 2**20)
    server.faults.append(fail(".*", Reply(200, "x" * (2**20 + 1))))
    error = refuse(server.url)
    assert (error.trouble, error.message.partition(" ")[2]) == (
        Trouble.BROKEN,
        "answers with more than 1 MiB",
    )


def test_a_server_that_speaks_no_http() -> None:
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
        error = refuse_after(listener, f"http://{HOST}:{port}")
    assert error.trouble is Trouble.UNREACHABLE


def refuse_after(listener: socket.socket, url: str) -> ForgeError:
    from threading import Thread

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(2**16)
            connection.sendall(b"220 mail ready\r\n")

    thread = Thread(target=serve)
    thread.start()
    try:
        return refuse(url)
    finally:
        thread.join()


def test_the_proxy_of_the_environment_is_asked(
    server: GitHubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy gets the whole address of what it is to fetch."""
    monkeypatch.setenv("http_proxy", f"http://me:pass%20word@{HOST}:{server.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    assert ask("http://forge.example").status == 404
    (request,) = server.log
    assert request.headers["host"] == "forge.example"
    assert request.headers["proxy-authorization"] == "Basic bWU6cGFzcyB3b3Jk"


def test_some_hosts_need_no_proxy(
    server: GitHubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://nowhere.invalid:3128")
    monkeypatch.setenv("no_proxy", HOST)
    assert ask(server.url).status == 404


def test_a_proxy_s_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", no_such_host)
    monkeypatch.setenv("http_proxy", "http://me:the-secret@proxy.invalid:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    assert refuse("http://forge.example").trouble is Trouble.UNREACHABLE


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificate")
    return certificate(folder, f"subjectAltName=IP:{HOST}")


@pytest.fixture
def secure(identity: Path) -> Iterator[GitHubServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity)
    with serving(GitHubServer(), context) as found:
        yield found


def test_a_certificate_that_nobody_vouches_for(secure: GitHubServer) -> None:
    error = refuse(secure.url.replace("http:", "https:"))
    assert error.trouble is Trouble.UNREACHABLE
    assert error.message.endswith("cannot be reached: self-signed certificate")


@pytest.mark.parametrize(
    "name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CI_SERVER_TLS_CA_FILE"]
)
def test_an_authority_of_the_environment(
    secure: GitHubServer, identity: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, str(identity))
    assert ask(secure.url.replace("http:", "https:")).status == 401


def test_a_file_without_authorities(
    secure: GitHubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("none")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    message = refuse(secure.url.replace("http:", "https:")).message
    assert message.startswith(f"REQUESTS_CA_BUNDLE: {file} holds no certificates: ")
