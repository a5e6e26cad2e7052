"""Of the warm pool's runs, one at a time does something."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest

from tests.fakes.apiserver import pods
from tests.fakes.apiserver.faults import Moment, on
from tests.fakes.apiserver.kubectl import Kubectl
from tests.manifests import bundle
from tests.manifests.bundle import NAMESPACE
from tests.manifests.pool import (
    EVERY_SHELL,
    EXPIRY,
    LEASE,
    SHORT,
    Pool,
)

READ_LOCK = on("GET", "/leases/")
WRITE_LOCK = on("PUT", "/leases/")
LIST = on("GET", "/pods$")
CREATE = on("POST", "/pods$")
SUMMARY = "want 5, ready 0, pending 0, created 5, deleted 0, failed 0"


def test_released_at_the_end(pool: Pool) -> None:
    holders: list[str] = []
    pool.faults.before(LIST, lambda: holders.append(pool.holder))
    assert pool.run("cron-7").code == 0
    assert holders == ["cron-7"]
    assert pool.holder == ""
    assert pool.lease["metadata"]["annotations"] == {EXPIRY: "0"}


def test_expires_when_the_job_is_dead_and_before_the_next_run(pool: Pool) -> None:
    taken: list[int] = []
    pool.faults.before(
        LIST, lambda: taken.append(int(pool.lease["metadata"]["annotations"][EXPIRY]))
    )
    began = int(time.time())
    pool.run()
    lasts = taken[0] - began
    grace = bundle.pod_spec()["terminationGracePeriodSeconds"]
    assert bundle.job_spec()["activeDeadlineSeconds"] + grace < lasts
    assert bundle.one("CronJob")["spec"]["schedule"] == "*/5 * * * *"
    assert lasts < 300


def test_held_by_another(pool: Pool) -> None:
    pool.hold("cron-0", 100)
    done = pool.run()
    assert done.code == 0
    (line,) = done.said
    assert line.startswith("warm pool: cron-0 holds the lock for another ")
    assert pool.names == []
    assert pool.holder == "cron-0"
    assert pool.requests("PUT", "/leases/") == 0


@pytest.mark.parametrize("expiry", ["past", "nonsense", "missing"])
def test_left_behind(pool: Pool, expiry: str) -> None:
    """Whoever holds it without an end to it cannot be told from one that died."""
    pool.hold("cron-0", -1)
    if expiry != "past":
        notes = {EXPIRY: "tomorrow"} if expiry == "nonsense" else {"other": "note"}
        pool.store.change(
            "Lease",
            NAMESPACE,
            LEASE,
            lambda lease: lease["metadata"].update(annotations=dict(notes)),
        )
    done = pool.run()
    assert done.code == 0
    assert done.said[0] == "warm pool: cron-0 left the lock behind: taking it over"
    assert done.summary == SUMMARY
    assert pool.holder == ""


def test_two_that_found_it_free(pool: Pool) -> None:
    """Both have read the Lease before either writes it."""
    both = threading.Barrier(2, timeout=30)
    pool.faults.after(READ_LOCK, both.wait, times=2)
    runs = [run.finished() for run in [pool.start("cron-1"), pool.start("cron-2")]]
    assert [run.code for run in runs] == [0, 0]
    assert sorted(run.summary for run in runs) == [
        "another run was faster to take the lock: nothing to do here",
        SUMMARY,
    ]
    assert len(pool.names) == 5
    assert pool.holder == ""


def test_two_that_found_it_left_behind(pool: Pool) -> None:
    pool.hold("cron-0", -1)
    both = threading.Barrier(2, timeout=30)
    pool.faults.after(READ_LOCK, both.wait, times=2)
    runs = [run.finished() for run in [pool.start("cron-1"), pool.start("cron-2")]]
    assert sorted(run.summary for run in runs)[1] == SUMMARY
    assert len(pool.names) == 5


@EVERY_SHELL
def test_overlapping_runs_over_and_over(pool: Pool) -> None:
    for number in range(5):
        runs = [pool.start(f"cron-{number}-{which}") for which in "ab"]
        ended = [run.finished() for run in runs]
        assert [run.code for run in ended] == [0, 0]
        warm = [pod for pod in pool.pods if pod["metadata"]["labels"]["app"] != "runner"]
        assert len(warm) == 5
        for pod in warm[: 1 + number % 4]:
            pool.claim(pod["metadata"]["name"])
    assert pool.holder == ""


def test_lost(pool: Pool) -> None:
    pool.faults.after(LIST, lambda: pool.hold("cron-9", 100))
    done = pool.run()
    assert done.code == 0
    assert done.complaints == (
        "warm pool: the lock is no longer held here, but by cron-9: left as it is\n"
    )
    assert pool.holder == "cron-9"


def test_taken_by_another_while_it_is_released(pool: Pool) -> None:
    pool.faults.after(READ_LOCK, lambda: pool.hold("cron-9", 100), skip=1)
    done = pool.run()
    assert done.code == 0
    assert "cannot release the lock; it will expire" in done.complaints
    assert pool.holder == "cron-9"


def test_released_after_a_failure(pool: Pool) -> None:
    pool.faults.respond(LIST, 403)
    assert pool.run().code == 1
    assert pool.holder == ""


@EVERY_SHELL
def test_released_on_sigterm(pool: Pool) -> None:
    pool.store.pods = pods.pending
    seen = threading.Event()
    pool.faults.after(CREATE, seen.set)
    pool.faults.delay(CREATE, 0.5)
    run = pool.start()
    assert seen.wait(30)
    done = run.terminate()
    assert done.code == 143
    assert not any("want" in line for line in done.said)
    assert pool.holder == ""
    # What it made counts for the next run.
    made = len(pool.names)
    assert 1 <= made < 5
    pool.faults.clear()
    assert pool.run("cron-2").summary == (
        f"want 5, ready 0, pending {made}, created {5 - made}, deleted 0, failed 0"
    )


@EVERY_SHELL
def test_released_on_sigterm_while_nothing_answers(pool: Pool) -> None:
    seen = threading.Event()
    pool.faults.before(LIST, seen.set)
    with pool.silent(LIST):
        run = pool.start()
        assert seen.wait(30)
        began = time.monotonic()
        done = run.terminate()
    assert done.code == 143
    assert time.monotonic() - began < 2 * SHORT
    assert pool.holder == ""


def test_no_answer_in_time_to_the_write_that_took_it(pool: Pool) -> None:
    with pool.silent(WRITE_LOCK, Moment.AFTER):
        done = pool.run()
    assert done.code == 1
    assert done.complaints.startswith("warm pool: cannot take the lock: ")
    assert done.complaints.endswith(f"warm pool: no answer within {SHORT} s\n")
    assert pool.names == []
    assert pool.holder == ""


def test_the_grace_period_is_enough_to_release_it(pool: Pool) -> None:
    grace = bundle.pod_spec()["terminationGracePeriodSeconds"]
    assert grace >= 3 * pool.patience


def test_no_answer_to_the_write_that_took_it(pool: Pool) -> None:
    pool.faults.close(WRITE_LOCK, moment=Moment.AFTER)
    done = pool.run()
    assert done.code == 1
    assert done.complaints.startswith("warm pool: cannot take the lock: ")
    assert pool.names == []
    assert pool.holder == ""


@pytest.mark.parametrize(("method", "said"), [("GET", "read"), ("PUT", "take")])
def test_refused(pool: Pool, method: str, said: str) -> None:
    pool.faults.respond(on(method, "/leases/"), 500)
    done = pool.run()
    assert done.code == 1
    assert f"warm pool: cannot {said} the lock" in done.complaints
    assert "refused by the test" in done.complaints
    assert pool.names == []


def test_not_released(pool: Pool) -> None:
    """It expires before the next run, so the work that was done is no failure."""
    pool.faults.respond(WRITE_LOCK, 500, skip=1)
    done = pool.run("cron-1")
    assert done.code == 0
    assert "cannot release the lock; it will expire" in done.complaints
    assert pool.holder == "cron-1"


def test_no_lease(pool: Pool) -> None:
    pool.store.drop("Lease", NAMESPACE, LEASE)
    done = pool.run()
    assert done.code == 1
    assert "(NotFound)" in done.complaints
    assert "does the Lease runner-warm-pool exist?" in done.complaints
    assert pool.names == []


@pytest.mark.parametrize("expiry", [{}, {EXPIRY: "0"}])
def test_other_annotations_stay(pool: Pool, expiry: dict[str, str]) -> None:
    """Without what kubectl apply notes, applying again would warn."""
    inner = {"metadata": {"annotations": {EXPIRY: "1", "x": 'a "quote", and \\ more'}}}
    notes = {
        "a": "}",
        "kubectl.kubernetes.io/last-applied-configuration": json.dumps(inner) + "\n",
        "zz": "{",
    }
    pool.store.change(
        "Lease",
        NAMESPACE,
        LEASE,
        lambda lease: lease["metadata"].update(annotations={**notes, **expiry}),
    )
    assert pool.run().summary == SUMMARY
    assert pool.lease["metadata"]["annotations"] == {**notes, EXPIRY: "0"}


def test_applying_the_manifest_takes_the_lock_from_nobody(pool: Pool, tmp_path: Path) -> None:
    admin = Kubectl(pool.server.kubeconfig(tmp_path, namespace=NAMESPACE))
    lease = json.dumps(bundle.one("Lease"))
    pool.store.drop("Lease", NAMESPACE, LEASE)
    admin("apply", "-f", "-", stdin=lease)
    assert pool.run("cron-1").code == 0
    during: list[str] = []

    def apply() -> None:
        done = admin.run("apply", "-f", "-", stdin=lease)
        during.append(done.stdout + done.stderr + pool.holder)

    pool.faults.after(LIST, apply)
    assert pool.run("cron-2").code == 0
    assert during == [f"lease.coordination.k8s.io/{LEASE} unchanged\ncron-2"]
    assert pool.holder == ""
