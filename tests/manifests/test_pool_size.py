"""The warm pool gets the size that is wanted, whatever its pods are doing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.fakes.apiserver import pods
from tests.manifests.bundle import Object
from tests.manifests.pool import EVERY_SHELL, Pool

pytestmark = EVERY_SHELL


def terminating(pool: Pool, name: str) -> None:
    """As deleted, with the containers still at it."""

    def delete(pod: Object) -> None:
        pod["metadata"]["deletionTimestamp"] = pod["metadata"]["creationTimestamp"]
        pod["metadata"]["deletionGracePeriodSeconds"] = 30
        pod["metadata"]["finalizers"] = ["test/finalizer"]

    pool.edit(name, delete)


def new_pods_say(*names: str) -> list[str]:
    return [f"warm pool: created {name}" for name in names]


def test_empty(pool: Pool) -> None:
    done = pool.run()
    assert done.code == 0
    assert done.complaints == ""
    assert done.summary == "want 5, ready 0, pending 0, created 5, deleted 0, failed 0"
    assert sorted(done.said[:-1]) == new_pods_say(*pool.names)
    assert len(pool.made) == 5
    assert pool.holder == ""


def test_partial(pool: Pool) -> None:
    pool.add("a", "b", "c")
    pool.add("d", status=pods.unready)
    done = pool.run()
    assert done.code == 0
    # The line that the Monitoring section of the README shows.
    assert done.said[-1] == (
        "warm pool: want 5, ready 3, pending 1, created 1, deleted 0, failed 0"
    )
    (made,) = pool.made
    assert pool.names == ["a", "b", "c", "d", made["metadata"]["name"]]


def test_full(pool: Pool) -> None:
    pool.run()
    before = pool.names
    done = pool.run("cron-2")
    assert done.code == 0
    assert done.said == (
        "warm pool: want 5, ready 5, pending 0, created 0, deleted 0, failed 0",
    )
    assert pool.names == before


def test_pods_that_have_not_started_count(pool: Pool) -> None:
    pool.store.pods = pods.pending
    pool.run()
    before = pool.names
    assert pool.run().summary == ("want 5, ready 0, pending 5, created 0, deleted 0, failed 0")
    assert pool.names == before


def test_other_pods_do_not_count(pool: Pool) -> None:
    pool.add("a", "b")
    pool.claim("a")
    done = pool.run(WARM_POOL_SIZE="2")
    assert done.summary == "want 2, ready 1, pending 0, created 1, deleted 0, failed 0"
    assert {"a", "b"} < set(pool.names)
    assert len(pool.names) == 3


def test_surplus_goes_those_not_ready_first(pool: Pool) -> None:
    pool.add("a", "b", "c")
    pool.add("z", status=pods.unready)
    done = pool.run(WARM_POOL_SIZE="2")
    assert done.code == 0
    assert done.said == (
        "warm pool: deleted z: more than wanted",
        "warm pool: deleted a: more than wanted",
        "warm pool: want 2, ready 3, pending 1, created 0, deleted 2, failed 0",
    )
    assert pool.names == ["b", "c"]


def test_nothing_wanted(pool: Pool) -> None:
    pool.add("a", "b")
    pool.add("working")
    pool.claim("working")
    done = pool.run(WARM_POOL_SIZE="0")
    assert done.code == 0
    assert done.summary == "want 0, ready 2, pending 0, created 0, deleted 2, failed 0"
    assert pool.names == ["working"]


def test_nothing_wanted_and_nothing_there(pool: Pool) -> None:
    done = pool.run(WARM_POOL_SIZE="0")
    assert (done.code, pool.names) == (0, [])
    assert done.summary == "want 0, ready 0, pending 0, created 0, deleted 0, failed 0"


@pytest.mark.parametrize(
    ("status", "why"), [(pods.failed, "failed"), (pods.succeeded, "ended")]
)
def test_pods_that_ended_are_replaced(
    pool: Pool, status: Callable[[Object], Object], why: str
) -> None:
    pool.add("a", "b", "c")
    pool.add("over", status=status)
    done = pool.run(WARM_POOL_SIZE="4")
    assert done.code == 0
    assert done.said[0] == f"warm pool: deleted over: {why}"
    assert done.summary == "want 4, ready 3, pending 0, created 1, deleted 1, failed 0"
    assert "over" not in pool.names
    assert len(pool.names) == 4


def test_terminating_pods_are_neither_counted_nor_deleted(pool: Pool) -> None:
    pool.add("a", "leaving")
    terminating(pool, "leaving")
    done = pool.run(WARM_POOL_SIZE="2")
    assert done.code == 0
    assert done.summary == "want 2, ready 1, pending 0, created 1, deleted 0, failed 0"
    assert pool.requests("DELETE", "pods") == 0
    assert len(pool.names) == 3


def test_a_failed_pod_that_is_terminating_is_left_alone(pool: Pool) -> None:
    pool.add("leaving", status=pods.failed)
    terminating(pool, "leaving")
    done = pool.run(WARM_POOL_SIZE="0")
    assert done.said == (
        "warm pool: want 0, ready 0, pending 0, created 0, deleted 0, failed 0",
    )


@pytest.mark.parametrize("status", [pods.ready, pods.unready])
def test_pods_that_waited_too_long_are_replaced(
    pool: Pool, status: Callable[[Object], Object]
) -> None:
    pool.add("old", "young", status=status)
    pool.age("old", 3700)
    pool.age("young", 3500)
    done = pool.run(WARM_POOL_SIZE="2")
    assert done.code == 0
    assert done.said[0] == "warm pool: deleted old: waited longer than 3600 s"
    assert "created 1, deleted 1, failed 0" in done.summary
    assert "old" not in pool.names
    assert "young" in pool.names


@pytest.mark.parametrize(
    "born",
    [
        "2026-02-28T23:59:59Z",
        "2024-02-29T00:00:00Z",
        "2024-03-01T08:09:09Z",
        "2000-01-01T00:00:00Z",
    ],
)
def test_ages_over_ends_of_months(pool: Pool, born: str) -> None:
    pool.add("old", "new")
    pool.edit("old", lambda pod: pod["metadata"].update(creationTimestamp=born))
    age = pool.age_at(born)
    kept = pool.run(WARM_POOL_SIZE="2", WARM_POOL_MAX_AGE=str(age + 3600))
    assert kept.summary.endswith("created 0, deleted 0, failed 0")
    gone = pool.run(WARM_POOL_SIZE="2", WARM_POOL_MAX_AGE=str(age - 3600))
    assert gone.summary.endswith("created 1, deleted 1, failed 0")


def test_pods_are_asked_for_once(pool: Pool) -> None:
    """Pages of a list would be counts of several moments."""
    pool.add(*(f"pod-{number:02}" for number in range(60)))
    assert pool.run(WARM_POOL_SIZE="60").summary == (
        "want 60, ready 60, pending 0, created 0, deleted 0, failed 0"
    )
    (listed,) = [entry for entry in pool.server.log if entry.path.endswith("/pods")]
    assert "limit" not in listed.query
