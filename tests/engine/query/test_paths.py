from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from msgspec.structs import replace

from netsim.engine.policy.rectangle import Certainty
from netsim.engine.query.hops import CONTROLLER as TITLE
from netsim.engine.query.paths import ShortestPath, find_shortest_path
from netsim.engine.query.subject import Subject
from netsim.engine.reachability import Reachability
from netsim.model.addresses import AddressSet
from netsim.model.conventions import Conventions
from netsim.model.endpoint import ExternalEndpoint
from netsim.model.ports import PortSet, Protocol
from netsim.model.resources import Resources
from tests.engine.query.worlds import World, distances
from tests.rules.samples import documents, pod, policy, resources
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters

DENY = policy("deny", "podSelector: {}\npolicyTypes: [Ingress, Egress]")


def opened(source: str, destination: str, port: int) -> str:
    """Two policies that open one connection."""
    selectors = [f"{{matchLabels: {{app: {name}}}}}" for name in (source, destination)]
    ports = f"ports: [{{port: {port}}}]"
    return documents(
        policy(
            f"{source}-{destination}-{port}-out",
            f"podSelector: {selectors[0]}\npolicyTypes: [Egress]\n"
            f"egress: [{{to: [podSelector: {selectors[1]}], {ports}}}]",
        ),
        policy(
            f"{source}-{destination}-{port}-in",
            f"podSelector: {selectors[1]}\n"
            f"ingress: [{{from: [podSelector: {selectors[0]}], {ports}}}]",
        ),
    )


PODS = documents(*(pod(name) for name in "abcd"))
CHAIN = resources(
    documents(PODS, DENY, opened("a", "b", 80), opened("b", "c", 443), opened("c", "d", 53))
)


def world(of: Resources) -> World:
    """With two addresses that questions are about."""
    cuts = (AddressSet.parse("192.0.2.1"), AddressSet.parse("198.51.100.1"))
    return World(Cluster(of, Conventions()), Reachability.of(of, None, cuts))


def outside(found: World, address: str) -> Subject:
    end = ExternalEndpoint(address, AddressSet.parse(address))
    return Subject.of(found.reachability.universe, end)


def asked(
    of: Resources, source: str, destination: str, most: int | None = None, port: int = 0
) -> list[str] | None:
    found = world(of)
    pods = {each.name: each for each in of.pods}
    target = found.subject(pods[destination])
    if port:
        target = replace(target, ports=PortSet.of(Protocol.TCP, port))
    way = find_shortest_path(found.hops, found.subject(pods[source]), target, most)
    return written(way) if way else None


def written(way: ShortestPath) -> list[str]:
    return [f"{hop.source} {hop.destination} {hop.ports}" for hop in way.hops]


@pytest.mark.parametrize(
    ("source", "destination", "most", "way"),
    [
        ("a", "b", None, ["shop/a shop/b TCP 80"]),
        ("a", "c", None, ["shop/a shop/b[Pod] TCP 80", "shop/b[Pod] shop/c TCP 443"]),
        ("a", "c", 2, ["shop/a shop/b[Pod] TCP 80", "shop/b[Pod] shop/c TCP 443"]),
        ("a", "c", 1, None),
        ("c", "a", None, None),
    ],
)
def test_a_chain(
    source: str, destination: str, most: int | None, way: list[str] | None
) -> None:
    assert asked(CHAIN, source, destination, most) == way


def test_the_port_is_that_of_the_last_hop() -> None:
    further = resources(
        documents(PODS, DENY, opened("a", "b", 80), opened("b", "c", 443), opened("a", "c", 22))
    )
    assert asked(further, "a", "c") == ["shop/a shop/c TCP 22"]
    assert asked(further, "a", "c", port=443) == [
        "shop/a shop/b[Pod] TCP 80",
        "shop/b[Pod] shop/c TCP 443",
    ]
    assert asked(further, "a", "c", port=80) is None


def test_only_the_last_hop_is_kept_to_the_port() -> None:
    two_ports = documents(opened("b", "c", 443), opened("b", "c", 22))
    wide = resources(documents(PODS, DENY, opened("a", "b", 80), two_ports))
    assert asked(wide, "a", "c", port=443) == [
        "shop/a shop/b[Pod] TCP 80",
        "shop/b[Pod] shop/c TCP 443",
    ]


def test_two_pods_of_a_workload_are_not_one_hop() -> None:
    """One is open to the source and the other to the destination."""
    split = resources(documents(PODS, DENY, opened("a", "b", 80), opened("c", "d", 53)))
    owner = split.pods[1].workload
    pods = tuple(replace(p, workload=owner) if p.name == "c" else p for p in split.pods)
    assert asked(replace(split, pods=pods), "a", "d") is None


