from __future__ import annotations

from pathlib import Path

import pytest

from tests.probe.tls_servers import certificate


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate and its key."""
    return certificate(tmp_path_factory.mktemp("certificate"))
