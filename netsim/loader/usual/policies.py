"""NetworkPolicies that say what they mean and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, field

from netsim.loader.objects import validation
from netsim.loader.objects.validation import inside, is_mapped, parse_cidr
from netsim.loader.usual.item import Item
from netsim.loader.usual.metadata import (
    MANY,
    MetadataShape,
    UnusualError,
    check_labels,
    read_labels,
    read_name,
    read_namespace_name,
    require,
)
from netsim.model.addresses import AddressSet
from netsim.model.labels import Operator, Requirement, Selector
from netsim.model.peers import BlockPeer, Peer, PodPeer
from netsim.model.policies import (
    AS_WRITTEN,
    Direction,
    EveryPort,
    Listing,
    NamedPort,
    Notation,
    NumberedPorts,
    Policy,
    PolicyId,
    PolicyPort,
    Rule,
    Tier,
)
from netsim.model.ports import HIGHEST_PORT, LOWEST_PORT, Protocol

_Port = Annotated[int, Meta(ge=LOWEST_PORT, le=HIGHEST_PORT)]


class WholeMetadataShape(MetadataShape, forbid_unknown_fields=True):
    """Metadata with no other fields than the API has."""

    generateName: Any = None  # noqa: N815
    finalizers: list[Any] | None = None
    managedFields: list[Any] | None = None  # noqa: N815
    resourceVersion: Any | UnsetType = UNSET  # noqa: N815
    generation: Any = None
    selfLink: Any = None  # noqa: N815
    creationTimestamp: Any = None  # noqa: N815
    deletionTimestamp: Any = None  # noqa: N815
    deletionGracePeriodSeconds: Any = None  # noqa: N815
    clusterName: Any = None  # noqa: N815


class RequirementShape(Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of ``matchExpressions``."""

    key: str
    operator: Operator
    values: tuple[str, ...] = ()


class SelectorShape(Struct, forbid_unknown_fields=True):
    """A label selector; whatever is written has a value."""

    matchLabels: dict[str, str] | UnsetType = UNSET  # noqa: N815
    matchExpressions: tuple[RequirementShape, ...] | UnsetType = UNSET  # noqa: N815


class BlockShape(Struct, forbid_unknown_fields=True):
    """An ``ipBlock``."""

    cidr: str
    holes: tuple[str, ...] = field(default=(), name="except")


class PeerShape(Struct, forbid_unknown_fields=True):
    """The other end of a rule."""

    podSelector: SelectorShape | UnsetType = UNSET  # noqa: N815
    namespaceSelector: SelectorShape | UnsetType = UNSET  # noqa: N815
    ipBlock: BlockShape | UnsetType = UNSET  # noqa: N815


class PolicyPortShape(Struct, forbid_unknown_fields=True):
    """A port of a rule."""

    protocol: Protocol = Protocol.TCP
    port: _Port | str | UnsetType = UNSET
    endPort: _Port | UnsetType = UNSET  # noqa: N815


class RuleShape(Struct, forbid_unknown_fields=True):
    """A rule of either direction."""

    ports: list[PolicyPortShape] | UnsetType = UNSET
    peers: list[PeerShape] | UnsetType = UNSET


class IngressShape(RuleShape, forbid_unknown_fields=True):
    """A rule of ``ingress``."""

    peers: list[PeerShape] | UnsetType = field(default=UNSET, name="from")


class EgressShape(RuleShape, forbid_unknown_fields=True):
    """A rule of ``egress``."""

    peers: list[PeerShape] | UnsetType = field(default=UNSET, name="to")


class PolicySpecShape(Struct, forbid_unknown_fields=True):
    """The spec of a NetworkPolicy."""

    podSelector: SelectorShape | UnsetType = UNSET  # noqa: N815
    policyTypes: tuple[Direction, ...] | UnsetType = UNSET  # noqa: N815
    ingress: list[IngressShape] | UnsetType = UNSET
    egress: list[EgressShape] | UnsetType = UNSET


class PolicyShape(Struct, forbid_unknown_fields=True):
    """A NetworkPolicy."""

    metadata: WholeMetadataShape
    apiVersion: Any = None  # noqa: N815
    kind: Any = None
    spec: PolicySpecShape = field(default_factory=PolicySpecShape)
    status: Any = None


def read_policy(shape: PolicyShape, item: Item, default_namespace: str) -> Policy:
    """A policy.  Raises :class:`UnusualError` for one that ``objects`` has to look at."""
    metadata, spec = shape.metadata, shape.spec
    read_labels(metadata.labels, metadata.annotations)
    name, namespace = read_name(metadata), read_namespace_name(metadata, default_namespace)
    identity = PolicyId("networking.k8s.io", "NetworkPolicy", namespace, name)
    location = item.locate("metadata.name")
    isolates = _list_directions(spec)
    pods = spec.podSelector
    return Policy(
        identity,
        Tier.NETWORK_POLICY,
        PodPeer(
            None,
            Selector() if pods is UNSET else _read_selector(pods),
            location if pods is UNSET else item.locate("spec.podSelector"),
        ),
        (
            *_read_rules(spec.ingress or (), identity, Direction.INGRESS, item),
            *_read_rules(spec.egress or (), identity, Direction.EGRESS, item),
        ),
        location,
        isolates,
        notation=_choose_notation(shape),
    )


