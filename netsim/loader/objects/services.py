"""Services, and the endpoints that EndpointSlices and Endpoints list for them.

Source: core/v1 ``ServiceSpec``, ``ServiceStatus`` and ``Endpoints``, discovery/v1
``EndpointSlice``.  Fields that do not say where connections go are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import TypeVar

from netsim.loader.objects import validation
from netsim.loader.objects.cluster_objects import (
    read_address,
    read_port_number,
    read_protocol,
)
from netsim.loader.objects.fields import Field, Fields
from netsim.loader.objects.labels import read_labels
from netsim.loader.objects.objects import Object, read_metadata
from netsim.model.addresses import Address, AddressSet, Family
from netsim.model.labels import Selector
from netsim.model.placeholders import has_placeholder
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

_Choice = TypeVar("_Choice", bound=Enum)

_NO_ADDRESS = "None"
"""The ``clusterIP`` of a headless Service."""

_FAMILIES = {"IPv4": Family.IPV4, "IPv6": Family.IPV6}
_SERVICE_NAME = "kubernetes.io/service-name"
_MANAGER = "endpointslice.kubernetes.io/managed-by"
_SKIP_MIRROR = "endpointslice.kubernetes.io/skip-mirror"
_ORIGINS = {
    "endpointslice-controller.k8s.io": EndpointsOrigin.SELECTOR,
    "endpointslicemirroring-controller.k8s.io": EndpointsOrigin.MIRROR,
}


def read_service(obj: Object) -> Service | None:
    """A Service; without a selector its endpoints are managed by hand."""
    metadata = read_metadata(obj)
    if metadata is None:
        return None
    spec = obj.fields.fields("spec")
    labels = read_labels(spec.get("selector"))
    kind = _choose(spec.get("type"), ServiceType, ServiceType.CLUSTER_IP)
    is_alias = kind is ServiceType.EXTERNAL_NAME
    is_headless, cluster_ips = _read_cluster_ips(spec)
    balancer_ips, hosts = _read_balancer(obj.fields)
    cluster = TrafficPolicy.CLUSTER
    return Service(
        metadata.namespace,
        metadata.name,
        Selector.of(labels) if labels and not is_alias else None,
        tuple(port for item in spec.items("ports") if (port := _read_port(item))),
        metadata.location,
        kind,
        is_headless and not is_alias,
        cluster_ips,
        _read_addresses(spec.items("externalIPs")),
        balancer_ips | read_address(spec.get("loadBalancerIP")),
        hosts,
        _read_families(spec) or frozenset(family for family, _ in cluster_ips),
        _choose(spec.get("externalTrafficPolicy"), TrafficPolicy, cluster),
        _choose(spec.get("internalTrafficPolicy"), TrafficPolicy, cluster),
        (spec.text("externalName") or "") if is_alias else "",
        _read_ranges(spec.items("loadBalancerSourceRanges")),
        _is_true(spec.get("publishNotReadyAddresses")),
    )


def _choose(field: Field | None, choices: type[_Choice], default: _Choice) -> _Choice:
    """A field with a default; one that is not filled in yet has it, too."""
    if field is None or not field.scalar_text or has_placeholder(field.scalar_text):
        return default
    return field.member(choices, field.path.rpartition(".")[2]) or default


def _is_true(field: Field | None) -> bool:
    return bool(field and field.boolean())


def _read_cluster_ips(spec: Fields) -> tuple[bool, AddressSet]:
    """Whether it is headless, and its addresses otherwise; the server gives those it lacks."""
    single = spec.get("clusterIP")
    fields = (*((single,) if single else ()), *spec.items("clusterIPs"))
    if any(field.scalar_text == _NO_ADDRESS for field in fields):
        return True, AddressSet.empty()
    return False, _read_addresses(fields)


def _read_addresses(fields: tuple[Field, ...]) -> AddressSet:
    return AddressSet.union(read_address(field) for field in fields)


def _read_families(spec: Fields) -> frozenset[Family]:
    names = (field.scalar_text for field in spec.items("ipFamilies"))
    return frozenset(_FAMILIES[name] for name in names if name in _FAMILIES)


def _read_balancer(fields: Fields) -> tuple[AddressSet, tuple[str, ...]]:
    """What a load balancer reports: addresses, or names that stand for some."""
    found, hosts = AddressSet.empty(), []
    for item in fields.fields("status").fields("loadBalancer").items("ingress"):
        inner = item.fields()
        if inner is None:
            continue
        found |= read_address(inner.get("ip"))
        if host := inner.text("hostname"):
            hosts.append(host)
    return found, tuple(hosts)


def _read_ranges(fields: tuple[Field, ...]) -> AddressSet | None:
    found = AddressSet.empty()
    for field in fields:
        text = (field.text() or "").strip()
        if not text or has_placeholder(text):
            return None
        try:
            found |= AddressSet.parse(text)
        except ValueError:
            field.refuse(f"'{text}' is not a CIDR block: use one such as 203.0.113.0/24")
    return found if fields else None


def _read_port(item: Field) -> ServicePort | None:
    fields = item.fields()
    port = fields.get("port") if fields else None
    if fields is None or port is None:
        item.warn("a port without number is skipped")
        return None
    protocol = read_protocol(fields)
    number = read_port_number(port)
    target = _read_target(fields)
    if number is None or protocol is None:
        return None
    node_port = fields.get("nodePort")
    return ServicePort(
        number,
        protocol,
        target or number,
        fields.text("name"),
        # 0 asks the server for any, as does an absent one.
        read_port_number(node_port) if node_port and node_port.scalar_text != "0" else None,
    )


def _read_target(fields: Fields) -> int | str | None:
    """targetPort, which is the port itself where it is missing or 0 (core/v1 defaults)."""
    field = fields.get("targetPort")
    target = field.number_or_text() if field else None
    wrong = validation.port_number(target) if isinstance(target, int) and target else None
    if field and wrong:
        field.refuse(wrong)
    return target


def read_endpoint_slice(obj: Object) -> ServiceEndpoints | None:
    """An EndpointSlice; one that names no Service in its labels is of none."""
    metadata = read_metadata(obj)
    if metadata is None:
        return None
    labels = dict(metadata.labels.pairs)
    is_named = obj.fields.text("addressType") == "FQDN"
    endpoints = tuple(
        endpoint
        for item in obj.fields.items("endpoints")
        for endpoint in _read_slice_endpoint(item, is_named=is_named)
    )
    ports = tuple(port for item in obj.fields.items("ports") if (port := _listed_port(item)))
    return ServiceEndpoints(
        obj.kind,
        metadata.namespace,
        metadata.name,
        labels.get(_SERVICE_NAME, ""),
        (EndpointSubset(endpoints, ports),),
        _ORIGINS.get(labels.get(_MANAGER, ""), EndpointsOrigin.USER),
        metadata.location,
    )


def _read_slice_endpoint(item: Field, *, is_named: bool) -> Iterator[ListedEndpoint]:
    """All addresses of an endpoint mean the same, and the first is the one that is used."""
    fields = item.fields()
    if fields is None:
        return
    readiness = _read_readiness(fields.fields("conditions"))
    node, pod = fields.text("nodeName"), _named_pod(fields)
    for field in fields.items("addresses")[:1]:
        if is_named:
            yield ListedEndpoint(None, readiness, node, pod, field.text() or "")
        elif address := _single(field):
            yield ListedEndpoint(address, readiness, node, pod)


def _read_readiness(conditions: Fields) -> Readiness:
    """``ready`` is true where it is not given; ``serving`` of one that is not ready."""
    ready, serving = conditions.get("ready"), conditions.get("serving")
    if ready is None or ready.boolean():
        return Readiness.READY
    return Readiness.SERVING if _is_true(serving) else Readiness.UNREADY


def _named_pod(fields: Fields) -> str | None:
    target = fields.fields("targetRef")
    return target.text("name") if target.text("kind") == "Pod" else None


def _single(field: Field) -> Address | None:
    for family, (low, _) in read_address(field):
        return family.address(low)
    return None


def _listed_port(item: Field) -> ListedPort | None:
    fields = item.fields()
    if fields is None:
        return None
    protocol, number = read_protocol(fields), fields.get("port")
    chosen = read_port_number(number) if number else None
    if protocol is None or (number and chosen is None):
        return None
    return ListedPort(chosen, protocol, fields.text("name") or "")


def read_endpoints(obj: Object) -> ServiceEndpoints | None:
    """Endpoints, which go by the name of their Service."""
    metadata = read_metadata(obj)
    if metadata is None:
        return None
    subsets = tuple(
        EndpointSubset(
            (
                *_read_subset(fields, "addresses", Readiness.READY),
                *_read_subset(fields, "notReadyAddresses", Readiness.UNREADY),
            ),
            tuple(port for each in fields.items("ports") if (port := _listed_port(each))),
        )
        for item in obj.fields.items("subsets")
        if (fields := item.fields())
    )
    is_uncopied = dict(metadata.labels.pairs).get(_SKIP_MIRROR) == "true"
    return ServiceEndpoints(
        obj.kind,
        metadata.namespace,
        metadata.name,
        metadata.name,
        subsets,
        EndpointsOrigin.UNCOPIED if is_uncopied else EndpointsOrigin.USER,
        metadata.location,
    )


def _read_subset(fields: Fields, name: str, readiness: Readiness) -> Iterator[ListedEndpoint]:
    for item in fields.items(name):
        inner = item.fields()
        field = inner.get("ip") if inner else None
        address = _single(field) if field else None
        if inner and address:
            node, pod = inner.text("nodeName"), _named_pod(inner)
            yield ListedEndpoint(address, readiness, node, pod)