def test_any_pod_of_the_ends_does() -> None:
    """The hop has every port that any source may use to any destination."""
    given_ = resources(
        documents(PODS, DENY, opened("a", "c", 80), opened("a", "d", 443), opened("b", "d", 53))
    )
    found = world(given_)
    a, b, c, d = given_.pods
    ends = found.subject(a, b, title="clients"), found.subject(c, d, title="servers")
    way = find_shortest_path(found.hops, *ends)
    assert way is not None
    some = "(some of its pods)"
    assert written(way) == [f"clients {some} servers {some} TCP 53,80,443"]


def test_an_address_is_no_hop_in_the_middle() -> None:
    """Both talk to the internet, which does not make a way from one to the other."""
    block = "ipBlock: {cidr: 198.51.100.0/24}"
    text = documents(
        PODS,
        DENY,
        policy("out", f"podSelector: {{}}\npolicyTypes: [Egress]\negress: [{{to: [{block}]}}]"),
        policy("in", f"podSelector: {{}}\ningress: [{{from: [{block}]}}]"),
    )
    assert asked(resources(text), "a", "b") is None


def test_from_outside_a_way_leads_through_entries() -> None:
    entry = documents(
        "apiVersion: v1\nkind: Service\nmetadata: {name: b, namespace: shop}\n"
        "spec: {selector: {app: b}, ports: [{port: 80}]}",
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\n"
        "metadata: {name: b, namespace: shop}\n"
        "spec: {defaultBackend: {service: {name: b, port: {number: 80}}}}",
        policy(
            "in",
            "podSelector: {matchLabels: {app: b}}\ningress: [{from: [namespaceSelector: {}]}]",
        ),
    )
    given_ = resources(documents(PODS, DENY, opened("b", "c", 443), entry))
    found = world(given_)
    way = find_shortest_path(
        found.hops, outside(found, "192.0.2.1"), found.subject(given_.pods[2])
    )
    assert way is not None
    assert [hop.destination for hop in way.hops] == [TITLE, "shop/b[Pod]", "shop/c"]
    assert str(way.hops[1].ports) == "TCP 80"


def test_two_addresses_have_no_way_but_through_pods() -> None:
    found = world(resources(documents(pod("a"), DENY)))
    source, destination = (outside(found, text) for text in ("192.0.2.1", "198.51.100.1"))
    assert find_shortest_path(found.hops, source, destination) is None
    found = world(resources(pod("a")))
    source, destination = (outside(found, text) for text in ("192.0.2.1", "198.51.100.1"))
    way = find_shortest_path(found.hops, source, destination)
    assert way is not None
    assert [hop.destination for hop in way.hops] == ["shop/a[Pod]", "198.51.100.1"]


def all_pairs(found: World) -> Iterator[tuple[int, int]]:
    yield from (
        (a, b) for a in range(len(found.pods)) for b in range(len(found.pods)) if a != b
    )


@given(clusters())
@thorough(150)
def test_there_is_a_way_where_hops_of_single_pods_make_one(cluster: Cluster) -> None:
    found = World.of(cluster)
    hops = found.hops
    sure, possible = (found.edges(certainty) for certainty in Certainty)
    for a, b in all_pairs(found):
        way = find_shortest_path(
            hops, found.subject(found.pods[a]), found.subject(found.pods[b])
        )
        near, maybe = distances(sure, a).get(b), distances(possible, a).get(b)
        if near is not None:
            event("sure" if near < 2 else "sure, over hops")
            assert way is not None
            assert (way.certainty, len(way.hops)) == (Certainty.SURE, near)
            assert all(hop.ports for hop in way.hops)
        elif maybe is not None:
            event("possible")
            assert way is not None
            assert (way.certainty, len(way.hops)) == (Certainty.POSSIBLE, maybe)
            assert all(hop.ports or hop.unknown for hop in way.hops)
        else:
            assert way is None


@given(clusters(), st.integers(1, 3))
@thorough(50)
def test_no_way_is_longer_than_asked_for(cluster: Cluster, most: int) -> None:
    found = World.of(cluster)
    hops = found.hops
    possible = found.edges(Certainty.POSSIBLE)
    for a, b in all_pairs(found):
        ends = (found.subject(found.pods[a]), found.subject(found.pods[b]))
        way = find_shortest_path(hops, *ends, most)
        assert (way is not None) == (distances(possible, a).get(b, most + 1) <= most)
        assert way is None or len(way.hops) <= most