_BOTH = (Direction.INGRESS, Direction.EGRESS)
_STORED, _DEFAULTED = Notation(listing=Listing.STORED), Notation(listing=Listing.DEFAULTED)


def _list_directions(spec: PolicySpecShape) -> tuple[Direction, ...]:
    listed = spec.policyTypes
    found: tuple[Direction, ...]
    if not listed:
        found = _BOTH if spec.egress else (Direction.INGRESS,)
    elif len(listed) > len(_BOTH):
        raise UnusualError
    else:
        found = tuple(direction for direction in _BOTH if direction in listed)
    written = ((Direction.INGRESS, spec.ingress), (Direction.EGRESS, spec.egress))
    if any(rules is not UNSET and direction not in found for direction, rules in written):
        raise UnusualError
    return found


def _choose_notation(shape: PolicyShape) -> Notation:
    if not shape.spec.policyTypes:
        return _DEFAULTED
    metadata = shape.metadata
    is_stored = metadata.uid is not UNSET or metadata.resourceVersion is not UNSET
    return _STORED if is_stored else AS_WRITTEN


def _read_selector(shape: SelectorShape) -> Selector:
    labels = tuple((shape.matchLabels or {}).items())
    return _build_selector(labels, shape.matchExpressions or ())


@lru_cache(MANY)
def _build_selector(
    labels: tuple[tuple[str, str], ...], expressions: tuple[RequirementShape, ...]
) -> Selector:
    check_labels(labels)
    found = []
    for each in expressions:
        require(validation.label_key(each.key))
        for value in each.values:
            require(validation.label_value(value))
        if (each.operator in (Operator.IN, Operator.NOT_IN)) != bool(each.values):
            raise UnusualError
        values = tuple(sorted(set(each.values)))
        found.append(Requirement(each.key, each.operator, values))
    return Selector.of(dict(labels), found)


def _read_rules(
    shapes: Iterable[RuleShape],
    policy: PolicyId,
    direction: Direction,
    item: Item,
) -> list[Rule]:
    found = []
    for index, shape in enumerate(shapes):
        path = f"spec.{direction.word}[{index}]"
        if shape.peers == [] or shape.ports == []:
            raise UnusualError
        peers = tuple(
            _read_peer(each, item, f"{path}.{direction.peer_word}[{number}]")
            for number, each in enumerate(shape.peers or ())
        )
        ports = tuple(
            _read_port(each, item, f"{path}.ports[{number}]")
            for number, each in enumerate(shape.ports or ())
        )
        found.append(Rule(policy, direction, index, peers, ports, item.locate(path)))
    return found


def _read_peer(shape: PeerShape, item: Item, path: str) -> Peer:
    pods, namespaces, block = shape.podSelector, shape.namespaceSelector, shape.ipBlock
    if block is not UNSET:
        if pods is not UNSET or namespaces is not UNSET:
            raise UnusualError
        addresses = _read_block(block.cidr, block.holes)
        return BlockPeer(block.cidr, block.holes, addresses, item.locate(path))
    if pods is UNSET and namespaces is UNSET:
        raise UnusualError
    return PodPeer(
        None if namespaces is UNSET else _read_peer_selector(namespaces),
        Selector() if pods is UNSET else _read_peer_selector(pods),
        item.locate(path),
    )


def _read_peer_selector(shape: SelectorShape) -> Selector:
    """A selector; one whose parts are all empty is worth a word, as somebody forgot them."""
    parts = (shape.matchLabels, shape.matchExpressions)
    is_written = any(part is not UNSET for part in parts)
    if is_written and not any(parts):
        raise UnusualError
    return _read_selector(shape)


@lru_cache(MANY)
def _read_block(cidr: str, holes: tuple[str, ...]) -> AddressSet:
    try:
        networks = [parse_cidr(text) for text in (cidr, *holes)]
    except ValueError:
        raise UnusualError from None
    whole = networks[0]
    for text, network in zip((cidr, *holes), networks, strict=True):
        has_host = ip_address(text.partition("/")[0]) != network.network_address
        is_outside = network is not whole and not inside(network, whole)
        if is_mapped(network) or has_host or is_outside:
            raise UnusualError
    parts = AddressSet.union(map(AddressSet.block, networks[1:]))
    return AddressSet.block(whole) - parts


def _read_port(shape: PolicyPortShape, item: Item, path: str) -> PolicyPort:
    first, last, location = shape.port, shape.endPort, item.locate(path)
    if isinstance(first, int):
        last = first if isinstance(last, UnsetType) else last
        if last < first:
            raise UnusualError
        return NumberedPorts(shape.protocol, first, last, location)
    if last is not UNSET:
        raise UnusualError
    if isinstance(first, UnsetType):
        return EveryPort(shape.protocol, location)
    require(validation.port_name(first))
    return NamedPort(shape.protocol, first, location)
