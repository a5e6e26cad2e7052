"""Ways in from outside: Ingress, routes of the Gateway API and their grants, OpenShift's Route.

Source: networking.k8s.io/v1 ``IngressSpec``, gateway.networking.k8s.io ``BackendRef`` and
route.openshift.io/v1 ``RouteSpec``.  Only what leads to a Service is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from netsim.loader.objects.fields import Field, Fields
from netsim.loader.objects.objects import Object, read_metadata
from netsim.model.placeholders import has_placeholder
from netsim.model.resources import Backend, Entry
from netsim.model.services import ReferenceGrant, Referrer


def read_ingress(obj: Object) -> Entry | None:
    """An Ingress; a backend that is no Service leads nowhere that policies know."""
    return _entry(obj, _ingress_backends)


def read_gateway_route(obj: Object) -> Entry | None:
    """An HTTPRoute, GRPCRoute, TCPRoute, TLSRoute or UDPRoute."""
    return _entry(obj, _gateway_backends)


def read_openshift_route(obj: Object) -> Entry | None:
    """A Route; without a port all ports of its Services."""
    return _entry(obj, _route_backends)


Backends = Iterator[Backend]
Reader = Callable[[Fields, str], Backends]


def _entry(obj: Object, backends: Reader) -> Entry | None:
    metadata = read_metadata(obj)
    if metadata is None:
        return None
    spec = obj.fields.fields("spec")
    leads = tuple(dict.fromkeys(backends(spec, metadata.namespace)))
    return Entry(obj.kind, metadata.namespace, metadata.name, leads, metadata.location)


def _ingress_backends(spec: Fields, namespace: str) -> Backends:
    default = spec.get("defaultBackend")
    if default:
        yield from _ingress_backend(default, namespace)
    for rule in spec.items("rules"):
        http = _inner(rule).fields("http")
        for path in http.items("paths"):
            backend = _inner(path).get("backend")
            if backend:
                yield from _ingress_backend(backend, namespace)


def _ingress_backend(field: Field, namespace: str) -> Backends:
    service = _inner(field).get("service")
    if service is None:
        return
    fields = _inner(service)
    name, port = fields.text("name"), fields.get("port")
    inner = _inner(port) if port else None
    number = inner.get("number") if inner else None
    named = inner.get("name") if inner else None
    if name is None or port is None:
        service.warn("a backend without service name or port is skipped")
        return
    chosen = number or named
    value = _port(chosen) if chosen else None
    if value is not None:
        yield Backend(namespace, name, value, service.location)


def _gateway_backends(spec: Fields, namespace: str) -> Backends:
    for rule in spec.items("rules"):
        for item in _list_references(_inner(rule)):
            fields = _inner(item)
            kind, group = fields.text("kind") or "Service", fields.text("group") or ""
            name, port = fields.text("name"), fields.get("port")
            if (kind, group) != ("Service", "") or name is None:
                continue
            home = fields.text("namespace") or namespace
            yield Backend(home, name, _port(port) if port else None, item.location)


def _list_references(rule: Fields) -> Iterator[Field]:
    """The backends of a rule, and those that get a copy of its requests."""
    backends = rule.items("backendRefs")
    yield from backends
    for holder in (rule, *(_inner(item) for item in backends)):
        for item in holder.items("filters"):
            mirror = _inner(item).fields("requestMirror").get("backendRef")
            if mirror:
                yield mirror


def _route_backends(spec: Fields, namespace: str) -> Backends:
    port = spec.fields("port").get("targetPort")
    target = _port(port) if port else None
    first = spec.get("to")
    for item in (*((first,) if first else ()), *spec.items("alternateBackends")):
        fields = _inner(item)
        name = fields.text("name")
        if name and (fields.text("kind") or "Service") == "Service":
            yield Backend(namespace, name, target, item.location)


def read_reference_grant(obj: Object) -> ReferenceGrant | None:
    """A ReferenceGrant; only what it says about Services counts."""
    metadata = read_metadata(obj)
    if metadata is None:
        return None
    spec = obj.fields.fields("spec")
    referrers = tuple(
        Referrer(fields.text("group") or "", fields.text("kind") or "", namespace)
        for item in spec.items("from")
        if (namespace := (fields := _inner(item)).text("namespace"))
    )
    services: set[str] | None = set()
    for item in spec.items("to"):
        fields = _inner(item)
        if (fields.text("group") or "", fields.text("kind")) != ("", "Service"):
            continue
        name = fields.text("name")
        services = services | {name} if name and services is not None else None
    return ReferenceGrant(
        metadata.namespace,
        metadata.name,
        referrers,
        None if services is None else frozenset(services),
        metadata.location,
    )


def _inner(field: Field) -> Fields:
    return field.fields() or Fields({}, field.line, field.path, field.report)


def _port(field: Field) -> int | str | None:
    if has_placeholder(field.scalar_text):
        return None
    return field.number_or_text()
