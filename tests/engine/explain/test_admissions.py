"""What of a rule matches a connection that it lets through."""

from __future__ import annotations

from pathlib import Path

import pytest

import netsim
from netsim.model.ports import Protocol
from netsim.model.verdict import Admission, Outcome
from tests.engine.explain.test_nearest import PODS, policy

WEB = "podSelector: {matchLabels: {app: web}}"


def admissions(folder: Path, rule: str, source: str = "shop/web") -> tuple[Admission, ...]:
    (folder / "cluster.yaml").write_text(PODS + policy("p", rule), encoding="utf-8")
    cluster = netsim.load(folder)
    ends = cluster.endpoint(source), cluster.endpoint("shop/api")
    verdict = cluster.reachability().verdict(*ends, Protocol.TCP, 80).ingress
    assert verdict.outcome is not Outcome.DENY
    return verdict.admissions


@pytest.mark.parametrize(
    ("peers", "source", "field", "says"),
    [
        (f"[{{{WEB}}}]", "shop/web", "from[0]", "podSelector app=web matches shop/web"),
        (
            "[{podSelector: {}}]",
            "shop/web",
            "from[0]",
            "podSelector {} matches every pod of namespace shop",
        ),
        (
            f"[{{{WEB}}}, {{namespaceSelector: {{matchLabels: {{team: a}}}}}}]",
            "ops/job",
            "from[1]",
            "namespaceSelector team=a matches namespace ops",
        ),
        (
            "[{namespaceSelector: {}}]",
            "ops/job",
            "from[0]",
            "namespaceSelector {} matches every pod of every namespace",
        ),
        (
            f"[{{namespaceSelector: {{}}, {WEB}}}]",
            "shop/web",
            "from[0]",
            "namespaceSelector {} with podSelector app=web matches shop/web",
        ),
        (
            "[{ipBlock: {cidr: 203.0.113.0/24}}]",
            "203.0.113.7",
            "from[0]",
            "block 203.0.113.0/24 holds 203.0.113.0-203.0.113.255",
        ),
        (
            "[{ipBlock: {cidr: 0.0.0.0/0}}]",
            "shop/web",
            "from[0]",
            "block 0.0.0.0/0 holds shop/web, of unknown address",
        ),
        # Whether it does is unknown.
        (
            "[{ipBlock: {cidr: 10.1.0.0/16}}]",
            "shop/web",
            "from[0]",
            "block 10.1.0.0/16 may hold shop/web, of unknown address",
        ),
        (
            "[{podSelector: {matchLabels: {app: '${APP}'}}}]",
            "shop/web",
            "from[0]",
            "podSelector app=${APP} may match shop/web",
        ),
        (
            "[{namespaceSelector: {matchLabels: {team: '${TEAM}'}}}]",
            "ops/job",
            "from[0]",
            "namespaceSelector team=${TEAM} may match namespace ops",
        ),
    ],
)
def test_the_peer(tmp_path: Path, peers: str, source: str, field: str, says: str) -> None:
    (found,) = admissions(tmp_path, f"{{from: {peers}}}", source)
    (matched,) = found.peers
    assert (matched.field, matched.says) == (field, says)
    assert matched.location.field == f"spec.ingress[0].{field}"


def test_every_peer_that_matches(tmp_path: Path) -> None:
    (found,) = admissions(tmp_path, f"{{from: [{{{WEB}}}, {{podSelector: {{}}}}]}}")
    assert [each.field for each in found.peers] == ["from[0]", "from[1]"]


def test_a_rule_without_peers_is_for_anyone(tmp_path: Path) -> None:
    (found,) = admissions(tmp_path, "{ports: [{port: 80}]}")
    (matched,) = found.peers
    assert (matched.field, matched.says) == ("from", "is left out: any source matches")


@pytest.mark.parametrize(
    ("ports", "field", "says"),
    [
        ("[{port: 80}]", "ports[0]", "TCP 80"),
        ("[{port: 443}, {port: 79, endPort: 90}]", "ports[1]", "TCP 79-90"),
        ("[{port: 80, protocol: UDP}, {protocol: TCP}]", "ports[1]", "TCP every port"),
        ("[{port: admin}, {port: http}]", "ports[1]", "TCP http is 80"),
        ("[{port: '${PORT}'}]", "ports[0]", "TCP ${PORT} may be 80"),
        ("[]", "ports", "are left out: any port matches"),
    ],
)
def test_the_port(tmp_path: Path, ports: str, field: str, says: str) -> None:
    (found,) = admissions(tmp_path, f"{{ports: {ports}}}")
    assert (found.port.field, found.port.says) == (field, says)
