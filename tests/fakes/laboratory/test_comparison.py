"""netsim's verdicts are what the kernel does with the same policies, on random clusters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from netsim.model.verdict import Outcome
from tests.fakes.laboratory import requirements
from tests.fakes.laboratory.comparison import Comparison
from tests.fakes.laboratory.fabric import Fabric
from tests.fakes.laboratory.manifests import of_kind, title, without
from tests.fakes.laboratory.nftables import Denial, ruleset
from tests.fakes.laboratory.random_clusters import (
    EXTERNAL,
    NODE,
    POD_ADDRESSES,
    PROBED,
    Generator,
)

# Dropped packets are waited for, so most clusters reject.
SEEDS = [
    *((seed, Denial.RESET) for seed in range(20)),
    *((seed, Denial.PROHIBITED) for seed in range(20, 26)),
    *((seed, Denial.DROP) for seed in range(26, 30)),
]


@pytest.fixture(scope="module")
def fabric() -> Iterator[Fabric]:
    """All the addresses of random clusters, where everything listens."""
    requirements.require()
    with Fabric() as made:
        made.add({address: address for address in (*POD_ADDRESSES, NODE[1], *EXTERNAL)})
        for pod in made.pods.values():
            pod.listen(*PROBED)
        yield made


@pytest.mark.parametrize(("seed", "denial"), SEEDS)
def test_the_kernel_agrees(fabric: Fabric, seed: int, denial: Denial, tmp_path: Path) -> None:
    comparison = Comparison(fabric, Generator(seed).documents(), PROBED)
    assert comparison.disagreements(denial, tmp_path) == []


def test_a_difference_would_be_seen(fabric: Fabric, tmp_path: Path) -> None:
    """The kernel has one policy less than netsim reads, for some policy that matters."""
    documents = Generator(1).documents()
    comparison = Comparison(fabric, documents, PROBED)
    expected = comparison.verdicts(tmp_path)
    for policy in of_kind(documents, "NetworkPolicy"):
        fabric.filter(ruleset(without(documents, title(policy)), Denial.RESET))
        if comparison.differing(expected, Denial.RESET):
            return
    pytest.fail("no policy of the cluster matters")


def test_random_clusters_allow_and_deny(fabric: Fabric, tmp_path: Path) -> None:
    """Neither is rare, so agreement on both is worth something."""
    outcomes = [
        outcome
        for seed in range(4)
        for targets in Comparison(fabric, Generator(seed).documents(), PROBED)
        .verdicts(tmp_path)
        .values()
        for outcome in targets.values()
    ]
    assert set(outcomes) == {Outcome.ALLOW, Outcome.DENY}
    assert 0.1 < outcomes.count(Outcome.DENY) / len(outcomes) < 0.9


def test_a_seed_gives_one_cluster() -> None:
    assert Generator(7).documents() == Generator(7).documents()
    assert Generator(7).documents() != Generator(8).documents()
