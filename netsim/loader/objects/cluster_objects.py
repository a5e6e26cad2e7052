"""Namespaces and nodes, and the parts that they share with other objects."""

from __future__ import annotations

from collections.abc import Iterable

from netsim.loader.objects import validation
from netsim.loader.objects.fields import Field, Fields
from netsim.loader.objects.objects import Object, read_metadata
from netsim.model.addresses import AddressSet
from netsim.model.labels import Labels
from netsim.model.placeholders import has_placeholder
from netsim.model.ports import Protocol
from netsim.model.resources import NAME_LABEL, Namespace, Node, Origin

NODE_ADDRESSES = ("InternalIP", "ExternalIP")
"""The types of address that are read; names are not resolved."""


def read_namespace(obj: Object) -> Namespace | None:
    """A Namespace; the API server sets the name label, so it is always there."""
    metadata = read_metadata(obj)
    if metadata is None:
        return None
    written = metadata.labels
    labels = Labels.of({**dict(written.pairs), NAME_LABEL: metadata.name}, written.location)
    return Namespace(metadata.name, labels, Origin.READ, metadata.location)


def read_node(obj: Object) -> Node | None:
    """A Node, with the addresses and pod ranges it reports."""
    metadata = read_metadata(obj)
    if metadata is None:
        return None
    addresses = _node_addresses(obj.fields.fields("status"))
    return Node(
        metadata.name,
        metadata.labels,
        AddressSet.union(addresses),
        _pod_ranges(obj.fields.fields("spec")),
        metadata.location,
        choose_host_addresses(addresses),
    )


def _node_addresses(status: Fields) -> tuple[AddressSet, ...]:
    """Each address by itself, the internal ones first."""
    found: dict[str, list[AddressSet]] = {kind: [] for kind in NODE_ADDRESSES}
    for item in status.items("addresses"):
        fields = item.fields()
        kind = fields.text("type") if fields else None
        if fields and kind in found:
            found[kind].append(read_address(fields.get("address")))
    return tuple(address for of_kind in found.values() for address in of_kind)


def choose_host_addresses(addresses: Iterable[AddressSet]) -> AddressSet:
    """What pods on the node's network have: of each family the first, internal ones before.

    Source: ``GetNodeHostIPs``, k8s.io/component-helpers/node/util.
    """
    found = AddressSet.empty()
    for address in addresses:
        if not address.families & found.families:
            found |= address
    return found


def _pod_ranges(spec: Fields) -> AddressSet:
    found = AddressSet.empty()
    single = spec.get("podCIDR")
    for field in (*spec.items("podCIDRs"), *((single,) if single else ())):
        text = field.text()
        if text and not has_placeholder(text):
            found |= _range(field, text)
    return found


def _range(field: Field, text: str) -> AddressSet:
    try:
        validation.parse_cidr(text)
    except ValueError as error:
        field.refuse(str(error))
        return AddressSet.empty()
    return AddressSet.parse(text)


def read_address(field: Field | None) -> AddressSet:
    """One IP address; none where it is missing or a placeholder."""
    text = field.text() if field else None
    if field is None or not text or has_placeholder(text):
        return AddressSet.empty()
    try:
        return AddressSet.of_address(text)
    except ValueError:
        field.refuse(f"'{text}' is not an IP address: use one such as 10.0.0.1 or 2001:db8::1")
        return AddressSet.empty()


def read_protocol(fields: Fields) -> Protocol | None:
    """The protocol of a port; TCP where there is none (core/v1 and networking/v1 defaults)."""
    field = fields.get("protocol")
    return field.member(Protocol, "protocol") if field else Protocol.TCP


def read_port_number(field: Field) -> int | None:
    """A port's number; None where it is wrong, or a placeholder."""
    if has_placeholder(field.scalar_text):
        return None
    number = field.integer()
    wrong = validation.port_number(number) if number is not None else None
    if wrong:
        field.refuse(wrong)
        return None
    return number
