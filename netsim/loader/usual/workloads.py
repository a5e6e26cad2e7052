"""Pods, and workloads whose pods have no labels but those of all pods and a hash."""

from __future__ import annotations

from functools import lru_cache
from sys import intern
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from netsim.loader.objects import validation
from netsim.loader.objects.fields import Fields, Report
from netsim.loader.objects.generated_labels import add_generated_labels, add_topology_labels
from netsim.loader.objects.workloads import Owner, Phase, PodSpec, Workload, choose_resolver
from netsim.loader.usual.item import Item
from netsim.loader.usual.metadata import (
    MANY,
    NO_LABELS,
    MetadataShape,
    UnusualError,
    read_labels,
    read_name,
    read_namespace_name,
    require,
)
from netsim.model.addresses import AddressSet
from netsim.model.labels import Labels
from netsim.model.ports import HIGHEST_PORT, LOWEST_PORT, Protocol
from netsim.model.resources import ContainerPort, MisplacedLabel, PodNetwork

_NOWHERE = AddressSet.empty()


class PortShape(Struct, frozen=True):
    """A container port."""

    containerPort: Annotated[int, Meta(ge=LOWEST_PORT, le=HIGHEST_PORT)]  # noqa: N815
    name: str | None = None
    protocol: Protocol = Protocol.TCP


class ContainerShape(Struct):
    """What is read of a container."""

    ports: list[PortShape] | None = None
    restartPolicy: str | None = None  # noqa: N815


class PodSpecShape(Struct):
    """What is read of the spec of a pod."""

    containers: list[ContainerShape] | None = None
    initContainers: list[ContainerShape] | None = None  # noqa: N815
    hostNetwork: bool | None = None  # noqa: N815
    dnsPolicy: str | None = None  # noqa: N815
    nodeName: str | None = None  # noqa: N815
    nodeSelector: dict[str, str] | None = None  # noqa: N815


class IpShape(Struct):
    """An entry of ``podIPs`` or ``hostIPs``."""

    ip: str | None = None


class StatusShape(Struct):
    """What is read of the status of a pod."""

    phase: str | None = None
    podIP: str | None = None  # noqa: N815
    podIPs: list[IpShape] | None = None  # noqa: N815
    hostIP: str | None = None  # noqa: N815
    hostIPs: list[IpShape] | None = None  # noqa: N815


class PodShape(Struct):
    """What is read of a Pod."""

    metadata: MetadataShape
    spec: PodSpecShape | None = None
    status: StatusShape | UnsetType | None = UNSET


class TemplateMetadataShape(Struct):
    """What is read of the metadata of a template."""

    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None


class TemplateShape(Struct):
    """A pod template."""

    metadata: TemplateMetadataShape | None = None
    spec: PodSpecShape | None = None


class WorkloadSpecShape(Struct):
    """What is read of the spec of a workload."""

    template: TemplateShape
    replicas: int | None = None


class WorkloadShape(Struct):
    """What is read of a workload."""

    metadata: MetadataShape
    spec: WorkloadSpecShape


_NO_SPEC, _NO_STATUS = PodSpecShape(), StatusShape()
_NO_METADATA = TemplateMetadataShape()
_PHASES = {phase.value: phase for phase in (Phase.SUCCEEDED, Phase.FAILED)}


def read_pod(shape: PodShape, item: Item, default_namespace: str) -> Workload:
    """A Pod.  Raises :class:`UnusualError` for one that ``objects`` has to look at."""
    metadata = shape.metadata
    labels = read_labels(metadata.labels, metadata.annotations)
    is_made = metadata.uid is not UNSET or metadata.ownerReferences is not UNSET
    if shape.status is UNSET and not is_made:
        labels = _add_topology(labels)
    status = shape.status or _NO_STATUS
    return Workload(
        "Pod",
        read_namespace_name(metadata, default_namespace),
        read_name(metadata),
        metadata.name,
        _read_pod_spec(shape.spec or _NO_SPEC, labels),
        _find_owner(metadata),
        _PHASES.get(status.phase or "", Phase.ACTIVE),
        _read_addresses(status.podIP, status.podIPs),
        _read_host(status),
        item.locate("metadata.name"),
    )


