from __future__ import annotations

from collections import defaultdict

from hypothesis import event, given

from netsim.engine.matrix.listing import pairs
from netsim.engine.policy.rectangle import Certainty
from netsim.engine.query.blast_radius import Reached, blast_radius
from netsim.model.conventions import Conventions
from netsim.model.ports import PortSet
from tests.engine.query.worlds import World, distances
from tests.rules.samples import documents, pod, policy, resources
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters

EMPTY = PortSet.empty()


def rows(text: str, name: str, most: int | None = None) -> list[str]:
    given_ = resources(text)
    world = World.of(Cluster(given_, Conventions()))
    source = next(each for each in given_.pods if each.name == name)
    return [shown(each) for each in blast_radius(world.hops, world.subject(source), most)]


def shown(each: Reached) -> str:
    way = " ".join(hop.destination for hop in each.way)
    unknown = f" unknown {each.unknown}" if each.unknown else ""
    return f"{way}: {each.ports}{unknown}"


def chain(block: str = "198.51.100.0/24") -> str:
    """a reaches b and c on 80, b reaches c on every port and a block."""
    to = "podSelector: {matchLabels: {app: %s}}"
    a = f"[{{to: [{to % 'b'}, {to % 'c'}], ports: [{{port: 80}}]}}]"
    b = f"[{{to: [{to % 'c'}, ipBlock: {{cidr: {block}}}]}}]"
    spec = "podSelector: {matchLabels: {app: %s}}\npolicyTypes: [Egress]\negress: %s"
    return documents(
        *(pod(name) for name in "abc"),
        policy("a", spec % ("a", a)),
        policy("b", spec % ("b", b)),
        policy("c", spec % ("c", "[]")),
    )


def test_further_ports_are_listed_at_the_distance_that_opens_them() -> None:
    assert rows(chain(), "a") == [
        "shop/b[Pod]: TCP 80",
        "shop/c[Pod]: TCP 80",
        "shop/b[Pod] 198.51.100.0-198.51.100.255[External]: All Connections",
        "shop/b[Pod] shop/c[Pod]: SCTP 1-65535,TCP 1-79,81-65535,UDP 1-65535",
    ]


def test_only_so_many_hops() -> None:
    assert rows(chain(), "a", 1) == ["shop/b[Pod]: TCP 80", "shop/c[Pod]: TCP 80"]
    assert rows(chain(), "c") == []


def test_what_needs_an_unknown_connection_is_unknown() -> None:
    """Whether the block holds b is not known, as b has no address."""
    to_b = "[{to: [ipBlock: {cidr: 10.1.0.0/16}], ports: [{port: 80}]}]"
    to_c = "[{to: [podSelector: {matchLabels: {app: c}}], ports: [{port: 443}]}]"
    spec = "podSelector: {matchLabels: {app: %s}}\npolicyTypes: [Egress]\negress: %s"
    text = documents(
        *(pod(name) for name in "abc"),
        policy("a", spec % ("a", to_b)),
        policy("b", spec % ("b", to_c)),
        policy("c", spec % ("c", "[]")),
        policy(
            "in",
            "podSelector: {matchLabels: {app: c}}\n"
            "ingress: [{from: [podSelector: {matchLabels: {app: b}}]}]",
        ),
    )
    assert rows(text, "a") == [
        "10.1.0.0-10.1.255.255[External]: TCP 80",
        "shop/b[Pod]:  unknown TCP 80",
        "shop/b[Pod] shop/c[Pod]:  unknown TCP 443",
    ]


def test_an_unknown_connection_is_listed_beside_a_longer_sure_way() -> None:
    spec = "podSelector: {matchLabels: {app: %s}}\npolicyTypes: [Egress]\negress: %s"
    to_b = "{to: [ipBlock: {cidr: 10.1.0.0/16}], ports: [{port: 80}]}"
    to_c = "{to: [podSelector: {matchLabels: {app: c}}], ports: [{port: 443}]}"
    further = "{to: [podSelector: {matchLabels: {app: b}}], ports: [{port: 80}]}"
    text = documents(
        *(pod(name) for name in "abc"),
        policy("a", spec % ("a", f"[{to_b}, {to_c}]")),
        policy("b", spec % ("b", "[]")),
        policy("c", spec % ("c", f"[{further}]")),
        policy("in", "podSelector: {matchLabels: {app: c}}\ningress: [{ports: [{port: 443}]}]"),
    )
    assert rows(text, "a") == [
        "10.1.0.0-10.1.255.255[External]: TCP 80",
        "shop/b[Pod]:  unknown TCP 80",
        "shop/c[Pod]: TCP 443",
        "shop/c[Pod] shop/b[Pod]: TCP 80",
    ]


@given(clusters())
@thorough(100)
def test_one_hop_away_are_the_rows_of_the_list(cluster: Cluster) -> None:
    world = World.of(cluster)
    listed = pairs(world.evaluator)
    titles = {str(pod.workload) for pod in world.pods}
    for title in titles:
        pods = [pod for pod in world.pods if str(pod.workload) == title]
        found = blast_radius(world.hops, world.subject(*pods, title=title), 1)
        direct = {(each.title, each.ports, each.unknown) for each in found}
        # Ranges with equal ports are one row there, and so here.
        assert direct == {
            (pair.destination, pair.ports, pair.unknown)
            for pair in listed
            if pair.source == title
        }


@given(clusters())
@thorough(100)
def test_everything_within_reach_is_listed_at_its_distance(cluster: Cluster) -> None:
    world = World.of(cluster)
    hops = world.hops
    sure, possible = (world.edges(certainty) for certainty in Certainty)
    for start, source in enumerate(world.pods):
        near: dict[str, int] = {}
        maybe: dict[str, int] = {}
        ports: dict[str, PortSet] = defaultdict(PortSet.empty)
        for each in blast_radius(hops, world.subject(source)):
            if each.ports:
                near[each.title] = min(near.get(each.title, each.distance), each.distance)
                ports[each.title] |= each.ports
            maybe[each.title] = min(maybe.get(each.title, each.distance), each.distance)
        inner = {t for t in maybe if not t.endswith("[External]")}
        assert {t: d for t, d in near.items() if t in inner} == named(world, sure, start)
        assert {t: d for t, d in maybe.items() if t in inner} == named(world, possible, start)
        reached = distances(sure, start)
        event(f"{max(reached.values())} hops")
        for (a, b), opened in sure.items():
            if a in reached and b != start:
                assert opened <= ports[str(world.pods[b].workload)]


def named(world: World, edges: dict[tuple[int, int], PortSet], start: int) -> dict[str, int]:
    """The distance of each workload other than that of the start."""
    return {
        str(world.pods[place].workload): distance
        for place, distance in distances(edges, start).items()
        if place != start
    }


@given(clusters())
@thorough(60)
def test_every_hop_on_the_way_is_allowed(cluster: Cluster) -> None:
    world = World.of(cluster)
    listed = {(p.source, p.destination): p for p in pairs(world.evaluator)}
    by_pod = {pod.title: str(pod.workload) for pod in world.pods}
    for source in world.pods:
        for each in blast_radius(world.hops, world.subject(source)):
            for hop in each.way[:-1]:
                pair = listed[by_pod.get(hop.source, hop.source), hop.destination]
                assert hop.ports <= pair.ports
                assert hop.unknown <= pair.unknown | pair.ports
                assert hop.ports if each.ports else hop.ports or hop.unknown
