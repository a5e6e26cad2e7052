"""Namespaces and nodes."""

from __future__ import annotations

from msgspec import Struct

from netsim.loader.objects import validation
from netsim.loader.objects.cluster_objects import NODE_ADDRESSES, choose_host_addresses
from netsim.loader.usual.item import Item
from netsim.loader.usual.metadata import (
    MetadataShape,
    read_labels,
    read_name,
    read_namespace_name,
    require,
)
from netsim.model.addresses import AddressSet
from netsim.model.labels import Labels
from netsim.model.resources import NAME_LABEL, Namespace, Node, Origin


class NamespaceShape(Struct):
    """What is read of a Namespace."""

    metadata: MetadataShape


class NodeAddressShape(Struct):
    """An address that a node reports."""

    type: str | None = None
    address: str | None = None


class NodeStatusShape(Struct):
    """What is read of the status of a node."""

    addresses: list[NodeAddressShape] | None = None


class NodeSpecShape(Struct):
    """What is read of the spec of a node."""

    podCIDR: str | None = None  # noqa: N815
    podCIDRs: list[str] | None = None  # noqa: N815


class NodeShape(Struct):
    """What is read of a Node."""

    metadata: MetadataShape
    spec: NodeSpecShape | None = None
    status: NodeStatusShape | None = None


_NO_SPEC, _NO_STATUS = NodeSpecShape(), NodeStatusShape()


def read_namespace(shape: NamespaceShape, item: Item, default_namespace: str) -> Namespace:
    """A Namespace.  Raises :class:`UnusualError` for one that ``objects`` has to look at."""
    metadata = shape.metadata
    read_namespace_name(metadata, default_namespace)
    require(validation.dns_label(metadata.name))
    written = read_labels(metadata.labels, metadata.annotations)
    labels = Labels.of({**dict(written.pairs), NAME_LABEL: metadata.name})
    return Namespace(metadata.name, labels, Origin.READ, item.locate("metadata.name"))


def read_node(shape: NodeShape, item: Item, default_namespace: str) -> Node:
    """A Node.  Raises :class:`UnusualError`, too."""
    metadata = shape.metadata
    read_namespace_name(metadata, default_namespace)
    written = (shape.status or _NO_STATUS).addresses or ()
    addresses = tuple(
        AddressSet.of_address(each.address) if each.address else AddressSet()
        for kind in NODE_ADDRESSES
        for each in written
        if each.type == kind
    )
    return Node(
        read_name(metadata),
        read_labels(metadata.labels, metadata.annotations),
        AddressSet.union(addresses),
        _read_pod_ranges(shape.spec or _NO_SPEC),
        item.locate("metadata.name"),
        choose_host_addresses(addresses),
    )


def _read_pod_ranges(spec: NodeSpecShape) -> AddressSet:
    found = [AddressSet()]
    for text in (spec.podCIDR, *(spec.podCIDRs or ())):
        if text:
            validation.parse_cidr(text)
            found.append(AddressSet.parse(text))
    return AddressSet.union(found)
