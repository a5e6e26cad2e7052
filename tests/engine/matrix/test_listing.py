"""Workloads whose pods differ: each pod is listed with what it may do itself."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.listing import pairs, split_pairs, title_of
from netsim.engine.space.atoms import Atom
from netsim.model.addresses import Family, parse_address
from netsim.model.endpoint import EXTERNAL
from netsim.model.resources import Resources, WorkloadName
from tests.rules.samples import documents, resources
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters


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


def test_where_the_ranges_of_pods_overlap_each_pod_has_its_own() -> None:
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        text = documents(
            pod("a"),
            pod("b"),
            policy("a", direction, peers, "20.0.0.0/8", 80),
            policy("b", direction, peers, "20.128.0.0/9", 443),
        )
        rows = {
            (first, second): str(pair.ports)
            for pair in split_pairs(pairs(Evaluator.of(resources(text))))
            for first, second in (sorted((pair.source, pair.destination)),)
        }
        assert rows == {
            ("20.0.0.0-20.255.255.255[External]", "shop/a[Pod]"): "TCP 80",
            ("20.128.0.0-20.255.255.255[External]", "shop/b[Pod]"): "TCP 443",
        }


def gather(cluster: Cluster, owners: Sequence[int]) -> Resources:
    """The cluster with its pods as those of a few workloads."""
    pods = tuple(
        replace(
            pod,
            name=f"p{number}",
            workload=WorkloadName(pod.namespace, f"w{owner}", "StatefulSet"),
        )
        for number, (pod, owner) in enumerate(zip(cluster.resources.pods, owners, strict=False))
    )
    return replace(cluster.resources, pods=pods)


OWNERS = st.lists(st.sampled_from((0, 0, 1)), min_size=8, max_size=8)


@thorough(300)
@given(clusters(), OWNERS)
def test_every_pod_has_the_rows_that_its_own_answers_make(
    cluster: Cluster, owners: Sequence[int]
) -> None:
    world = gather(cluster, owners)
    evaluator = Evaluator.of(world, cluster.conventions)
    universe, found = evaluator.universe, pairs(evaluator)
    rows = {(pair.source, pair.destination): pair.allowed for pair in split_pairs(found)}
    assert len(rows) == sum(1 for pair in found for _ in pair.split())
    pods = [(str(pod.workload), title_of(pod), universe.bit(pod)) for pod in world.pods]
    for owner, source, start in pods:
        for other, destination, end in pods:
            if owner == other:
                continue
            names = ((a, b) for a in (owner, source) for b in (other, destination))
            own = [rows[name] for name in names if name in rows]
            allowed = evaluator.allowed(start, end)
            assert own == ([allowed] if allowed.possible else []), (source, destination)
    for owner, title, number in pods:
        for place, atom in enumerate(universe.atoms.all):
            outside = len(universe.pods) + place
            for flow in ((outside, number), (number, outside)):
                allowed = evaluator.allowed(*flow)
                at = flow.index(number)
                own = [
                    pair.allowed
                    for pair in split_pairs(found)
                    if (pair.source, pair.destination)[at] in (owner, title)
                    and _covers((pair.source, pair.destination)[1 - at], atom)
                ]
                assert own == ([allowed] if allowed.possible else []), (title, flow)


def _covers(title: str, atom: Atom) -> bool:
    if not title.endswith(EXTERNAL):
        return False
    low, high = (parse_address(part) for part in title.removesuffix(EXTERNAL).split("-", 1))
    same = low.version == (4 if atom.family is Family.IPV4 else 6)
    return same and int(low) <= atom.interval[0] and atom.interval[1] <= int(high)


@thorough(200)
@given(clusters(), OWNERS)
def test_alike_pods_are_one_row(cluster: Cluster, owners: Sequence[int]) -> None:
    """A row about some pods is there only where others of the workload have another answer."""
    evaluator = Evaluator.of(gather(cluster, owners), cluster.conventions)
    for pair in pairs(evaluator):
        for part in pair.parts:
            assert len(part.sources.titles) <= part.sources.total
            assert len(part.destinations.titles) <= part.destinations.total
            assert not (part.sources.are_all and part.destinations.are_all)
