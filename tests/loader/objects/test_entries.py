"""Ways in from outside: which Services, and which of their ports, they lead to."""

from __future__ import annotations

import pytest

from netsim.model.resources import Entry
from tests.loader.conftest import Read

HEAD = """\
apiVersion: {version}
kind: {kind}
metadata: {{name: in, namespace: shop}}
spec: {spec}
"""
Found = list[tuple[str, str, int | str | None]]


def entry(read: Read, kind: str, version: str, spec: str) -> Entry:
    loaded = read(HEAD.format(version=version, kind=kind, spec=spec))
    assert [str(found) for found in loaded.errors] == []
    (found,) = loaded.resources.entries
    return found


def backends(found: Entry) -> Found:
    return [(each.namespace, each.service, each.port) for each in found.backends]


NETWORKING = "networking.k8s.io/v1"
INGRESSES: list[tuple[str, Found]] = [
    ("{}", []),
    (
        "{defaultBackend: {service: {name: web, port: {number: 80}}}}",
        [("shop", "web", 80)],
    ),
    (
        (
            "{rules: [{host: a, http: {paths: ["
            "{path: /, backend: {service: {name: web, port: {name: http}}}},"
            "{path: /x, backend: {service: {name: api, port: {number: 1}}}}]}},"
            "{host: b}]}"
        ),
        [("shop", "web", "http"), ("shop", "api", 1)],
    ),
    # A bucket is no Service.
    ("{defaultBackend: {resource: {apiGroup: s3, kind: Bucket, name: b}}}", []),
    # A certificate leads nowhere.
    ("{tls: [{hosts: [a], secretName: cert}]}", []),
]


@pytest.mark.parametrize(("spec", "expected"), INGRESSES)
def test_ingress(read: Read, spec: str, expected: Found) -> None:
    assert backends(entry(read, "Ingress", NETWORKING, spec)) == expected


def test_a_backend_without_port_is_said(read: Read) -> None:
    text = HEAD.format(
        version=NETWORKING, kind="Ingress", spec="{defaultBackend: {service: {name: web}}}"
    )
    loaded = read(text)
    assert ["without service name or port" in d.message for d in loaded.diagnostics] == [True]


GATEWAY = "gateway.networking.k8s.io/v1"
ROUTES: list[tuple[str, str, str, Found]] = [
    (
        "HTTPRoute",
        GATEWAY,
        "{rules: [{backendRefs: [{name: web, port: 80}]}]}",
        [("shop", "web", 80)],
    ),
    (
        "HTTPRoute",
        f"{GATEWAY}beta1",
        "{rules: [{backendRefs: [{name: web, namespace: other, port: 80}]}]}",
        [("other", "web", 80)],
    ),
    # A redirect has no backend, and an import of another cluster is no Service.
    ("HTTPRoute", GATEWAY, "{rules: [{filters: [{type: RequestRedirect}]}]}", []),
    (
        "GRPCRoute",
        GATEWAY,
        "{rules: [{backendRefs: [{group: x.io, kind: ServiceImport, name: web, port: 80}]}]}",
        [],
    ),
    (
        "TCPRoute",
        "gateway.networking.k8s.io/v1alpha2",
        "{rules: [{backendRefs: [{name: db, port: 5432}]}]}",
        [("shop", "db", 5432)],
    ),
    (
        "Route",
        "route.openshift.io/v1",
        (
            "{port: {targetPort: http}, to: {kind: Service, name: web}, "
            "alternateBackends: [{kind: Service, name: api}]}"
        ),
        [("shop", "web", "http"), ("shop", "api", "http")],
    ),
    (
        "Route",
        "route.openshift.io/v1",
        "{to: {kind: Service, name: web}}",
        [("shop", "web", None)],
    ),
]


@pytest.mark.parametrize(("kind", "version", "spec", "expected"), ROUTES)
def test_routes(read: Read, kind: str, version: str, spec: str, expected: Found) -> None:
    assert backends(entry(read, kind, version, spec)) == expected


def test_another_project_s_kind_of_the_same_name_is_not_used(read: Read) -> None:
    loaded = read(HEAD.format(version="serving.knative.dev/v1", kind="Route", spec="{}"))
    assert loaded.resources.entries == ()
    assert loaded.inventory.unused == (("Route.serving.knative.dev", 1),)


def test_requests_that_are_copied_lead_somewhere_too(read: Read) -> None:
    found = entry(
        read,
        "HTTPRoute",
        GATEWAY,
        "{rules: [{backendRefs: [{name: web, port: 80, filters: [{type: RequestMirror, "
        "requestMirror: {backendRef: {name: copy, port: 81}}}]}], filters: [{type: "
        "RequestMirror, requestMirror: {backendRef: {name: log, namespace: ops, port: 82}}}, "
        "{type: RequestRedirect}]}]}",
    )
    assert backends(found) == [("shop", "web", 80), ("ops", "log", 82), ("shop", "copy", 81)]
