from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.listing import Pair
from netsim.engine.naming.endpoints import resolve
from netsim.engine.naming.ways_in import connections
from netsim.engine.query.neighbours import destinations_of, open_to_outside, sources_of
from netsim.engine.query.subject import of_input
from netsim.model.addresses import AddressSet
from netsim.model.conventions import Conventions
from netsim.model.endpoint import PodEndpoint
from netsim.model.labels import Selector
from netsim.model.location import Location
from netsim.model.ports import PortSet, Protocol
from netsim.model.resources import (
    Backend,
    Entry,
    Pod,
    Resources,
    WorkloadName,
)
from netsim.model.services import Service, ServicePort
from tests.engine.query.worlds import CONTROLLER, World
from tests.rules.samples import documents, pod, policy, resources
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters

PORT = PortSet.of(Protocol.TCP, 80)


def workloads(pods: tuple[Pod, ...]) -> dict[str, list[Pod]]:
    found: dict[str, list[Pod]] = {}
    for each in pods:
        found.setdefault(str(each.workload), []).append(each)
    return found


def on(pairs: list[Pair], ports: PortSet) -> list[Pair]:
    cut = (
        replace(
            pair,
            ports=pair.ports & ports,
            unknown=pair.unknown & ports,
            by_family=tuple((f, own & ports) for f, own in pair.by_family if own & ports),
        )
        for pair in pairs
    )
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
    entered = changed(cluster.resources)
    world = World.of(replace(cluster, resources=entered))
    listed = connections(entered, cluster.conventions)
    for title, pods in workloads(world.pods).items():
        subject = world.subject(*pods, title=title)
        arriving = [pair for pair in listed if pair.destination == title]
        leaving = [pair for pair in listed if pair.source == title]
        assert list(sources_of(world.evaluator, subject, CONTROLLER)) == arriving
        assert list(destinations_of(world.evaluator, subject, PortSet.full())) == leaving
        narrow = replace(subject, ports=PORT)
        assert list(sources_of(world.evaluator, narrow, CONTROLLER)) == on(arriving, PORT)
        assert list(destinations_of(world.evaluator, subject, PORT)) == on(leaving, PORT)


@given(clusters())
@thorough(100)
def test_exposed_are_the_rows_of_the_list_from_outside(cluster: Cluster) -> None:
    entered = with_entry(cluster.resources)
    listed = connections(entered, cluster.conventions)
    outer = [p for p in listed if p.source.endswith("[External]") or p.source[0] == "{"]
    evaluator = Evaluator.of(entered, cluster.conventions)
    found = open_to_outside(evaluator, CONTROLLER, PortSet.full())
    assert set(found) == set(outer)
    assert len(found) == len(outer)


def test_a_pod_also_has_the_other_pods_of_its_workload() -> None:
    text = documents(pod("a"), pod("b"), policy("in", "podSelector: {}\ningress: [{}]"))
    owner = WorkloadName("shop", "w", "Job")
    one, two = (replace(each, workload=owner) for each in resources(text).pods)
    given_ = replace(resources(text), pods=(one, two))
    world = World.of(Cluster(given_, Conventions()))
    subject = world.subject(one)
    reaching = sources_of(world.evaluator, subject, CONTROLLER)
    (pair,) = (p for p in reaching if "External" not in p.source)
    assert (pair.source, pair.destination) == ("shop/w[Job]", "shop/a")
    found = destinations_of(world.evaluator, subject, PORT)
    assert ("shop/a", "shop/w[Job]") in {(p.source, p.destination) for p in found}


def test_an_address_of_a_pod_asks_about_the_pod() -> None:
    """Which address packets carry is not asked here, so the answer holds for all of them."""
    both = AddressSet.of(("10.0.0.1", "fd00::1"))
    single = replace(resources(pod("a")).pods[0], addresses=both)
    given_ = Resources(pods=(single,))
    asked = of_input(given_, resolve(given_, "fd00::1"))
    assert asked == PodEndpoint("shop/a (fd00::1)", (single,))
    only = replace(single, addresses=AddressSet.parse("10.0.0.1"))
    alone = Resources(pods=(only,))
    assert of_input(alone, resolve(alone, "10.0.0.1")) == PodEndpoint("10.0.0.1", (only,))


def test_a_workload_is_told_from_another_one_that_no_policy_tells_apart() -> None:
    given_ = resources(documents(pod("a"), pod("b", "app: b"), pod("c")))
    world = World.of(Cluster(given_, Conventions()))
    found = sources_of(world.evaluator, world.subject(given_.pods[0]), CONTROLLER)
    assert {pair.destination for pair in found} == {"shop/a[Pod]"}


def test_only_the_other_pods_of_a_workload_count_for_it() -> None:
    """A stranger that may connect does not make a sibling one that may."""
    front = "from: [{podSelector: {matchLabels: {app: front}}}]"
    text = documents(
        pod("front"),
        pod("a"),
        pod("b"),
        policy("in", f"podSelector: {{matchLabels: {{app: a}}}}\ningress: [{{{front}}}]"),
    )
    stranger, *own = resources(text).pods
    owner = WorkloadName("shop", "w", "Job")
    one, two = (replace(each, workload=owner) for each in own)
    world = World.of(
        Cluster(replace(resources(text), pods=(stranger, one, two)), Conventions())
    )
    found = sources_of(world.evaluator, world.subject(one), CONTROLLER)
    assert {pair.source for pair in found} == {"shop/front[Pod]"}
