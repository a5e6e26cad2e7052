"""A server, and kubectl as its administrator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.apiserver.kubectl import Kubectl
from tests.fakes.apiserver.server import ApiServer, serving


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with serving(namespaces=("default", "shop")) as found:
        yield found


@pytest.fixture
def kubectl(server: ApiServer, tmp_path: Path) -> Kubectl:
    return Kubectl(server.kubeconfig(tmp_path, namespace="shop"))
