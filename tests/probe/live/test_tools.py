"""Images with all kinds of tools, and with none."""

from __future__ import annotations

import pytest

from tests.fakes.laboratory import tools
from tests.fakes.laboratory.cluster import LiveCluster
from tests.fakes.laboratory.nftables import Denial
from tests.fakes.laboratory.shop import documents as shop_documents
from tests.fakes.laboratory.tools import ToolMissingError, Toolset
from tests.probe.live.runs import Prober, Via, at_a_time, false_verdicts

# What the image has, and which tool of it is used.
ABLE = {
    "openbsd": (tools.NC_OPENBSD, "openbsd"),
    "openbsd among others": (tools.NC_OPENBSD | tools.COREUTILS | tools.BASH, "openbsd"),
    "traditional": (tools.NC_TRADITIONAL, "traditional"),
    "ncat": (tools.NCAT, "ncat"),
    "busybox": (tools.NC_BUSYBOX, "busybox-minimal"),
    "bash": (tools.BASH, "bash"),
    "python": (tools.PYTHON, "python3"),
    "bash besides a minimal nc": (tools.NC_BUSYBOX | tools.BASH, "bash"),
}
UNABLE = {
    "only a shell": (tools.SHELL, "neither a usable nc"),
    "nothing": (tools.NOTHING, "no shell"),
}


def offer(live: LiveCluster, toolset: Toolset) -> None:
    try:
        live.offer(toolset)
    except ToolMissingError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize(("toolset", "used"), ABLE.values(), ids=ABLE.keys())
def test_every_tool_tells_allowed_from_denied(
    live_shop: LiveCluster, shop_prober: Prober, toolset: Toolset, used: str
) -> None:
    offer(live_shop, toolset)
    run = shop_prober.run(Via.EXEC)
    assert {each["tool"] for each in run.connections} == {used}
    assert false_verdicts(live_shop, run) == []
    assert run.code == 0, run.stdout


@pytest.mark.parametrize("name", ["traditional", "ncat", "busybox", "bash", "python"])
def test_every_tool_notices_a_rejection(
    live_shop: LiveCluster, shop_prober: Prober, name: str
) -> None:
    live_shop.become(shop_documents(), denial=Denial.PROHIBITED)
    offer(live_shop, ABLE[name][0])
    # A rejection that is quicker than connect() is heeded at the second try, a second later.
    run = shop_prober.run(Via.EXEC, "--timeout", "3")
    denied = {each["outcome"] for each in run.connections if each["observed"] == "deny"}
    assert denied == {"unreachable"}
    assert run.code == 0, run.stdout


@pytest.mark.parametrize(("toolset", "why"), UNABLE.values(), ids=UNABLE.keys())
def test_without_tools_nothing_is_known_but_with_an_ephemeral_container(
    live_shop: LiveCluster, shop_prober: Prober, toolset: Toolset, why: str
) -> None:
    offer(live_shop, toolset)
    runs = at_a_time(shop_prober.run, *Via)
    assert runs.pop(Via.EPHEMERAL).code == 0
    for run in runs.values():
        assert run.code == 2
        assert {(each["observed"], each["outcome"]) for each in run.connections} == {
            ("unknown", "no-tool")
        }
        assert all(why in each for each in run.reasons())


# Without something that sleeps, ncat leaves before an answer may have come; the minimal nc of
# BusyBox cannot send any datagram.
DATAGRAMS = {
    "openbsd": (tools.NC_OPENBSD, "allow"),
    "traditional": (tools.NC_TRADITIONAL, "allow"),
    "ncat": (tools.NCAT, "unknown"),
    "ncat and sleep": (tools.NCAT | tools.COREUTILS, "allow"),
    "busybox": (tools.NC_BUSYBOX, "unknown"),
    "python": (tools.PYTHON, "allow"),
}


@pytest.mark.parametrize(("toolset", "seen"), DATAGRAMS.values(), ids=DATAGRAMS.keys())
def test_datagrams_are_judged_by_their_answers(
    live: LiveCluster, prober: Prober, toolset: Toolset, seen: str
) -> None:
    offer(live, toolset)
    run = prober.run(Via.EXEC)
    assert false_verdicts(live, run) == []
    datagrams = [each for each in run.connections if each["protocol"] == "UDP"]
    assert {each["observed"] for each in datagrams} == {seen}
    assert run.code == (0 if seen == "allow" else 2), run.stdout
