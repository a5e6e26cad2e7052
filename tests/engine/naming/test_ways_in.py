"""Services, and what reaches workloads from outside through them."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsim.engine.naming.aims import Aims, Nowhere
from netsim.engine.naming.answer import answer
from netsim.engine.naming.controller import Controller
from netsim.engine.naming.endpoints import EndpointError, Endpoints
from netsim.engine.naming.ways_in import controller_pairs
from netsim.engine.reachability import Reachability
from netsim.loader.load import load
from netsim.model.conventions import Conventions
from netsim.model.labels import Labels
from netsim.model.ports import Protocol
from netsim.model.resources import Resources
from netsim.model.verdict import Outcome

SHOP = """
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-2, namespace: shop, labels: {app: web, old: "yes"}}
spec: {containers: [{name: c, ports: [{name: http, containerPort: 8081}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: shop}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports:
  - {name: main, port: 80, targetPort: http}
  - {name: fixed, port: 81, targetPort: 8080}
  - {name: lost, port: 82, targetPort: gone}
---
apiVersion: v1
kind: Service
metadata: {name: byhand, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: empty, namespace: shop}
spec: {selector: {app: nobody}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress:
  - from: [{podSelector: {}}, {namespaceSelector: {matchLabels: {edge: "yes"}}}]
    ports: [{port: 8080}]
"""
INGRESS = """
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: in, namespace: shop}
spec: {defaultBackend: {service: {name: web, port: {PORT}}}}
"""
EDGE = """
---
apiVersion: v1
kind: Namespace
metadata: {name: edge, labels: {edge: "yes"}}
"""


def resources(tmp_path: Path, *texts: str) -> Resources:
    file = tmp_path / "shop.yaml"
    file.write_text("".join(texts), encoding="utf-8")
    loaded = load([str(file)])
    assert not loaded.errors
    return loaded.resources


ANSWERS = [
    # Both pods are behind it, at other ports, and only one port is allowed.
    ("svc/shop/web", 80, Outcome.UNKNOWN),
    ("svc/shop/web", 81, Outcome.ALLOW),
    ("service/shop/web", 81, Outcome.ALLOW),
    ("shop/web-1", 8080, Outcome.ALLOW),
    ("shop/web-1", 80, Outcome.DENY),  # a pod has no such port, the Service has
]


@pytest.mark.parametrize(("name", "port", "outcome"), ANSWERS)
def test_policies_see_the_pods_behind_a_service(
    tmp_path: Path, name: str, port: int, outcome: Outcome
) -> None:
    known = resources(tmp_path, SHOP)
    endpoints = Endpoints(known)
    aims = Aims(known, endpoints)
    lead = aims.resolve(name, Protocol.TCP, port)
    source = endpoints.resolve("shop/client")
    found = answer(Reachability.of(known), aims.services, source, lead, Protocol.TCP)
    assert found.outcome is outcome


REFUSED = [
    (
        "svc/shop/web",
        443,
        "has no port TCP 443: it has TCP 80 (main), TCP 81 (fixed), TCP 82 (lost)",
    ),
    ("svc/shop/wbe", 80, "no Service 'svc/shop/wbe' in the input; did you mean svc/shop/web?"),
]


@pytest.mark.parametrize(("name", "port", "said"), REFUSED)
def test_no_such_service(tmp_path: Path, name: str, port: int, said: str) -> None:
    known = resources(tmp_path, SHOP)
    with pytest.raises(EndpointError) as caught:
        Aims(known, Endpoints(known)).resolve(name, Protocol.TCP, port)
    assert said in str(caught.value)


LOST = [
    ("svc/shop/web", 82, "no pod behind it has a port named gone"),
    ("svc/shop/byhand", 80, "has no selector"),
    ("svc/shop/empty", 80, "selects no pod"),
]


@pytest.mark.parametrize(("name", "port", "said"), LOST)
def test_services_that_lead_nowhere(tmp_path: Path, name: str, port: int, said: str) -> None:
    known = resources(tmp_path, SHOP)
    lead = Aims(known, Endpoints(known)).resolve(name, Protocol.TCP, port)
    assert isinstance(lead, Nowhere)
    assert lead.outcome is Outcome.UNKNOWN
    assert said in lead.why


def test_nothing_connects_from_a_service(tmp_path: Path) -> None:
    with pytest.raises(EndpointError, match="is a Service"):
        Endpoints(resources(tmp_path, SHOP)).resolve("svc/shop/web")


CONTROLLERS = [
    # A pod in a namespace that nothing names is kept out by the policy.
    (None, {}, "number: 81", []),
    ("edge", {}, "number: 81", ["shop/web-1[Pod] TCP 8080", "shop/web-2[Pod] TCP 8080"]),
    # By name each pod has its own number, of which the policy allows one.
    ("edge", {}, "name: main", ["shop/web-1[Pod] TCP 8080"]),
    ("shop", {"app": "any"}, "number: 80", ["shop/web-1[Pod] TCP 8080"]),
    ("edge", {}, "number: 443", []),  # the Service has no such port
]


@pytest.mark.parametrize(("namespace", "labels", "port", "expected"), CONTROLLERS)
def test_what_the_ingress_controller_reaches(
    tmp_path: Path,
    namespace: str | None,
    labels: dict[str, str],
    port: str,
    expected: list[str],
) -> None:
    known = resources(tmp_path, SHOP, INGRESS.replace("PORT", port), EDGE)
    controller = Controller(namespace, Labels.of(labels))
    found = controller_pairs(known, Conventions(), controller)
    assert [f"{pair.destination} {pair.ports}" for pair in found] == expected
    assert {pair.source for pair in found} <= {"{ingress-controller}"}


def test_all_ways_to_a_workload_count(tmp_path: Path) -> None:
    two = INGRESS.replace("{PORT}", "{number: 81}") + INGRESS.replace("name: in", "name: too")
    lifted = SHOP.replace("ports: [{port: 8080}]", "ports: [{port: 8080, endPort: 8081}]")
    known = resources(tmp_path, lifted, two.replace("PORT", "name: main"), EDGE)
    found = controller_pairs(known, Conventions(), Controller("edge"))
    assert [f"{pair.destination} {pair.ports}" for pair in found] == [
        "shop/web-1[Pod] TCP 8080",
        "shop/web-2[Pod] TCP 8080-8081",
    ]


def test_without_entries_there_is_no_controller(tmp_path: Path) -> None:
    assert controller_pairs(resources(tmp_path, SHOP), Conventions()) == ()


def test_a_namespace_that_is_nearly_one_is_suggested(tmp_path: Path) -> None:
    with pytest.raises(EndpointError, match=r"no namespace 'edgy' .* did you mean edge"):
        Endpoints(resources(tmp_path, SHOP, EDGE)).resolve("edgy/nothing-like-it")


def test_in_a_known_namespace_only_its_own_names_are_suggested(tmp_path: Path) -> None:
    known = Endpoints(resources(tmp_path, SHOP, EDGE))
    with pytest.raises(EndpointError, match=r"no pod or workload 'edge/web-1' in the input$"):
        known.resolve("edge/web-1")
    with pytest.raises(EndpointError, match="did you mean shop/web-1"):
        known.resolve("shop/web-11")
