"""Of the rules that nearly allowed a connection, the one that an explanation shows."""

from __future__ import annotations

from pathlib import Path

import pytest

import netsim
from netsim.model.ports import Protocol
from netsim.model.verdict import NearMiss

PODS = """\
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: ops, labels: {team: a}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: c, ports: [{name: admin, containerPort: 8081}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec:
  containers:
  - name: c
    ports: [{name: http, containerPort: 80}, {name: admin, containerPort: 81}]
---
{apiVersion: v1, kind: Pod, metadata: {name: job, namespace: ops}}
---
"""


def policy(name: str, rule: str, subject: str = "{}") -> str:
    return f"""\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {name}, namespace: shop}}
spec: {{podSelector: {subject}, ingress: [{rule}]}}
---
"""


def nearest(folder: Path, text: str, source: str = "shop/web") -> NearMiss | None:
    """What is shown for a connection to TCP 80 of shop/api."""
    (folder / "cluster.yaml").write_text(PODS + text, encoding="utf-8")
    cluster = netsim.load(folder)
    ends = cluster.endpoint(source), cluster.endpoint("shop/api")
    return cluster.reachability().verdict(*ends, Protocol.TCP, 80).ingress.nearest


OTHER_PROTOCOL = "{ports: [{port: 80, protocol: UDP}]}"
OTHER_PORT = "{ports: [{port: 81}]}"
OTHER_PEER = "{from: [{podSelector: {matchLabels: {app: other}}}]}"
OTHER_PEER_TWICE = "{from: [{podSelector: {matchLabels: {app: other, tier: back}}}]}"
OTHER_PEER_AND_PORT = (
    "{from: [{podSelector: {matchLabels: {app: other}}}], ports: [{port: 81}]}"
)


@pytest.mark.parametrize(
    ("near", "far"),
    [
        (OTHER_PROTOCOL, OTHER_PORT),
        (OTHER_PORT, OTHER_PEER),
        (OTHER_PEER, OTHER_PEER_TWICE),
        (OTHER_PEER_TWICE, OTHER_PEER_AND_PORT),
    ],
)
def test_what_fails_in_less_is_nearer(tmp_path: Path, near: str, far: str) -> None:
    for text in (
        policy("near", near) + policy("far", far),
        policy("far", far) + policy("near", near),
    ):
        miss = nearest(tmp_path, text)
        assert miss is not None
        assert miss.rule.title == "shop/near ingress[0]"


def test_a_rule_that_fails_in_peer_and_port_is_not_near(tmp_path: Path) -> None:
    assert nearest(tmp_path, policy("far", OTHER_PEER_AND_PORT)) is None


def test_a_named_port_counts_as_what_the_destination_declares(tmp_path: Path) -> None:
    http, other = (OTHER_PEER_AND_PORT.replace("81", name) for name in ("http", "admin"))
    miss = nearest(tmp_path, policy("named", http))
    assert miss is not None
    assert miss.why == "wants pod label app=other, the peer has app=web"
    assert nearest(tmp_path, policy("named", other)) is None


def test_of_equals_the_one_that_names_its_subject_most_closely(tmp_path: Path) -> None:
    unlike = (
        "{matchExpressions: [{key: app, operator: Exists}, {key: old, operator: DoesNotExist}]}"
    )
    text = policy("wide", OTHER_PORT, unlike) + policy(
        "close", OTHER_PORT, "{matchLabels: {app: api}}"
    )
    miss = nearest(tmp_path, text)
    assert miss is not None
    assert miss.rule.title == "shop/close ingress[0]"


def test_of_equals_otherwise_the_first(tmp_path: Path) -> None:
    miss = nearest(tmp_path, policy("first", OTHER_PORT) + policy("second", OTHER_PORT))
    assert miss is not None
    assert miss.rule.title == "shop/first ingress[0]"


@pytest.mark.parametrize(
    ("rule", "source", "field", "why"),
    [
        (
            OTHER_PROTOCOL,
            "shop/web",
            "spec.ingress[0].ports[0]",
            "allows UDP 80, the connection is TCP 80",
        ),
        (
            "{ports: [{port: 81}, {port: metrics}]}",
            "shop/web",
            "spec.ingress[0].ports[1]",
            (
                "allows TCP 81, TCP metrics, the connection is TCP 80; "
                "the destination has no TCP port named metrics"
            ),
        ),
        (
            "{ports: [{port: admin}]}",
            "shop/web",
            "spec.ingress[0].ports[0]",
            "allows TCP admin, the connection is TCP 80; admin is 81 there",
        ),
        (
            "{from: [{podSelector: {}}]}",
            "ops/job",
            "spec.ingress[0].from[0]",
            "wants a pod of namespace shop, the peer is in ops",
        ),
        (
            "{from: [{namespaceSelector: {matchLabels: {team: b}}}]}",
            "ops/job",
            "spec.ingress[0].from[0]",
            "wants namespace label team=b, ops has team=a",
        ),
        (
            "{from: [{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.8/29]}}]}",
            "203.0.113.8",
            "spec.ingress[0].from[0]",
            (
                "wants an address of 203.0.113.0/24 except 203.0.113.8/29, "
                "the peer is any of 203.0.113.8-203.0.113.15"
            ),
        ),
        (
            "{from: [{podSelector: {}}]}",
            "203.0.113.7",
            "spec.ingress[0].from[0]",
            "wants a pod, the peer is any of 0.0.0.0-255.255.255.255",
        ),
    ],
)
def test_it_names_the_field_that_failed(
    tmp_path: Path, rule: str, source: str, field: str, why: str
) -> None:
    miss = nearest(tmp_path, policy("policy", rule), source)
    assert miss is not None
    assert (miss.location.field, miss.why) == (field, why)
