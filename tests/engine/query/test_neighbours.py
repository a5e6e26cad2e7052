from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from netsim.engine.listing import Pair
from netsim.engine.query.neighbours import destinations_of, sources_of
from netsim.engine.query.outside import open_to_outside
from netsim.engine.reachability import Reachability
from netsim.engine.ways_in import connections
from netsim.model.labels import Selector
from netsim.model.location import Location
from netsim.model.ports import PortSet, Protocol
from netsim.model.resources import Backend, Entry, Pod, Resources, Service, ServicePort
from tests.engine.query.worlds import CONTROLLER, World
from tests.strategies import Cluster, clusters, thorough

PORT = PortSet.of(Protocol.TCP, 80)


def workloads(pods: tuple[Pod, ...]) -> dict[str, list[Pod]]:
    found: dict[str, list[Pod]] = {}
    for pod in pods:
        found.setdefault(str(pod.workload), []).append(pod)
    return found


def on(pairs: list[Pair], ports: PortSet) -> list[Pair]:
    cut = (replace(p, ports=p.ports & ports, unknown=p.unknown & ports) for p in pairs)
    return [pair for pair in cut if pair.ports or pair.unknown]


def with_entry(resources: Resources) -> Resources:
    """Every pod of the first pod's namespace is behind an entry, on port 80."""
    place, space = Location("generated.yaml", 1), resources.pods[0].namespace
    service = Service(space, "all", Selector(), (ServicePort(80, Protocol.TCP, 80),))
    entry = Entry("Ingress", space, "all", (Backend(space, "all", 80, place),), place)
    return replace(resources, services=(service,), entries=(entry,))


@given(clusters(), st.sampled_from((lambda r: r, with_entry)))
@thorough(200)
def test_both_questions_are_answered_by_rows_of_the_list(
    cluster: Cluster, changed: Callable[[Resources], Resources]
) -> None:
    resources = changed(cluster.resources)
    world = World.of(replace(cluster, resources=resources))
    listed = connections(resources, cluster.conventions)
    for title, pods in workloads(world.pods).items():
        subject = world.subject(*pods, title=title)
        arriving = [pair for pair in listed if pair.destination == title]
        leaving = [pair for pair in listed if pair.source == title]
        assert list(sources_of(world.reachability, subject, CONTROLLER)) == arriving
        assert list(destinations_of(world.reachability, subject, PortSet.full())) == leaving
        narrow = replace(subject, ports=PORT)
        assert list(sources_of(world.reachability, narrow, CONTROLLER)) == on(arriving, PORT)
        assert list(destinations_of(world.reachability, subject, PORT)) == on(leaving, PORT)


@given(clusters())
@thorough(100)
def test_exposed_are_the_rows_of_the_list_from_outside(cluster: Cluster) -> None:
    resources = with_entry(cluster.resources)
    listed = connections(resources, cluster.conventions)
    outer = [p for p in listed if p.source.endswith("[External]") or p.source[0] == "{"]
    reachability = Reachability.of(resources, cluster.conventions)
    found = open_to_outside(reachability, CONTROLLER, PortSet.full())
    assert set(found) == set(outer)
    assert len(found) == len(outer)
