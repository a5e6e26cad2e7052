from __future__ import annotations

import pytest
from msgspec.structs import replace

from netsim.model.finding import Finding, Severity
from netsim.model.location import Location

FLOW = Finding(
    "exposed",
    Severity.ERROR,
    "web -> db TCP 1: allowed",
    Location("a.yaml", 7),
    policy="shop/db",
    flows=("web -> db TCP 1", "api -> db TCP 1"),
)
PEER = Finding(
    "peer-matches-nothing",
    Severity.WARNING,
    "shop/db ingress[0]: none has app=wep; the nearest is shop/web, which has app=web",
    Location("a.yaml", 7, "spec.ingress[0].from[1]"),
    policy="shop/db",
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (FLOW, replace(FLOW, location=Location("b.yaml", 9, "spec"))),
        (FLOW, replace(FLOW, message="said otherwise", fix="f", patch="p", diff="d")),
        (FLOW, replace(FLOW, flows=FLOW.flows[::-1], severity=Severity.NOTE)),
        (PEER, replace(PEER, location=Location("a.yaml", 70))),
        (PEER, replace(PEER, message=PEER.message.replace("[0]", "[3]"))),
        (PEER, replace(PEER, message=PEER.message.partition("; ")[0])),
        (replace(PEER, message="see a.yaml:3"), replace(PEER, message="see a.yaml:12")),
    ],
)
def test_the_fingerprint_stays(old: Finding, new: Finding) -> None:
    assert old.fingerprint == new.fingerprint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (FLOW, replace(FLOW, rule="forbidden")),
        (FLOW, replace(FLOW, policy="shop/api")),
        (FLOW, replace(FLOW, policy=None)),
        (FLOW, replace(FLOW, flows=FLOW.flows[:1])),
        (FLOW, replace(FLOW, facet="egress")),
        (PEER, replace(PEER, message=PEER.message.replace("wep", "wbe"))),
        (replace(PEER, message="10.0.0.1/8"), replace(PEER, message="10.0.0.1/9")),
    ],
)
def test_another_finding_has_another_fingerprint(old: Finding, new: Finding) -> None:
    assert old.fingerprint != new.fingerprint


def test_a_name_that_is_no_text_has_a_fingerprint() -> None:
    assert len(replace(PEER, message="\udcff").fingerprint) == 32
