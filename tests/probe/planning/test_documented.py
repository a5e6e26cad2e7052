"""What the documentation says of connections between pods, and of addresses."""

from __future__ import annotations

import pytest

from netsim.probe.interface import Destination, Job
from netsim.probe.planning.documented import Documented, Stated
from tests.probe.samples import SCENARIO, TCP, documented, pod

EDGE = """\
  edge: {namespace: edge, labels: {app: in}}
  internet: {addresses: [0.0.0.0/0], except: [10.0.0.0/8]}
  db:"""
FLOWS = """\
flows:
  - {from: edge, to: web, ports: [TCP 3000], because: x}
  - {from: api, to: internet, ports: [TCP 443], because: x}
"""
SAID = documented(SCENARIO.replace("  db:", EDGE).replace("flows:\n", FLOWS))
PODS = {
    each.title: each for each in (pod(name, app=name) for name in ("web", "api", "db", "other"))
}


def stated(source: str, host: str, port: int, behind: str | None = None) -> Stated:
    start = PODS[f"shop/{source}"]
    target = f"shop/{behind}" if behind else None
    job = Job("1", start, source, Destination(host, TCP, port, "x", target))
    return SAID.about(job, PODS)


@pytest.mark.parametrize(
    ("source", "destination", "port", "wanted"),
    [
        ("web", "api", 4000, Stated.ALLOWED),
        ("web", "api", 4001, Stated.NOT_DRAWN),
        ("api", "web", 3000, Stated.NOT_DRAWN),
        ("api", "db", 5432, Stated.ALLOWED),
        # It must never be, on any port.
        ("web", "db", 1, Stated.NEVER),
        # The world is closed for pods that nobody wrote down, too.
        ("other", "db", 5432, Stated.NOT_DRAWN),
        ("web", "other", 80, Stated.NOT_DRAWN),
    ],
)
def test_pods(source: str, destination: str, port: int, wanted: Stated) -> None:
    assert stated(source, "10.0.0.9", port, destination) is wanted


@pytest.mark.parametrize(
    ("source", "host", "port", "wanted"),
    [
        ("api", "192.0.2.1", 443, Stated.ALLOWED),
        ("api", "192.0.2.1", 80, Stated.NOT_DRAWN),
        ("web", "192.0.2.1", 443, Stated.NOT_DRAWN),
        ("api", "10.0.0.1", 443, Stated.NOT_DRAWN),
        # A name is taken for the widest range.
        ("api", "example.com", 443, Stated.ALLOWED),
    ],
)
def test_addresses(source: str, host: str, port: int, wanted: Stated) -> None:
    assert stated(source, host, port) is wanted


def test_pods_elsewhere_are_spoken_of_where_they_meet_those_at_home() -> None:
    from msgspec.structs import replace

    start = replace(pod("in", app="in"), namespace="edge")
    home = Destination("10.0.0.9", TCP, 3000, "x", "shop/web")
    assert SAID.about(Job("1", start, "edge", home), PODS) is Stated.ALLOWED
    other = replace(home, pod="shop/other")
    assert SAID.about(Job("1", start, "edge", other), PODS) is Stated.NOT_DRAWN
    away = replace(home, pod="edge/x")
    assert SAID.about(Job("1", start, "edge", away), PODS) is Stated.SILENT


def test_without_documentation_nothing_is_stated() -> None:
    job = Job("1", pod("web"), "web", Destination("10.0.0.9", TCP, 80, "x", "shop/api"))
    assert Documented("shop").about(job, PODS) is Stated.SILENT
