"""A survey against the queries that answer one of its questions each, and small clusters."""

from __future__ import annotations

from io import StringIO

import pytest
from hypothesis import given

from netsim.engine.evaluator import Evaluator
from netsim.engine.naming.controller import Controller
from netsim.engine.query.exposure import find_cluster_exposures
from netsim.engine.query.isolation import list_unisolated
from netsim.engine.query.survey import Isolation, Standing, Survey
from netsim.loader.load import load
from netsim.model.conventions import Conventions
from netsim.model.policies import Direction
from netsim.model.ports import PortSet, Protocol
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters


def survey(text: str, controller: Controller | None = None) -> Survey:
    loaded = load(["-"], "shop", StringIO(text))
    assert not loaded.errors, loaded.errors
    return Survey(loaded.resources, Conventions(), controller)


def pod(name: str, namespace: str = "shop", more: str = "") -> str:
    return f"""---
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: {namespace}, labels: {{app: {name}}}}}
spec: {{{more}containers: [{{name: main, image: i}}]}}
"""


def service(name: str, more: str = "") -> str:
    return f"""---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: shop}}
spec: {{{more}selector: {{app: {name}}}, ports: [{{port: 80, targetPort: 8080}}]}}
"""


def policy(name: str, spec: str) -> str:
    return f"""---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {name}, namespace: shop}}
spec: {{podSelector: {{matchLabels: {{app: {name}}}}}, {spec}}}
"""


INGRESS = """---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
"""
WEB = pod("web") + service("web")
EDGE = "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: edge}}"
LET_IN = f"ingress: [{{from: [{{{EDGE}}}]}}]"


@thorough(60)
@given(clusters())
def test_it_says_what_the_exposure_of_a_list_says(cluster: Cluster) -> None:
    found = Survey(cluster.resources, cluster.conventions, None)
    exposures = find_cluster_exposures(cluster.resources, cluster.conventions)
    for direction, open_ in (
        (Direction.INGRESS, found.from_cluster),
        (Direction.EGRESS, found.to_cluster),
    ):
        own = [each for each in exposures if each.direction is direction]
        assert {each.workload for each in open_} == {
            each.workload for each in own if each.cluster.possible
        }
        assert {each.workload for each in open_ if each.allowed.sure} == {
            each.workload for each in own if each.cluster.sure
        }
    for direction, open_ in (
        (Direction.INGRESS, found.from_outside),
        (Direction.EGRESS, found.to_outside),
    ):
        assert {each.workload for each in open_ if each.allowed.sure} == {
            each.workload
            for each in exposures
            if each.direction is direction and any(a.sure for _, a in each.addresses)
        }


@thorough(60)
@given(clusters())
def test_a_workload_is_isolated_where_no_pod_of_it_is_not(cluster: Cluster) -> None:
    found = Survey(cluster.resources, cluster.conventions, None)
    evaluator = Evaluator.of(cluster.resources, cluster.conventions)
    not_isolated = {(each.workload, each.direction) for each in list_unisolated(evaluator)}
    for each in found.isolation:
        is_open = (each.workload, each.direction) in not_isolated
        assert (each.standing is not Isolation.SURELY) == is_open


def test_isolation_tells_why_a_workload_is_not_isolated() -> None:
    found = survey(
        pod("web")
        + pod("api")
        + pod("agent", more="hostNetwork: true, ")
        + policy("web", "policyTypes: [Ingress]")
    )
    assert {(e.workload, e.direction): e.standing for e in found.isolation} == {
        ("shop/agent[Pod]", Direction.INGRESS): Isolation.HOST,
        ("shop/agent[Pod]", Direction.EGRESS): Isolation.HOST,
        ("shop/api[Pod]", Direction.INGRESS): Isolation.NOT,
        ("shop/api[Pod]", Direction.EGRESS): Isolation.NOT,
        ("shop/web[Pod]", Direction.INGRESS): Isolation.SURELY,
        ("shop/web[Pod]", Direction.EGRESS): Isolation.NOT,
    }
    assert found.on_host == ("shop/agent[Pod]",)


