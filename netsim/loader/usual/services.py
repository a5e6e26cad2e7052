"""Services that have addresses of the cluster only."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any

from msgspec import Meta, Struct

from netsim.loader.objects import validation
from netsim.loader.usual.item import Item
from netsim.loader.usual.metadata import (
    MANY,
    MetadataShape,
    UnusualError,
    check_labels,
    read_labels,
    read_namespace_name,
    require,
)
from netsim.model.addresses import AddressSet, Family
from netsim.model.labels import Selector
from netsim.model.ports import HIGHEST_PORT, LOWEST_PORT, Protocol
from netsim.model.services import Service, ServicePort, ServiceType, TrafficPolicy

_HEADLESS = "None"
_FAMILIES = {str(family): family for family in Family}
_Port = Annotated[int, Meta(ge=LOWEST_PORT, le=HIGHEST_PORT)]


class ServicePortShape(Struct):
    """A port of a Service."""

    port: _Port
    protocol: Protocol = Protocol.TCP
    targetPort: _Port | str | None = None  # noqa: N815
    name: str | None = None
    nodePort: _Port | None = None  # noqa: N815


class ServiceSpecShape(Struct):
    """What is read of the spec of a Service, and what is unusual in one."""

    type: ServiceType | None = None
    selector: dict[str, str] | None = None
    ports: list[ServicePortShape] | None = None
    clusterIP: str | None = None  # noqa: N815
    clusterIPs: list[str] | None = None  # noqa: N815
    ipFamilies: list[str] | None = None  # noqa: N815
    externalTrafficPolicy: TrafficPolicy | None = None  # noqa: N815
    internalTrafficPolicy: TrafficPolicy | None = None  # noqa: N815
    publishNotReadyAddresses: bool | None = None  # noqa: N815
    externalIPs: Any = None  # noqa: N815
    externalName: Any = None  # noqa: N815
    loadBalancerIP: Any = None  # noqa: N815
    loadBalancerSourceRanges: Any = None  # noqa: N815


class LoadBalancerShape(Struct):
    """What a load balancer reports, which is unusual."""

    ingress: Any = None


class ServiceStatusShape(Struct):
    """The status of a Service."""

    loadBalancer: LoadBalancerShape | None = None  # noqa: N815


class ServiceShape(Struct):
    """What is read of a Service."""

    metadata: MetadataShape
    spec: ServiceSpecShape | None = None
    status: ServiceStatusShape | None = None


_NO_SPEC = ServiceSpecShape()


def read_service(shape: ServiceShape, item: Item, default_namespace: str) -> Service:
    """A Service.  Raises :class:`UnusualError` for one that ``objects`` has to look at."""
    metadata, spec = shape.metadata, shape.spec or _NO_SPEC
    if spec.type is ServiceType.EXTERNAL_NAME or _list_unusual(shape, spec):
        raise UnusualError
    require(validation.dns_label(metadata.name))
    read_labels(metadata.labels, metadata.annotations)
    texts = (
        *((spec.clusterIP,) if spec.clusterIP is not None else ()),
        *(spec.clusterIPs or ()),
    )
    is_headless = _HEADLESS in texts
    addresses = AddressSet() if is_headless else _read_addresses(texts)
    families = frozenset(_FAMILIES[each] for each in spec.ipFamilies or () if each in _FAMILIES)
    selector = spec.selector
    return Service(
        read_namespace_name(metadata, default_namespace),
        metadata.name,
        _build_selector(tuple(selector.items())) if selector else None,
        tuple(_read_port(each) for each in spec.ports or ()),
        item.locate("metadata.name"),
        spec.type or ServiceType.CLUSTER_IP,
        is_headless,
        addresses,
        families=families or addresses.families,
        external_traffic=spec.externalTrafficPolicy or TrafficPolicy.CLUSTER,
        internal_traffic=spec.internalTrafficPolicy or TrafficPolicy.CLUSTER,
        publishes_unready=bool(spec.publishNotReadyAddresses),
    )


def _list_unusual(shape: ServiceShape, spec: ServiceSpecShape) -> list[Any]:
    balancer = shape.status.loadBalancer if shape.status else None
    found = (
        spec.externalIPs,
        spec.externalName,
        spec.loadBalancerIP,
        spec.loadBalancerSourceRanges,
        balancer and balancer.ingress,
    )
    return [each for each in found if each is not None]


def _read_addresses(texts: tuple[str, ...]) -> AddressSet:
    return AddressSet.union(map(AddressSet.of_address, texts))


@lru_cache(MANY)
def _build_selector(pairs: tuple[tuple[str, str], ...]) -> Selector:
    check_labels(pairs)
    return Selector.of(dict(pairs))


def _read_port(shape: ServicePortShape) -> ServicePort:
    target = shape.targetPort or shape.port
    return ServicePort(shape.port, shape.protocol, target, shape.name, shape.nodePort)
