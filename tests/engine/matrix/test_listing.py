"""Workloads whose pods differ: what any of them allows counts, address by address."""

from __future__ import annotations

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.listing import pairs
from tests.rules.samples import documents, resources


def pod(name: str) -> str:
    """One of several pods of a DaemonSet, which policies tell apart."""
    return f"""\
apiVersion: v1
kind: Pod
metadata:
  name: {name}
  namespace: shop
  labels: {{pod: {name}}}
  ownerReferences:
  - {{apiVersion: apps/v1, kind: DaemonSet, name: agent, uid: u, controller: true}}
spec: {{containers: [{{name: c}}]}}
"""


def policy(name: str, direction: str, peers: str, cidr: str, port: int) -> str:
    return f"""\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {name}, namespace: shop}}
spec:
  podSelector: {{matchLabels: {{pod: {name}}}}}
  policyTypes: [Ingress, Egress]
  {direction}:
  - {peers}: [{{ipBlock: {{cidr: {cidr}}}}}]
    ports: [{{port: {port}}}]
"""


def test_where_the_ranges_of_pods_overlap_their_ports_add_up() -> None:
    wide, narrow = "20.0.0.0/8", "20.128.0.0/9"
    below, shared = "20.0.0.0-20.127.255.255[External]", "20.128.0.0-20.255.255.255[External]"
    agent = "shop/agent[DaemonSet]"
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        text = documents(
            pod("a"),
            pod("b"),
            policy("a", direction, peers, wide, 80),
            policy("b", direction, peers, narrow, 443),
        )
        found = {
            (pair.source, pair.destination): str(pair.ports)
            for pair in pairs(Evaluator.of(resources(text)))
        }
        ends = {
            area: (area, agent) if direction == "ingress" else (agent, area)
            for area in (below, shared)
        }
        assert found == {ends[below]: "TCP 80", ends[shared]: "TCP 80,443"}