def read_workload(
    kind: str, shape: WorkloadShape, item: Item, default_namespace: str
) -> Workload:
    """A workload of a kind.  Raises :class:`UnusualError`, too."""
    metadata, template = shape.metadata, shape.spec.template
    own = read_labels(metadata.labels, metadata.annotations)
    inner = template.metadata or _NO_METADATA
    written = read_labels(inner.labels, inner.annotations)
    misplaced: tuple[MisplacedLabel, ...] = ()
    if own.pairs != written.pairs:
        misplaced = tuple(
            MisplacedLabel(key, value, item.locate(f"metadata.labels.{key}"), "spec.template")
            for key, value in (metadata.labels or {}).items()
            if (key, value) not in written.pairs
        )
    is_owned = isinstance(metadata.ownerReferences, list)
    is_gone = kind == "ReplicaSet" and shape.spec.replicas == 0
    if is_gone and item.may_hide_zero:
        raise UnusualError
    return Workload(
        kind,
        read_namespace_name(metadata, default_namespace),
        read_name(metadata),
        metadata.name,
        _read_pod_spec(template.spec or _NO_SPEC, _add_generated(written, kind), misplaced),
        _find_owner(metadata),
        Phase.SCALED_DOWN if is_gone and is_owned else Phase.ACTIVE,
        _NOWHERE,
        _NOWHERE,
        item.locate("metadata.name"),
    )


@lru_cache(MANY)
def _add_topology(labels: Labels) -> Labels:
    return add_topology_labels(labels)


@lru_cache(MANY)
def _add_generated(labels: Labels, kind: str) -> Labels:
    # The labels of these kinds depend on no field of the spec.
    return add_generated_labels(labels, kind, None, Fields({}, 0, "spec", Report("")))


def _find_owner(metadata: MetadataShape) -> Owner | None:
    for owner in metadata.ownerReferences or ():
        if owner.controller:
            return _build_owner(owner.kind or "Pod", owner.name) if owner.name else None
    return None


@lru_cache(MANY)
def _build_owner(kind: str, name: str) -> Owner:
    return Owner(kind, name)


def _read_pod_spec(
    spec: PodSpecShape, labels: Labels, misplaced: tuple[MisplacedLabel, ...] = ()
) -> PodSpec:
    network = PodNetwork.HOST if spec.hostNetwork else PodNetwork.POD
    selector = spec.nodeSelector
    return PodSpec(
        labels,
        _read_ports(spec),
        network,
        spec.nodeName and intern(spec.nodeName),
        choose_resolver(spec.dnsPolicy, network),
        _build_node_selector(tuple(selector.items())) if selector else NO_LABELS,
        (),
        misplaced,
    )


@lru_cache(MANY)
def _build_node_selector(pairs: tuple[tuple[str, str], ...]) -> Labels:
    return Labels.of({key: value for key, value in pairs if value})


def _read_ports(spec: PodSpecShape) -> tuple[ContainerPort, ...]:
    """Ports in the order of lookup: containers, then restartable init containers."""
    found = [port for each in spec.containers or () for port in each.ports or ()]
    for each in spec.initContainers or ():
        if each.restartPolicy == "Always":
            found += each.ports or ()
    return _build_ports(tuple(found)) if found else ()


@lru_cache(MANY)
def _build_ports(shapes: tuple[PortShape, ...]) -> tuple[ContainerPort, ...]:
    for each in shapes:
        require(validation.port_name(each.name) if each.name else None)
    return tuple(
        ContainerPort(each.containerPort, each.protocol, each.name or None) for each in shapes
    )


def _read_host(status: StatusShape) -> AddressSet:
    """Those of a node, which all its pods share."""
    others = tuple(each.ip for each in status.hostIPs or () if each.ip)
    return _parse_host(status.hostIP, others)


@lru_cache(MANY)
def _parse_host(single: str | None, others: tuple[str, ...]) -> AddressSet:
    return _read_addresses(single, [IpShape(each) for each in others])


def _read_addresses(single: str | None, several: list[IpShape] | None) -> AddressSet:
    found = AddressSet.of_address(single) if single else _NOWHERE
    for each in several or ():
        if each.ip and each.ip != single:
            found = found | AddressSet.of_address(each.ip)
    return found
