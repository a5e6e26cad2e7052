"""NetworkPolicy objects, read strictly: a misspelt field could open everything."""

from __future__ import annotations

from ipaddress import ip_address

from netsim.loader.objects import validation
from netsim.loader.objects.cluster_objects import read_protocol
from netsim.loader.objects.fields import Field, Fields
from netsim.loader.objects.labels import read_selector
from netsim.loader.objects.objects import Object, read_metadata
from netsim.loader.objects.validation import inside, is_mapped, parse_cidr
from netsim.loader.tree.scalars import has_placeholder
from netsim.model.addresses import AddressSet, Network
from netsim.model.labels import Selector
from netsim.model.peers import BlockPeer, Peer, PodPeer
from netsim.model.policies import (
    Direction,
    EveryPort,
    NamedPort,
    NumberedPorts,
    Policy,
    PolicyId,
    PolicyPort,
    Rule,
    Tier,
    UnknownPort,
)
from netsim.model.ports import Protocol

_PEERS = {Direction.INGRESS: "from", Direction.EGRESS: "to"}
_METADATA = (
    "name", "generateName", "namespace", "labels", "annotations", "ownerReferences",
    "finalizers", "managedFields", "uid", "resourceVersion", "generation", "selfLink",
    "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "clusterName",
)  # fmt: skip


def read_network_policy(obj: Object) -> Policy | None:
    """A networking.k8s.io/v1 NetworkPolicy; None where it has no name."""
    obj.fields.only("apiVersion", "kind", "metadata", "spec", "status")
    obj.fields.fields("metadata").only(*_METADATA)
    metadata = read_metadata(obj)
    if metadata is None:
        return None
    spec = obj.fields.fields("spec")
    spec.only("podSelector", "policyTypes", "ingress", "egress")
    directions = _directions(spec)
    pods = spec.get("podSelector")
    policy = PolicyId("networking.k8s.io", obj.kind, metadata.namespace, metadata.name)
    selected = PodPeer(
        None,
        read_selector(pods) if pods else Selector(),
        pods.location if pods else metadata.location,
    )
    rules = tuple(rule for way in Direction for rule in _rules(spec, policy, way, directions))
    return Policy(
        policy,
        Tier.NETWORK_POLICY,
        selected,
        tuple(rule for rule in rules if rule.direction in directions),
        metadata.location,
        directions,
        without_effect=tuple(rule for rule in rules if rule.direction not in directions),
    )


def _directions(spec: Fields) -> tuple[Direction, ...]:
    """policyTypes, or its default (``SetDefaults_NetworkPolicy``).

    Ingress always, Egress where there is an egress rule.
    """
    field = spec.get("policyTypes")
    items = field.items() if field else ()
    if field and items:
        if len(items) > len(Direction):
            field.refuse("policyTypes: more than two, use Ingress and Egress once each")
        listed = {item.member(Direction, "policyTypes entry") for item in items}
        return tuple(direction for direction in Direction if direction in listed)
    egress = spec.entries.get("egress")
    has_rules = egress is not None and bool(getattr(egress.value, "items", ()))
    return (Direction.INGRESS, Direction.EGRESS) if has_rules else (Direction.INGRESS,)


def _rules(
    spec: Fields, policy: PolicyId, direction: Direction, isolated: tuple[Direction, ...]
) -> tuple[Rule, ...]:
    field = spec.get(direction.word)
    items = field.items() if field else ()
    rules = tuple(_rule(item, policy, direction, index) for index, item in enumerate(items))
    if field and rules and direction not in isolated:
        field.warn(
            f"these rules have no effect: policyTypes does not list {direction.value}, "
            "add it or remove them"
        )
    return rules


def _rule(item: Field, policy: PolicyId, direction: Direction, index: int) -> Rule:
    fields = item.fields() or Fields({}, item.line, item.path, item.report)
    peers = _PEERS[direction]
    fields.only(peers, "ports")
    return Rule(
        policy,
        direction,
        index,
        tuple(peer for entry in fields.items(peers) if (peer := _peer(entry))),
        tuple(port for entry in fields.items("ports") if (port := _port(entry))),
        item.location,
    )


def _peer(item: Field) -> Peer | None:
    """One NetworkPolicyPeer; None (and errors) where it is wrong."""
    fields = item.fields()
    if fields is None:
        return None
    fields.only("podSelector", "namespaceSelector", "ipBlock")
    block = fields.get("ipBlock")
    pods, namespaces = fields.get("podSelector"), fields.get("namespaceSelector")
    if block:
        if pods or namespaces:
            block.refuse("ipBlock beside a selector: make them two items of the list")
        return _block(item, block)
    if pods is None and namespaces is None:
        _refuse_empty(item, fields)
        return None
    return PodPeer(
        read_selector(namespaces) if namespaces else None,
        read_selector(pods) if pods else Selector(),
        item.location,
    )