def test_what_another_system_may_isolate_is_unknown() -> None:
    cilium = (
        "---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\n"
        "metadata: {name: all, namespace: shop}\nspec: {endpointSelector: {}}\n"
    )
    found = survey(WEB + cilium)
    assert {each.standing for each in found.isolation} == {Isolation.MAYBE}
    assert not any(each.allowed.sure for each in found.from_cluster)
    assert (found.metadata.surely, found.metadata.maybe) == ((), ("shop/web[Pod]",))


ENTRIES = {
    # Nothing isolates the backend.
    "": Standing.OPEN,
    policy("web", "ingress: [{ports: [{port: 8080}]}]"): Standing.OPEN,
    policy("web", "policyTypes: [Ingress]"): Standing.DENIED,
    # Another port than the target port.
    policy("web", "ingress: [{ports: [{port: 80}]}]"): Standing.DENIED,
    policy("web", "ingress: [{from: [{podSelector: {}}]}]"): Standing.DENIED,
    # Some other namespace is let in: the controller's, perhaps.
    policy("web", LET_IN): Standing.UNKNOWN,
}


@pytest.mark.parametrize("policies", ENTRIES)
def test_an_ingress_is_open_where_its_controller_is_let_in(policies: str) -> None:
    (way,) = survey(WEB + INGRESS + policies).ways_in
    assert (way.via, way.workload) == ("Ingress shop/web", "shop/web[Pod]")
    assert way.standing is ENTRIES[policies]
    assert way.ports == PortSet.of(Protocol.TCP, 8080)


def test_a_controller_whose_place_is_known_is_let_in_or_not() -> None:
    text = WEB + INGRESS + policy("web", LET_IN)
    standings = [
        survey(text, Controller(namespace)).ways_in[0].standing for namespace in ("edge", "x")
    ]
    assert standings == [Standing.OPEN, Standing.DENIED]


def test_an_entry_without_a_workload_leads_to_nothing() -> None:
    (way,) = survey(pod("api") + INGRESS).ways_in
    assert (way.workload, way.standing) == ("Service shop/web", Standing.NOWHERE)


LOCAL = "externalTrafficPolicy: Local, "
SOME = policy("web", "ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}]")
ALL_V4 = policy("web", "ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]")
FACES = {
    ("type: NodePort, ", ""): (Standing.OPEN, ()),
    ("type: LoadBalancer, ", ALL_V4): (Standing.OPEN, ()),
    ("type: LoadBalancer, ", policy("web", "policyTypes: [Ingress]")): (Standing.DENIED, ()),
    # A node may put its own address in place of the client's, unless it is kept.
    ("type: LoadBalancer, ", SOME): (Standing.UNKNOWN, ()),
    ("type: LoadBalancer, " + LOCAL, SOME): (Standing.RESTRICTED, ("203.0.113.0/24",)),
    ("type: LoadBalancer, loadBalancerSourceRanges: [198.51.100.0/24], ", ""): (
        Standing.RESTRICTED,
        ("198.51.100.0/24",),
    ),
    ("externalIPs: [192.0.2.1], ", ""): (Standing.OPEN, ()),
}


@pytest.mark.parametrize("case", FACES)
def test_a_service_with_addresses_outside_is_a_way_in(case: tuple[str, str]) -> None:
    kind, policies = case
    (way,) = survey(pod("web") + service("web", kind) + policies).ways_in
    assert (way.standing, tuple(way.sources.cidrs())) == FACES[case]


def test_source_ranges_and_policies_both_restrict_a_load_balancer() -> None:
    kind = f"type: LoadBalancer, {LOCAL}loadBalancerSourceRanges: [203.0.113.128/25], "
    (way,) = survey(pod("web") + service("web", kind) + SOME).ways_in
    assert tuple(way.sources.cidrs()) == ("203.0.113.128/25",)
    (way,) = survey(pod("web") + service("web", kind.replace("203", "198")) + SOME).ways_in
    assert way.standing is Standing.DENIED


