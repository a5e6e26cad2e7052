"""Ports of pods through the API server of a laboratory."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from netsim.probe.interface import Repeat
from netsim.probe.pods import live_pod
from netsim.probe.ways.client import Client
from netsim.probe.ways.forward import ForwardError
from netsim.probe.ways.forward_client import ClientForwarder
from tests.fakes.apiserver.errors import ApiError
from tests.fakes.laboratory import production, requirements, sockets
from tests.fakes.laboratory.cluster import LiveCluster
from tests.fakes.laboratory.forward_handler import Mishap
from tests.probe.tls_servers import echo, served

POD, PORT, CLOSED = "shop/web", 8080, 8081
DOCUMENTS = [
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
    production.pod(POD, "10.244.1.1", {"app": "web"}),
    {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "nobody", "namespace": "shop"},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    },
]
WEB = live_pod(DOCUMENTS[1])
AMPLE = 20.0


@pytest.fixture(scope="module")
def started() -> Iterator[LiveCluster]:
    requirements.require()
    with LiveCluster(DOCUMENTS) as found:
        listener = sockets.listening(found.laboratory.pods[POD], PORT)
        with served(echo, listener):
            yield found


@pytest.fixture
def cluster(started: LiveCluster) -> LiveCluster:
    started.become(DOCUMENTS)
    return started


@pytest.fixture
def forwarder(cluster: LiveCluster, tmp_path: Path) -> ClientForwarder:
    return ClientForwarder(Client(str(cluster.kubeconfig(tmp_path)), None))


def test_no_policy_applies(forwarder: ClientForwarder) -> None:
    with forwarder.open(WEB, PORT) as stream:
        for size in (1, 70_000):
            stream.send(b"x" * size)
            got = b""
            while len(got) < size:
                got += stream.receive(AMPLE)
            assert got == b"x" * size
        with pytest.raises(TimeoutError):
            stream.receive(0.1)


def test_nothing_listens(forwarder: ClientForwarder) -> None:
    with forwarder.open(WEB, CLOSED) as stream, pytest.raises(ForwardError) as error:
        stream.receive(AMPLE)
    assert "connection refused" in error.value.failure.reason


def refusal(code: int, reason: str) -> ApiError:
    return ApiError(code, reason, f"{reason} is what the test says")


@pytest.mark.parametrize(
    ("code", "reason", "retry"),
    [
        (401, "Unauthorized", Repeat.NO),
        (403, "Forbidden", Repeat.NO),
        (404, "NotFound", Repeat.NO),
        (429, "TooManyRequests", Repeat.YES),
        (500, "InternalError", Repeat.YES),
    ],
)
def test_refusals(
    cluster: LiveCluster, forwarder: ClientForwarder, code: int, reason: str, retry: Repeat
) -> None:
    cluster.forward.inject(refusal(code, reason))
    said = f"{reason} is what"
    with pytest.raises(ForwardError, match=said) as error, forwarder.open(WEB, PORT):
        pass
    assert error.value.failure.retry is retry


def test_a_pod_that_is_gone(cluster: LiveCluster, forwarder: ClientForwarder) -> None:
    cluster.server.store.drop("Pod", "shop", "web")
    with pytest.raises(ForwardError, match="not found"), forwarder.open(WEB, PORT):
        pass


def test_mishaps_are_no_answer(
    cluster: LiveCluster, forwarder: ClientForwarder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netsim.probe.ways.client.FRAME_SECONDS", 0.5)
    for mishap in Mishap:
        cluster.forward.clear()
        cluster.forward.inject(mishap)
        begin = time.monotonic()
        with forwarder.open(WEB, PORT) as stream:
            try:
                got = stream.receive(1.0)
            except (TimeoutError, ConnectionError):
                got = b""
        assert got == b"", mishap
        assert time.monotonic() - begin < AMPLE


def test_stopping_ends_what_is_open_and_what_is_asked_later(
    forwarder: ClientForwarder,
) -> None:
    with forwarder.open(WEB, PORT) as stream:
        threading.Timer(0.3, forwarder.stop).start()
        begin = time.monotonic()
        try:
            got = stream.receive(AMPLE)
        except ConnectionError:
            got = b""
        assert got == b""
        assert time.monotonic() - begin < AMPLE / 2
    with pytest.raises(ForwardError, match="interrupted"), forwarder.open(WEB, PORT):
        pass