def _refuse_empty(item: Field, fields: Fields) -> None:
    if fields.entries and fields.report.failed:
        return  # an unknown field explains it better
    item.refuse(
        "empty peer: give podSelector, namespaceSelector or ipBlock; podSelector: {} means "
        "every pod of the namespace"
    )


def _block(item: Field, block: Field) -> BlockPeer | None:
    fields = block.fields()
    if fields is None:
        return None
    fields.only("cidr", "except")
    cidr = fields.get("cidr")
    if cidr is None:
        fields.missing("cidr", "give the block of addresses, such as 10.0.0.0/8")
        return None
    text = cidr.text()
    exceptions = tuple((part, part.text()) for part in fields.items("except"))
    texts = tuple(written for _, written in exceptions if written is not None)
    if text is None or len(texts) < len(exceptions):
        return None
    if any(has_placeholder(written) for written in (text, *texts)):
        return BlockPeer(text, texts, None, item.location)
    return _known_block(item, cidr, text, exceptions)


def _known_block(
    item: Field, cidr: Field, text: str, exceptions: tuple[tuple[Field, str | None], ...]
) -> BlockPeer | None:
    whole = _network(cidr, text)
    texts: list[str] = []
    holes: list[AddressSet] = []
    networks = [whole]
    for field, written in exceptions:
        part = _network(field, written or "")
        networks.append(part)
        if whole and part and not inside(part, whole):
            field.refuse(
                f"except '{written}' is not inside '{text}': use a smaller block of it"
            )
        texts.append(written or "")
        holes += [AddressSet.block(part)] if part else []
    if whole is None or item.report.failed:
        return None
    if any(network and is_mapped(network) for network in networks):
        return BlockPeer(text, tuple(texts), None, item.location)
    addresses = AddressSet.block(whole) - AddressSet.union(holes)
    return BlockPeer(text, tuple(texts), addresses, item.location)


def _network(field: Field, text: str) -> Network | None:
    """A block of addresses; older servers accept more than one of 1.36 does (KEP-4858)."""
    try:
        network = parse_cidr(text)
    except ValueError as error:
        field.refuse(str(error))
        return None
    refused = "the API server refuses it since Kubernetes 1.36"
    if is_mapped(network):
        field.warn(
            f"'{text}' is an IPv4 block written as IPv6: write it as IPv4; {refused}, what an "
            "older one makes of it is unknown"
        )
    elif ip_address(text.partition("/")[0]) != network.network_address:
        field.warn(f"'{text}' has bits after its prefix, read as {network}: {refused}")
    return network


def _port(item: Field) -> PolicyPort | None:
    """One NetworkPolicyPort; None (and errors) where it is wrong."""
    fields = item.fields()
    if fields is None:
        return None
    fields.only("protocol", "port", "endPort")
    protocol = read_protocol(fields)
    port = fields.get("port")
    if port is None:
        return _portless(item, fields, protocol)
    value = port.number_or_text()
    if protocol is None or value is None:
        return None
    if isinstance(value, str):
        return _text(port, value, fields, protocol)
    return _read_numbered(item, port, value, fields, protocol)


def _portless(item: Field, fields: Fields, protocol: Protocol | None) -> EveryPort | None:
    end = fields.get("endPort")
    if end:
        end.refuse("endPort without port: add port, the first of the range")
    return EveryPort(protocol, item.location) if protocol else None


def _text(port: Field, text: str, fields: Fields, protocol: Protocol) -> PolicyPort | None:
    location = port.report.location(fields.line, fields.path)
    if has_placeholder(text):
        return UnknownPort(protocol, text, location)
    end = fields.get("endPort")
    if end:
        end.refuse(f"endPort with the port name '{text}': a range needs numbers")
    if text.isascii() and text.isdigit():
        port.refuse(f"port '{text}' is text, not a number: remove the quotes")
        return None
    wrong = validation.port_name(text)
    if wrong:
        port.refuse(wrong)
    return NamedPort(protocol, text, location)


def _read_numbered(
    item: Field, port: Field, first: int, fields: Fields, protocol: Protocol
) -> PolicyPort | None:
    wrong = validation.port_number(first)
    if wrong:
        port.refuse(wrong)
    end = fields.get("endPort")
    if end is None:
        return NumberedPorts(protocol, first, first, item.location)
    if has_placeholder(end.scalar_text):
        return UnknownPort(protocol, f"{first}-{end.scalar_text}", item.location)
    last = _end(end, first)
    return None if last is None else NumberedPorts(protocol, first, last, item.location)


def _end(field: Field, first: int) -> int | None:
    last = field.integer()
    if last is None:
        return None
    wrong = validation.port_number(last)
    if wrong:
        field.refuse(wrong)
    elif last < first:
        field.refuse(f"endPort {last} is below port {first}: use {first} or more")
    return last