CLOSED = {
    "": [],
    policy("web", "policyTypes: [Ingress]"): [("Service shop/web", False)],
    # The port of the Service, which pods do not see.
    policy("web", "ingress: [{ports: [{port: 80}]}]"): [("Service shop/web", False)],
    policy("web", "ingress: [{from: [{podSelector: {matchLabels: {app: api}}}]}]"): [],
    # No pod of the input has the label.
    policy("web", "ingress: [{from: [{podSelector: {matchLabels: {app: apii}}}]}]"): [
        ("Service shop/web", True)
    ],
    # An address outside is a client.
    SOME: [],
}


@pytest.mark.parametrize("policies", CLOSED)
def test_a_service_is_closed_where_policies_deny_every_client(policies: str) -> None:
    found = survey(WEB + pod("api") + policies).closed_services
    assert [(each.title, each.awaits) for each in found] == CLOSED[policies]


def test_a_service_without_pods_is_not_closed_by_policies() -> None:
    assert not survey(pod("api") + service("web")).closed_services


SERVERS = {
    "": ((True, None), (True, None)),
    "policyTypes: [Egress]": ((False, None), (False, None)),
    "policyTypes: [Egress], egress: [{ports: [{port: 53}]}]": ((False, None), (False, None)),
    # Its address is not known, so that it may be one of those, or not.
    "policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, "
    "except: [169.254.0.0/16]}}]}]": ((False, None), (False, "maybe")),
    "policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.0.0.5/32}}], "
    "ports: [{port: 6443}]}]": ((False, None), (False, "maybe")),
}


@pytest.mark.parametrize("spec", SERVERS)
def test_servers_that_pods_should_seldom_reach(spec: str) -> None:
    found = survey(pod("web") + (policy("web", spec) if spec else ""))
    said = tuple(
        (bool(each.surely), "maybe" if each.maybe else None)
        for each in (found.metadata, found.api_server)
    )
    assert said == SERVERS[spec]


def test_an_api_server_of_the_input_is_reached_at_its_address() -> None:
    kubernetes = """---
apiVersion: v1
kind: Service
metadata: {name: kubernetes, namespace: default}
spec: {ports: [{port: 443, targetPort: 8443, name: https}]}
---
apiVersion: v1
kind: Endpoints
metadata: {name: kubernetes, namespace: default}
subsets: [{addresses: [{ip: 10.0.0.5}], ports: [{port: 8443, name: https}]}]
"""
    egress = "policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.0.0.%d/32}}]}]"
    text = kubernetes + pod("web") + pod("api")
    found = survey(text + policy("web", egress % 5) + policy("api", egress % 6))
    assert tuple(found.api_servers.cidrs()) == ("10.0.0.5/32",)
    assert (found.api_server.surely, found.api_server.maybe) == (("shop/web[Pod]",), ())


def test_addresses_outside_that_alone_may_connect_are_named() -> None:
    (only,) = survey(pod("web") + SOME).from_outside
    assert tuple(only.limits.cidrs()) == ("203.0.113.0/24",)
    (all_,) = survey(pod("web") + ALL_V4).from_outside
    assert not all_.limits


def test_ports_that_all_addresses_outside_may_use_are_not_mixed_with_those_of_some() -> None:
    def rules(first: str, second: str) -> str:
        allowed = ", ".join(
            f"{{from: [{{ipBlock: {{cidr: {block}}}}}], ports: [{{port: {port}}}]}}"
            for block, port in ((first, 80), (second, 443))
        )
        return pod("web") + policy("web", f"ingress: [{allowed}]")

    (only,) = survey(rules("0.0.0.0/0", "203.0.113.0/24")).from_outside
    assert only.allowed.sure == PortSet.of(Protocol.TCP, 80)
    assert not only.limits
    # No port is open to all.
    (each,) = survey(rules("0.0.0.0/1", "128.0.0.0/1")).from_outside
    assert tuple(each.limits.cidrs()) == ("0.0.0.0/0",)
