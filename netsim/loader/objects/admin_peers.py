"""Subjects and peers of the admin tiers."""

from __future__ import annotations

import re

from netsim.loader.objects.fields import Field, Fields
from netsim.loader.objects.labels import read_selector
from netsim.loader.objects.validation import parse_cidr
from netsim.loader.tree.scalars import has_placeholder
from netsim.model.addresses import AddressSet
from netsim.model.labels import Selector
from netsim.model.peers import BlockPeer, DomainPeer, NodePeer, Peer, PodPeer
from netsim.model.policies import Direction

_KNOWN = {
    Direction.INGRESS: ("namespaces", "pods"),
    Direction.EGRESS: ("namespaces", "pods", "nodes", "networks", "domainNames"),
}
_MOST_VALUES = 25
_REMOVED = ("sameLabels", "notSameLabels")
_DOMAIN = re.compile(
    r"(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]*[a-z0-9])?\.?"
)


def read_subject(spec: Fields) -> PodPeer | None:
    """The pods that a policy applies to; None (and errors) where they are wrong."""
    field = spec.get("subject")
    if field is None:
        spec.missing("subject", "choose pods with namespaces or pods")
        return None
    fields = field.fields()
    chosen = only_one(field, fields, ("namespaces", "pods")) if fields else None
    return _pod_peer(chosen, field) if chosen else None


def read_admin_peers(
    fields: Fields, side: str, direction: Direction, most: int
) -> tuple[Peer, ...]:
    """The peers of a rule; at least one is needed, unlike in a NetworkPolicy."""
    field = fields.get(side)
    if field is None:
        fields.missing(side, "name at least one peer; namespaces: {} is every pod")
        return ()
    items = field.items()
    if not 1 <= len(items) <= most:
        field.refuse(f"{len(items)} peers: use 1 to {most}")
    return tuple(peer for item in items for peer in _peers(item, direction))


def _peers(item: Field, direction: Direction) -> tuple[Peer, ...]:
    fields = item.fields()
    chosen = only_one(item, fields, _KNOWN[direction]) if fields else None
    if chosen is None:
        return ()
    match chosen.path.rpartition(".")[2]:
        case "nodes":
            return (NodePeer(read_selector(chosen), item.location),)
        case "networks":
            return tuple(block for each in _values(chosen) if (block := _network(each)))
        case "domainNames":
            return _domains(item, chosen)
    peer = _pod_peer(chosen, item)
    return (peer,) if peer else ()


def only_one(item: Field, fields: Fields, known: tuple[str, ...]) -> Field | None:
    """The one field that is set (MinProperties and MaxProperties are 1)."""
    fields.only(*known)
    given = [field for name in known if (field := fields.get(name))]
    if len(given) == 1:
        return given[0]
    names = f"{', '.join(known[:-1])} or {known[-1]}"
    if given:
        given[1].refuse(f"beside another choice: use exactly one of {names}")
    elif not fields.entries or not fields.report.failed:
        item.refuse(f"empty: use exactly one of {names}")
    return None


def _pod_peer(chosen: Field, item: Field) -> PodPeer | None:
    if chosen.path.endswith("namespaces"):
        return PodPeer(_namespaces(chosen), Selector(), item.location)
    fields = chosen.fields()
    if fields is None:
        return None
    fields.only("namespaceSelector", "namespaces", "podSelector")
    spaces = fields.get("namespaceSelector") or fields.get("namespaces")
    pods = fields.get("podSelector")
    for name, given in (("namespaceSelector", spaces), ("podSelector", pods)):
        if given is None:
            chosen.warn(
                f"no {name}: read as {{}}, which selects all; the API server requires it"
            )
    return PodPeer(
        _namespaces(spaces) if spaces else Selector(),
        read_selector(pods) if pods else Selector(),
        item.location,
    )


def _namespaces(field: Field) -> Selector:
    """A selector, or the form of earlier versions that holds it in ``namespaceSelector``."""
    fields = field.fields()
    if fields is None:
        return Selector()
    for name in _REMOVED:
        removed = fields.get(name)
        if removed:
            removed.refuse(f"{name} was removed from the API: use a namespaceSelector")
            return Selector()
    nested = fields.get("namespaceSelector")
    if nested:
        fields.only("namespaceSelector")
        return read_selector(nested)
    return read_selector(field)


def _values(field: Field) -> tuple[Field, ...]:
    before = len(field.report.diagnostics)
    items = field.items()
    if len(field.report.diagnostics) > before:
        return ()  # it is no list, which says more
    if not 1 <= len(items) <= _MOST_VALUES:
        field.refuse(f"{len(items)} entries: use 1 to {_MOST_VALUES}")
    return items


def _network(item: Field) -> BlockPeer | None:
    text = item.text()
    if text is None:
        return None
    if has_placeholder(text):
        return BlockPeer(text, (), None, item.location)
    try:
        parse_cidr(text)
    except ValueError as error:
        item.refuse(str(error))
        return None
    return BlockPeer(text, (), AddressSet.parse(text), item.location)


def _domains(item: Field, field: Field) -> tuple[DomainPeer, ...]:
    names = []
    for each in _values(field):
        text = each.text()
        if text is not None and not has_placeholder(text) and not _DOMAIN.fullmatch(text):
            each.refuse(
                f"'{text}' is not a domain name: use one such as example.com or *.example.com"
            )
        names.append(text or "")
    return (DomainPeer(tuple(names), item.location),)
