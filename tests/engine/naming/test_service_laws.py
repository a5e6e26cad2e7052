"""A question about a Service is one about its endpoints, at their target ports."""

from __future__ import annotations

from ipaddress import ip_address

from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from netsim.engine.naming.aims import Aims
from netsim.engine.naming.answer import answer
from netsim.engine.naming.endpoints import Endpoints
from netsim.engine.reachability import Reachability
from netsim.model.addresses import Address, AddressSet, Family
from netsim.model.conventions import Conventions
from netsim.model.endpoint import ExternalEndpoint, PodEndpoint
from netsim.model.labels import Labels, Selector
from netsim.model.ports import Protocol
from netsim.model.resources import Pod, PodNetwork, Resources
from netsim.model.services import (
    EndpointsOrigin,
    EndpointSubset,
    ListedEndpoint,
    ListedPort,
    Readiness,
    Service,
    ServiceEndpoints,
    ServicePort,
    ServiceType,
    TrafficPolicy,
)
from netsim.model.verdict import Outcome
from tests.naive.blocks import addresses_of
from tests.naive.decision import decide
from tests.naive.families import common_families
from tests.naive.services import arrivals_of, may_be_empty, sources_of
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters
from tests.strategies.parts import NODES, NOWHERE

ADDRESS = ip_address("10.96.0.1")
CLIENTS = tuple(map(ip_address, ("203.0.113.1", "8.8.8.8")))
PORTS = (
    ServicePort(80, Protocol.TCP, 80),
    ServicePort(80, Protocol.TCP, 81, "http"),
    ServicePort(53, Protocol.UDP, "dns"),
    ServicePort(8080, Protocol.TCP, "web", "main"),
)
SELECTORS = (Selector(), Selector.of({"a": "x"}), Selector.of({"b": "y", "a": "x"}), None)

End = Pod | Address


@st.composite
def services(draw: st.DrawFn, resources: Resources) -> tuple[Service, Resources]:
    """A Service of one port for some pods of a cluster, or with an EndpointSlice."""
    namespace = draw(st.sampled_from([pod.namespace for pod in resources.pods]))
    selector = draw(st.sampled_from(SELECTORS))
    port = draw(st.sampled_from(PORTS))
    service = Service(
        namespace,
        "s",
        selector,
        (port,),
        is_headless=draw(st.booleans()),
        type=draw(st.sampled_from((ServiceType.CLUSTER_IP, ServiceType.NODE_PORT))),
        external_traffic=draw(st.sampled_from(TrafficPolicy)),
    )
    if selector is not None:
        return service, replace(resources, services=(service,))
    known = [address for pod in resources.pods for address in addresses_of(pod)]
    addresses = st.sampled_from([*known, *CLIENTS, ip_address("172.16.0.1")])
    listed = st.builds(ListedEndpoint, addresses, st.sampled_from(Readiness))
    subset = EndpointSubset(
        tuple(draw(st.lists(listed, max_size=3))),
        (ListedPort(draw(st.sampled_from((80, 81))), port.protocol, port.name or ""),),
    )
    origin = EndpointsOrigin.USER
    one = ServiceEndpoints("EndpointSlice", namespace, "s", "s", (subset,), origin, NOWHERE)
    return service, replace(resources, services=(service,), endpoints=(one,))


def ask(resources: Resources, conventions: Conventions, source: End, text: str) -> Outcome:
    """What the engine says about the only port of the only Service."""
    port = resources.services[0].ports[0]
    aims = Aims(resources, Endpoints(resources))
    lead = aims.resolve(text, port.protocol, port.number)
    if isinstance(source, Pod):
        end: PodEndpoint | ExternalEndpoint = PodEndpoint(source.title, (source,))
    else:
        end = ExternalEndpoint(str(source), AddressSet.single(source))
    reachability = Reachability.of(resources, conventions)
    return answer(reachability, aims.services, end, lead, port.protocol).outcome


