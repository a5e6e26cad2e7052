"""Ctrl-C: what is known is printed, and nothing is left running, here or in a pod."""

from __future__ import annotations

import time
from math import inf

from tests.fakes.laboratory import processes, shop
from tests.fakes.laboratory.cluster import LiveCluster
from tests.fakes.laboratory.exec_faults import Execs, Mishap
from tests.probe.live.runs import Prober, Run, Via, at_a_time

PODS = 3
PATIENCE = 20.0
# For connections that may take a second, on a busy machine.
AMPLE = 4.0
# The name that the program has in a pod, and kubectl in front of it.
NAME = "netsim-probe"


def test_an_interrupt_leaves_nothing_and_tells_what_is_known(
    live_shop: LiveCluster, shop_prober: Prober
) -> None:
    live_shop.exec.faults.inject(Mishap.STALLED, Execs(shop.API, times=inf), lines=1)

    def interrupted(via: Via) -> Run:
        return shop_prober.interrupted(via, lambda: wait_until_others_are_done(live_shop, via))

    for via, run in at_a_time(interrupted, *Via).items():
        assert run.code in (2, 130), run.stderr
        assert run.found["extent"]["interrupted"] is True
        assert run.found["conclusion"] == "inconclusive"
        # The others had come back by then.
        assert run.one("web", "api", 4000)["observed"] == "allow", via
        assert run.one("database", "web", 8080)["outcome"] == "timeout", via
        assert "interrupted" in run.reasons()
    processes.wait_until_gone(NAME, PATIENCE)


def wait_until_others_are_done(live: LiveCluster, via: Via) -> None:
    """All have begun, and but for the one that stalls have had their time."""
    end = time.monotonic() + PATIENCE
    while len(execs(live, via)) < PODS and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(AMPLE)


def execs(live: LiveCluster, via: Via) -> list[str]:
    return [
        entry.path
        for entry in live.server.log
        if entry.status == 101 and entry.user == via.user
    ]
