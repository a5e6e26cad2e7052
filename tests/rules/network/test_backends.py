"""Backends of routes: whether their namespace admits them, and policies the controller."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from netsim.engine.naming.controller import Controller
from netsim.rules.network import backend_blocked
from netsim.rules.network.backend_not_granted import CHECK
from tests.rules.samples import MARK, Sample, case, documents, ids, pod, policy, run, verify

SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""
WEB = documents(pod("web"), SERVICE)


def route(kind: str = "HTTPRoute", mark: str = "", namespace: str = "edge") -> str:
    version = "v1" if kind in ("HTTPRoute", "GRPCRoute") else "v1alpha2"
    return (
        f"apiVersion: gateway.networking.k8s.io/{version}\nkind: {kind}\n"
        f"metadata: {{name: web, namespace: {namespace}}}\nspec:\n  rules:\n  - backendRefs:\n"
        f"    - {{name: web, namespace: shop, port: 80}} {mark}".rstrip()
    )


def grant(
    source: str = "kind: HTTPRoute, namespace: edge",
    to: str = '{group: "", kind: Service}',
    namespace: str = "shop",
    version: str = "v1beta1",
) -> str:
    return (
        f"apiVersion: gateway.networking.k8s.io/{version}\nkind: ReferenceGrant\n"
        f"metadata: {{name: g, namespace: {namespace}}}\nspec:\n"
        f"  from: [{{group: gateway.networking.k8s.io, {source}}}]\n  to: [{to}]"
    )


SAMPLES = (
    Sample(
        "no grant",
        documents(WEB, route(mark=MARK)),
        None,
        "HTTPRoute edge/web leads to Service shop/web, and no ReferenceGrant of namespace shop "
        "admits HTTPRoutes of namespace edge",
        "- group: gateway.networking.k8s.io\n      kind: HTTPRoute\n      namespace: edge\n",
    ),
    *(
        Sample(f"no grant for a {kind}", documents(WEB, route(kind, MARK), grant()))
        for kind in ("GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")
    ),
    Sample("a grant", documents(WEB, route(), grant())),
    Sample("a grant of v1", documents(WEB, route(), grant(version="v1"))),
    Sample(
        "a grant for a GRPCRoute",
        documents(WEB, route("GRPCRoute"), grant("kind: GRPCRoute, namespace: edge")),
    ),
    Sample(
        "a grant for it by name",
        documents(WEB, route(), grant(to='{group: "", kind: Service, name: web}')),
    ),
    Sample(
        "a grant for another Service",
        documents(WEB, route(mark=MARK), grant(to='{group: "", kind: Service, name: api}')),
    ),
    Sample(
        "a grant for Secrets",
        documents(WEB, route(mark=MARK), grant(to='{group: "", kind: Secret}')),
    ),
    Sample(
        "a grant for another namespace",
        documents(WEB, route(mark=MARK), grant("kind: HTTPRoute, namespace: other")),
    ),
    # It is the namespace of the Service that has to admit.
    Sample(
        "a grant in the namespace of the route",
        documents(WEB, route(mark=MARK), grant(namespace="edge")),
    ),
    Sample("the same namespace", documents(WEB, route(namespace="shop"))),
    # The Service is elsewhere, and the grant may be there.
    Sample("no Service", route()),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


CLOSED = policy(
    "web",
    "podSelector: {}\ningress:\n- from:\n  - namespaceSelector:\n      matchLabels: "
    "{kubernetes.io/metadata.name: edge}",
)


@pytest.mark.parametrize(("home", "is_blocked"), [(None, False), ("edge", False), ("x", True)])
def test_a_controller_that_is_placed_counts(home: str | None, is_blocked: bool) -> None:  # noqa: FBT001
    subject = case(documents(WEB, route(), grant(), CLOSED))
    found = run(backend_blocked.CHECK, replace(subject, controller=Controller(home)))
    assert bool(found) is is_blocked
    assert all("the ingress controller in namespace x" in each.message for each in found)


def test_what_is_not_granted_is_not_blocked() -> None:
    deny = policy("deny", "podSelector: {}")
    assert run(backend_blocked.CHECK, case(documents(WEB, route(), deny))) == []