def expect(resources: Resources, conventions: Conventions, sources: list[End]) -> Outcome:
    """What the naive evaluator says of every endpoint and every source that may be."""
    service = resources.services[0]
    port = service.ports[0]
    if may_be_empty(resources, service):
        return Outcome.UNKNOWN
    arrivals = arrivals_of(resources, service, port)
    # The address of a Service leads to endpoints of its own family, if there are any.
    ways = [
        (source, at, number)
        for at, number in arrivals
        for source in sources
        if common_families(resources, conventions, source, at)
    ] or [(source, at, number) for at, number in arrivals for source in sources]
    found = {
        decide(resources, conventions, source, at, port.protocol, number)
        for source, at, number in ways
    }
    return found.pop() if len(found) == 1 else Outcome.UNKNOWN


def is_behind(resources: Resources, pod: Pod) -> bool:
    """Whether a Service may lead a pod back to itself: that is a rule of its own."""
    service = resources.services[0]
    ends = [at for at, _ in arrivals_of(resources, service, service.ports[0])]
    return any(isinstance(at, Pod) and at.workload == pod.workload for at in ends)


@thorough(100)
@given(clusters(), st.data())
def test_from_a_pod_it_is_a_question_about_each_endpoint(
    cluster: Cluster, data: st.DataObject
) -> None:
    service, resources = data.draw(services(cluster.resources))
    sources = [p for p in resources.pods if service.is_headless or not is_behind(resources, p)]
    assume(sources)
    source = data.draw(st.sampled_from(sources))
    expected = expect(resources, cluster.conventions, [source])
    assert ask(resources, cluster.conventions, source, service.asked_as) is expected


def _only_ipv4(resources: Resources) -> Resources:
    """Pods without IPv6 addresses, to which an IPv4 address does not lead."""
    four = AddressSet.of_range(Family.IPV4, (0, Family.IPV4.last))
    pods = tuple(
        replace(pod, addresses=pod.addresses and ((pod.addresses & four) or None))
        for pod in resources.pods
    )
    return replace(resources, pods=pods)


@thorough(50)
@given(clusters(), st.data())
def test_a_cluster_ip_is_its_service(cluster: Cluster, data: st.DataObject) -> None:
    service, resources = data.draw(services(_only_ipv4(cluster.resources)))
    service = replace(service, is_headless=False)
    resources = replace(resources, services=(service,))
    # Of both families, as the Service without addresses has no family either.
    known = AddressSet.of((str(ADDRESS), "fd00:10:96::1"))
    placed = replace(service, cluster_ips=known)
    whole = replace(resources, services=(placed,))
    source = data.draw(st.sampled_from(resources.pods))
    by_name = ask(resources, cluster.conventions, source, service.asked_as)
    assert ask(whole, cluster.conventions, source, str(ADDRESS)) is by_name


def _is_node(address: Address) -> bool:
    """Nodes send from their own addresses, whatever they ask for."""
    return any(AddressSet.single(address) & node.addresses for node in NODES)


@thorough(100)
@given(clusters(), st.data())
def test_from_outside_the_client_may_be_a_node(cluster: Cluster, data: st.DataObject) -> None:
    # Nodes send from no addresses but their own, and pods show no further ones.
    nodes = tuple(replace(node, pod_ranges=AddressSet()) for node in NODES)
    names = {node.name for node in nodes}
    pods = tuple(
        replace(
            pod,
            addresses=None if pod.network is PodNetwork.HOST else pod.addresses,
            # A node that is not in the input may be the one that sends.
            node=pod.node if pod.node in names else None,
            host_addresses=None,
            node_selector=Labels(),
        )
        for pod in cluster.resources.pods
    )
    known = replace(cluster.resources, nodes=nodes, pods=pods)
    service, resources = data.draw(services(known))
    client = data.draw(st.sampled_from([each for each in CLIENTS if not _is_node(each)]))
    is_local = service.external_traffic is TrafficPolicy.LOCAL
    is_kept = service.is_headless or (is_local and service.is_open_outside)
    sources: list[End] = [client]
    if not is_kept:
        sources = [*sources_of(resources, client)]
    expected = expect(resources, cluster.conventions, sources)
    assert ask(resources, cluster.conventions, client, service.asked_as) is expected
