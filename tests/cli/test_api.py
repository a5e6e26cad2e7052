from __future__ import annotations

from pathlib import Path

import pytest

import netsim
from netsim.model.conventions import Conventions, IpBlockPods
from netsim.model.ports import Protocol
from netsim.model.verdict import Outcome
from tests.cli.command import MANIFESTS


def outcome(cluster: netsim.Cluster, source: str, destination: str, port: int) -> Outcome:
    ends = (cluster.endpoint(source), cluster.endpoint(destination))
    return cluster.reachability().verdict(*ends, Protocol.TCP, port).outcome


def test_the_steps_of_the_readme() -> None:
    cluster = netsim.load([MANIFESTS / "shop"])
    assert outcome(cluster, "shop/web[Deployment]", "shop/api", 4000) is Outcome.ALLOW
    assert outcome(cluster, "shop/web[Deployment]", "shop/api", 4001) is Outcome.DENY


@pytest.mark.parametrize("paths", [str(MANIFESTS / "shop"), MANIFESTS / "shop"])
def test_one_path_needs_no_list(paths: str | Path) -> None:
    assert netsim.load(paths) == netsim.load([str(MANIFESTS / "shop")])


def test_conventions() -> None:
    cluster = netsim.load(MANIFESTS / "shop")
    ends = (cluster.endpoint("shop/web"), cluster.endpoint("tools/cache"))
    for choice, expected in (
        (IpBlockPods.MATCH, Outcome.UNKNOWN),
        (IpBlockPods.IGNORE, Outcome.DENY),
    ):
        reachability = cluster.reachability(Conventions(choice))
        assert reachability.verdict(*ends, Protocol.TCP, 443).outcome is expected


def test_rejected_documents_raise() -> None:
    with pytest.raises(netsim.LoadError, match="podSelecter") as caught:
        netsim.load(MANIFESTS / "half")
    assert [found.location.line for found in caught.value.diagnostics] == [5, 12]


def test_rejected_documents_can_be_kept() -> None:
    cluster = netsim.load(MANIFESTS / "half", on_error=netsim.OnError.KEEP)
    assert len(cluster.diagnostics) == 2
    assert outcome(cluster, "ns/one", "ns/three", 1) is Outcome.ALLOW


def test_default_namespace() -> None:
    cluster = netsim.load(MANIFESTS / "odd", default_namespace="home")
    assert cluster.endpoint("home/no-namespace.with.dots-0")


def test_unknown_endpoints_are_value_errors() -> None:
    with pytest.raises(ValueError, match="did you mean"):
        netsim.load(MANIFESTS / "shop").endpoint("shop/wep")


def test_other_attributes_are_missing() -> None:
    assert not hasattr(netsim, "nothing")
