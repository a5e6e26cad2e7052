"""A fabric without pods, and a cluster of what a module names as its ``DOCUMENTS``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.laboratory import requirements
from tests.fakes.laboratory.cluster import LiveCluster
from tests.fakes.laboratory.fabric import Fabric


@pytest.fixture
def fabric() -> Iterator[Fabric]:
    """A fabric without pods."""
    requirements.require()
    with Fabric() as made:
        yield made


@pytest.fixture(scope="module")
def started(request: pytest.FixtureRequest) -> Iterator[LiveCluster]:
    """A cluster of the module's documents, which its tests share."""
    requirements.require()
    with LiveCluster(request.module.DOCUMENTS) as found:
        yield found


@pytest.fixture
def cluster(started: LiveCluster, request: pytest.FixtureRequest) -> LiveCluster:
    """The module's cluster as its documents say, and without faults."""
    started.become(request.module.DOCUMENTS)
    return started
