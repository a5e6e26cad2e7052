"""Cases decided by hand, from text to verdict; random clusters are in test_random_clusters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from netsim.engine.naming.endpoints import resolve
from netsim.engine.reachability import Reachability
from netsim.loader.load import load
from netsim.model.conventions import Conventions, IpBlockPods
from netsim.model.ports import Protocol
from netsim.model.verdict import Outcome, Verdict

PODS = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, ports: [{name: http, containerPort: 80}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: solo, namespace: shop, labels: {app: solo}}
spec: {nodeName: n1, containers: [{name: c}]}
status: {podIP: 10.1.0.5}
---
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: ops, labels: {app: agent}}
spec: {nodeName: n1, hostNetwork: true, containers: [{name: c}]}
status: {podIP: 192.168.7.1}
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: 192.168.7.1}]}
---
"""
DENY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress]}
---
"""
BLOCKS = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: blocks, namespace: shop}}
spec: {{podSelector: {{matchLabels: {{app: solo}}}}, ingress: [{{from: [{peers}]}}]}}
"""


Ask = Callable[..., Verdict]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    def verdict(
        text: str, source: str, destination: str, pods: IpBlockPods = IpBlockPods.MATCH
    ) -> Verdict:
        file = tmp_path / "cluster.yaml"
        file.write_text(text, encoding="utf-8")
        loaded = load([str(file)])
        assert not loaded.errors
        reachability = Reachability.of(loaded.resources, Conventions(pods))
        ends = [resolve(loaded.resources, name) for name in (source, destination)]
        return reachability.verdict(ends[0], ends[1], Protocol.TCP, 80)

    return verdict


def blocks(*cidrs: str) -> str:
    return BLOCKS.format(peers=", ".join(f"{{ipBlock: {{cidr: {cidr}}}}}" for cidr in cidrs))


PRIVATE = ("10.0.0.0/9", "10.128.0.0/9", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")
WEB = "shop/web[Deployment]"


@pytest.mark.parametrize(
    ("policies", "source", "destination", "expected"),
    [
        ("", WEB, "shop/solo", Outcome.ALLOW),
        (DENY, WEB, "shop/solo", Outcome.DENY),
        # A running pod reaches itself; the pods of a template are several.
        (DENY, "shop/solo", "shop/solo", Outcome.ALLOW),
        (DENY, WEB, WEB, Outcome.DENY),
        # The node of a pod, by its address and by a pod on its network.
        (DENY, "192.168.7.1", "shop/solo", Outcome.ALLOW),
        (DENY, "ops/agent", "shop/solo", Outcome.ALLOW),
        (DENY, "ops/agent", WEB, Outcome.ALLOW),  # there is no other node
        # A pod of unknown address: blocks that hold its ranges only together, or in part.
        (blocks(*PRIVATE), WEB, "shop/solo", Outcome.ALLOW),
        (blocks(*PRIVATE[1:]), WEB, "shop/solo", Outcome.UNKNOWN),
        (blocks("8.0.0.0/8"), WEB, "shop/solo", Outcome.DENY),
        (blocks("8.0.0.0/8"), "8.8.8.8", "shop/solo", Outcome.ALLOW),
        # A family of its own: an IPv4 block says nothing of IPv6.
        (blocks("0.0.0.0/0"), "2001:db8::1", "shop/solo", Outcome.DENY),
    ],
)
def test_verdict(
    ask: Ask, policies: str, source: str, destination: str, expected: Outcome
) -> None:
    assert ask(PODS + policies, source, destination).outcome is expected


@pytest.mark.parametrize(
    ("pods", "expected"),
    [
        (IpBlockPods.MATCH, Outcome.ALLOW),
        (IpBlockPods.KNOWN, Outcome.DENY),
        (IpBlockPods.IGNORE, Outcome.DENY),
    ],
)
def test_convention_for_pods(ask: Ask, pods: IpBlockPods, expected: Outcome) -> None:
    text = PODS + blocks("0.0.0.0/0")
    assert ask(text, WEB, "shop/solo", pods).outcome is expected


def test_reasons_name_rule_and_line(ask: Ask) -> None:
    text = PODS + DENY + blocks("10.0.0.0/8")
    found = ask(text, WEB, "shop/solo")
    assert found.outcome is Outcome.UNKNOWN
    assert [rule.title for rule in found.ingress.rules] == ["shop/blocks ingress[0]"]
    denied = ask(PODS + DENY + blocks("8.0.0.0/8"), "9.9.9.9", "shop/solo")
    assert [policy.title for policy in denied.ingress.policies] == ["shop/deny", "shop/blocks"]
    near = denied.ingress.nearest
    assert near is not None
    assert near.location.field == "spec.ingress[0].from[0]"
    assert near.why == ("wants an address of 8.0.0.0/8, the peer is any of 9.0.0.0-192.168.7.0")


SEVERAL = """
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: shop}
status: {podIP: 10.1.0.9, podIPs: [{ip: 10.1.0.9}, {ip: "fd00::9"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: server, namespace: shop, labels: {app: solo}}
status: {podIPs: [{ip: 10.1.0.1}, {ip: 10.2.0.1}, {ip: "fd00::1"}]}
---
"""


def test_by_address_only_the_family_of_the_other_end_counts(ask: Ask) -> None:
    text = SEVERAL + blocks("10.1.0.0/16")
    assert ask(text, "10.1.0.9", "shop/server").outcome is Outcome.ALLOW
    assert ask(text, "fd00::9", "shop/server").outcome is Outcome.DENY
    out = text.replace("ingress: [{from:", "policyTypes: [Egress], egress: [{to:")
    assert ask(out, "shop/server", "10.1.0.9").outcome is Outcome.ALLOW
    assert ask(out, "shop/server", "fd00::9").outcome is Outcome.DENY


REPLICA = """
apiVersion: v1
kind: Pod
metadata:
  name: queue-NUMBER
  namespace: shop
  labels: {queue: "NUMBER"}
  ownerReferences: [{kind: StatefulSet, name: queue, controller: true}]
---
"""


def test_of_pods_that_differ_a_denied_one_is_shown(ask: Ask) -> None:
    replicas = "".join(REPLICA.replace("NUMBER", str(number)) for number in range(3))
    closed = DENY.replace("podSelector: {}", "podSelector: {matchLabels: {queue: '1'}}")
    found = ask(PODS + replicas + closed, WEB, "shop/queue[StatefulSet]")
    assert found.outcome is Outcome.UNKNOWN
    assert found.ingress.outcome is Outcome.DENY
