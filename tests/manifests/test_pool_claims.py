"""A pod that leaves the pool while a run is under way is never deleted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.fakes.apiserver import pods
from tests.fakes.apiserver.faults import on
from tests.manifests.bundle import NAMESPACE
from tests.manifests.pool import Pool

LIST = on("GET", f"/namespaces/{NAMESPACE}/pods$")


def of(name: str) -> Callable[[str, str], bool]:
    return on("DELETE", f"/pods/{name}$")


def app_of(pool: Pool, name: str) -> str:
    return str(pool.store.one("Pod", NAMESPACE, name)["metadata"]["labels"]["app"])


@pytest.mark.parametrize("moment", ["after the list", "before the deletion"])
def test_claimed_meanwhile(pool: Pool, moment: str) -> None:
    pool.add("a", "b")
    if moment == "after the list":
        pool.faults.after(LIST, lambda: pool.claim("a"))
    else:
        pool.faults.before(of("a"), lambda: pool.claim("a"))
    done = pool.run(WARM_POOL_SIZE="0")
    assert done.code == 0
    assert done.said == (
        "warm pool: kept a (more than wanted): it has changed since, or was claimed",
        "warm pool: deleted b: more than wanted",
        "warm pool: want 0, ready 2, pending 0, created 0, deleted 1, failed 0",
    )
    assert pool.names == ["a"]
    assert app_of(pool, "a") == "runner"


def test_claimed_when_it_had_waited_too_long(pool: Pool) -> None:
    pool.add("a")
    pool.age("a", 3700)
    pool.faults.before(of("a"), lambda: pool.claim("a"))
    done = pool.run(WARM_POOL_SIZE="1")
    assert done.code == 0
    assert done.said[0].startswith("warm pool: kept a (waited longer than 3600 s)")
    assert app_of(pool, "a") == "runner"
    assert len(pool.made) == 1


def test_a_claim_makes_up_for_a_surplus(pool: Pool) -> None:
    """Deleting another in its place would leave the pool one short."""
    pool.add("a", "b", "c")
    pool.faults.before(of("a"), lambda: pool.claim("a"))
    done = pool.run(WARM_POOL_SIZE="2")
    assert done.code == 0
    assert done.summary == "want 2, ready 3, pending 0, created 0, deleted 0, failed 0"
    assert pool.names == ["a", "b", "c"]
    assert pool.run("cron-2", WARM_POOL_SIZE="2").summary == (
        "want 2, ready 2, pending 0, created 0, deleted 0, failed 0"
    )


def test_deleted_by_somebody_else(pool: Pool) -> None:
    pool.add("a", status=pods.failed)
    pool.faults.before(of("a"), lambda: pool.store.drop("Pod", NAMESPACE, "a"))
    done = pool.run(WARM_POOL_SIZE="0")
    assert done.code == 0
    assert done.said[0] == "warm pool: a (failed) is gone already"
    assert done.summary.endswith("deleted 0, failed 0")


def test_another_pod_of_the_same_name(pool: Pool) -> None:
    pool.add("a", status=pods.failed)

    def replace() -> None:
        pool.store.drop("Pod", NAMESPACE, "a")
        pool.add("a")

    pool.faults.before(of("a"), replace)
    done = pool.run(WARM_POOL_SIZE="0")
    assert done.code == 0
    assert done.said[0].startswith("warm pool: kept a (failed)")
    assert pool.names == ["a"]


def test_claimed_all_at_once(pool: Pool) -> None:
    """The pool is short until the next run, and then full again."""
    pool.run()
    full = pool.names

    def claim_all() -> None:
        for name in full:
            pool.claim(name)

    pool.faults.after(LIST, claim_all)
    assert pool.run("cron-2").summary.endswith("created 0, deleted 0, failed 0")
    assert pool.run("cron-3").summary == (
        "want 5, ready 0, pending 0, created 5, deleted 0, failed 0"
    )
    assert set(full) < set(pool.names)
