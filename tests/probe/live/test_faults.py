"""What goes wrong on the way to a pod never passes for something the network did."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import pytest

from tests.fakes.laboratory import shop
from tests.fakes.laboratory.cluster import LiveCluster
from tests.fakes.laboratory.ephemeral import Fate
from tests.fakes.laboratory.exec_faults import Execs, Mishap
from tests.probe.live.runs import Prober, Run, Via, at_a_time, false_verdicts

BOTH = (Via.EXEC, Via.KUBECTL)
FEW = 2
"""Execs that fail, fewer than are tried."""


@dataclass(frozen=True)
class Trouble:
    """A fault of each exec into one pod, and whether the probe gets over it.

    ``reason`` is a pattern of what it says where it does not.
    """

    plan: Callable[[LiveCluster, Execs], None]
    times: float
    code: int
    reason: str = ""


def mishap(what: Mishap, lines: int = 0) -> Callable[[LiveCluster, Execs], None]:
    return lambda live, execs: live.exec.faults.inject(what, execs, lines=lines)


def refusal(code: int, message: str = "") -> Callable[[LiveCluster, Execs], None]:
    return lambda live, execs: live.exec.faults.refuse(code, execs, message=message)


TROUBLES = {
    # The lines are there, and so is the last of them: nothing else counts.
    "lost status": Trouble(mishap(Mishap.LOST_STATUS), inf, 0),
    "broken end": Trouble(mishap(Mishap.BROKEN_END), inf, 0),
    "aborted for a while": Trouble(mishap(Mishap.ABORTED, 1), FEW, 0),
    "aborted": Trouble(mishap(Mishap.ABORTED), inf, 2, "connection broke|abnormal closure"),
    # Each try brings a line more, and there are as many tries as lines.
    "aborted later": Trouble(mishap(Mishap.ABORTED, 1), inf, 0),
    "garbage": Trouble(mishap(Mishap.GARBAGE), inf, 2, "connection broke|bad opcode"),
    "unauthorized": Trouble(refusal(401), inf, 2, "Unauthorized"),
    "forbidden": Trouble(refusal(403), inf, 2, "orbidden"),
    "not found": Trouble(refusal(404), inf, 2, "not found"),
    "too many requests for a while": Trouble(refusal(429), FEW, 0),
    "too many requests": Trouble(refusal(429), inf, 2, "too many requests"),
    "internal error for a while": Trouble(refusal(500), FEW, 0),
    "internal error": Trouble(refusal(500), inf, 2, "dialing backend"),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
def test_trouble_is_overcome_or_told_and_never_a_verdict(
    live_shop: LiveCluster, shop_prober: Prober, trouble: Trouble
) -> None:
    for via in BOTH:
        trouble.plan(live_shop, Execs(shop.API, via.user, trouble.times))
    for via, run in shop_prober.both().items():
        assert run.code == trouble.code, (via, run.stdout, run.stderr)
        check(live_shop, run, trouble.reason)


def check(live: LiveCluster, run: Run, reason: str) -> None:
    """Nothing false, and a reason for what is not known, which is of this pod only."""
    assert false_verdicts(live, run) == []
    assert run.of("differ") == []
    unclear = run.of("inconclusive")
    assert bool(unclear) is bool(reason)
    for each in unclear:
        # Without its control, silence of its port proves nothing either.
        assert shop.API in (each["source_pod"], each["destination_pod"])
        if each["source_pod"] == shop.API:
            assert each["outcome"] == "exec-error", each
            assert re.search(reason, each["why"]), each


@pytest.mark.parametrize("via", BOTH)
def test_a_pod_that_is_deleted_midway(
    live_shop: LiveCluster, shop_prober: Prober, via: Via
) -> None:
    live_shop.exec.faults.inject(Mishap.POD_DELETED, Execs(shop.API), lines=1)
    run = shop_prober.run(via)
    assert run.code == 2
    # What came before it went is no longer believed.
    check(live_shop, run, "not found|is gone")


def test_what_hangs_is_ended_and_tried_again(
    live_shop: LiveCluster, shop_prober: Prober
) -> None:
    for via, what in zip(Via, (Mishap.HALF_FRAME, Mishap.STALLED, Mishap.HANG), strict=True):
        live_shop.exec.faults.inject(what, Execs(shop.API, via.user))
    runs = at_a_time(shop_prober.run, *Via)
    for via, run in runs.items():
        assert run.code == 0, (via, run.stdout, run.stderr)
        check(live_shop, run, "")


@pytest.mark.parametrize(
    ("fate", "why"), [(Fate.UNPULLED, "ErrImagePull"), (Fate.ENDED, "terminated")]
)
def test_an_ephemeral_container_that_does_not_run_is_no_denial(
    live_shop: LiveCluster, shop_prober: Prober, fate: Fate, why: str
) -> None:
    live_shop.ephemeral.fate = fate
    run = shop_prober.run(Via.EPHEMERAL)
    assert run.code == 2
    assert {each["observed"] for each in run.connections} == {"unknown"}
    assert all(why in each for each in run.reasons())


def test_a_server_that_shows_a_secret_is_not_quoted(
    live_shop: LiveCluster, shop_prober: Prober
) -> None:
    for via in Via:
        token = live_shop.server.tokens.of(via.user)
        execs = Execs(user=via.user, times=inf)
        live_shop.exec.faults.refuse(500, execs, message=f"bad header: Bearer {token}")
    # Each run looks for the token in what was printed.
    for run in at_a_time(shop_prober.run, *Via).values():
        assert run.code == 2
        assert any("[redacted]" in why for why in run.reasons())


def test_invalid_credentials_are_refused_before_anything_is_tried(
    live_shop: LiveCluster, shop_prober: Prober
) -> None:
    def refused(via: Via) -> Run:
        with shop_prober.start(via, *shop_prober.written) as process:
            live_shop.server.tokens.revoke(via.user)
            stdout, stderr = process.communicate()
        return Run(process.returncode, stdout, stderr)

    for run in at_a_time(refused, *Via).values():
        assert (run.code, run.stdout) == (2, "")
        assert "does not accept the credentials" in run.stderr
        assert "Traceback" not in run.stderr
