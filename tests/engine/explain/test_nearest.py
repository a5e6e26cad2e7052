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


# --- policies that do not select the subject ---

WEB = "{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 80}]}"
DENY = policy("deny", "", "{}").replace("ingress: []", "policyTypes: [Ingress]")


def elsewhere(name: str, subject: str, rule: str = WEB, spec: str = "") -> str:
    return policy(name, rule, subject).replace("ingress:", f"{spec}ingress:")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            elsewhere("typo", "{matchLabels: {app: ap}}"),
            "shop/typo would allow it, but selects app=ap; shop/api has app=api",
        ),
        (
            elsewhere("lacks", "{matchLabels: {app: api, tier: back}}"),
            "shop/lacks would allow it, but selects tier=back; shop/api has no label tier",
        ),
        (
            elsewhere("two", "{matchLabels: {tier: back, part: x}}"),
            (
                "shop/two would allow it, but selects part=x and tier=back; shop/api has "
                "no label part and no label tier"
            ),
        ),
        # The policy of another pod, which names this peer at this port.
        (
            elsewhere("of-web", "{matchLabels: {app: web}}"),
            "shop/of-web would allow it, but selects app=web; shop/api has app=api",
        ),
        (
            policy(
                "away",
                "{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}]}",
                "{matchLabels: {app: api}}",
            ).replace("namespace: shop", "namespace: ops"),
            (
                "ops/away would allow it, but is in namespace ops, and selects pods of its own "
                "namespace only; shop/api is in shop"
            ),
        ),
        (
            elsewhere("types", "{matchLabels: {app: api}}", spec="policyTypes: [Egress], "),
            (
                "would allow it, but has no effect: policyTypes of shop/types does not list "
                "Ingress"
            ),
        ),
        (
            policy("turned", WEB, "{matchLabels: {app: api}}").replace(
                "ingress: [{from:", "policyTypes: [Egress], egress: [{to:"
            ),
            "is about connections from shop/api; this one needs an ingress rule",
        ),
    ],
)
def test_a_policy_that_nearly_selects_the_subject(tmp_path: Path, text: str, why: str) -> None:
    miss = nearest(tmp_path, DENY + text)
    assert miss is not None
    assert miss.why == why


@pytest.mark.parametrize(
    "text",
    [
        # It selects another pod, and is open to anyone: it is about that pod.
        elsewhere("of-web", "{matchLabels: {app: web}}", "{}"),
        # Nothing about its subject matches.
        elsewhere("other", "{matchLabels: {a: b, c: d, e: f}}"),
        # Its rule does not match either.
        elsewhere("lacks", "{matchLabels: {app: api, tier: back}}", OTHER_PEER),
        # It is in another namespace, and is about all pods there.
        elsewhere("away", "{}", "{}").replace("namespace: shop", "namespace: ops"),
        # The other direction, for anyone.
        policy("turned", "{ports: [{port: 80}]}").replace(
            "ingress:", "policyTypes: [Egress], egress:"
        ),
    ],
)
def test_a_policy_for_something_else_is_not_near(tmp_path: Path, text: str) -> None:
    assert nearest(tmp_path, DENY + text) is None


@pytest.mark.parametrize(
    ("near", "far"),
    [
        # What has no effect was meant for this, whatever else there is.
        (
            elsewhere("near", "{matchLabels: {app: api}}", spec="policyTypes: [Egress], "),
            policy("far", OTHER_PORT),
        ),
        # A policy that selects nobody is a slip; one rule for other ports is not.
        (elsewhere("near", "{matchLabels: {app: api, x: y}}"), policy("far", OTHER_PORT)),
        # The rule that names the peer, though for another port, and the one for anyone.
        (
            policy("near", WEB.replace("80", "81"), "{matchLabels: {app: api}}"),
            policy("far", OTHER_PORT),
        ),
        # A label of a peer that no pod has, and that of a peer that is there.
        (
            policy("near", "{from: [{podSelector: {matchLabels: {app: weeb}}}]}"),
            policy("far", "{from: [{podSelector: {matchLabels: {app: api}}}]}"),
        ),
    ],
)
def test_what_names_nobody_is_nearer(tmp_path: Path, near: str, far: str) -> None:
    for text in (near + far, far + near):
        miss = nearest(tmp_path, DENY + text)
        assert miss is not None
        assert miss.rule.policy.name == "near"


def test_the_rule_that_names_the_pods_of_another_namespace_is_nearer(tmp_path: Path) -> None:
    own = policy("own", "{from: [{podSelector: {}}]}")
    named = policy("named", "{from: [{podSelector: {matchLabels: {app: job}}}]}")
    pods = (
        "{apiVersion: v1, kind: Pod, metadata: {name: run, namespace: ops, labels: {app: job}}}"
    )
    miss = nearest(tmp_path, own + named + pods, "ops/run")
    assert miss is not None
    assert miss.rule.title == "shop/named ingress[0]"


def test_a_second_rule_is_named_where_it_is_as_near(tmp_path: Path) -> None:
    (tmp_path / "cluster.yaml").write_text(
        PODS
        + elsewhere("lacks", "{matchLabels: {app: api, tier: back}}")
        + policy("own", WEB.replace("80", "81"), "{matchLabels: {app: api}}"),
        encoding="utf-8",
    )
    cluster = netsim.load(tmp_path)
    ends = cluster.endpoint("shop/web"), cluster.endpoint("shop/api")
    found = cluster.reachability().verdict(*ends, Protocol.TCP, 80).ingress
    assert found.nearest is not None
    assert found.also_near is not None
    titles = [miss.rule.title for miss in (found.nearest, found.also_near)]
    assert titles == ["shop/lacks ingress[0]", "shop/own ingress[0]"]


def test_labels_are_those_of_the_pod_that_was_asked_about(tmp_path: Path) -> None:
    """No selector tells these two apart, so that they are one class."""
    twins = """\
{apiVersion: v1, kind: Pod, metadata: {name: one, namespace: shop, labels: {part: one}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: two, namespace: shop, labels: {part: two}}}
---
"""
    rule = "{from: [{podSelector: {matchLabels: {part: three}}}]}"
    miss = nearest(tmp_path, twins + policy("p", rule), "shop/two")
    assert miss is not None
    assert miss.why == "wants pod label part=three, the peer has part=two"
