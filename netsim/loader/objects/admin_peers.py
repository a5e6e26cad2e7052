"""Subjects and peers of the admin tiers."""

from __future__ import annotations

import re
from enum import Enum

from netsim.loader.objects.fields import Field, Fields
from netsim.loader.objects.labels import read_selector
from netsim.loader.objects.validation import is_mapped, parse_cidr
from netsim.model.addresses import AddressSet
from netsim.model.labels import Selector
from netsim.model.peers import BlockPeer, DomainPeer, NodePeer, Peer, PodPeer
from netsim.model.placeholders import has_placeholder
from netsim.model.policies import Direction

_KNOWN = {
    Direction.INGRESS: ("namespaces", "pods"),
    Direction.EGRESS: ("namespaces", "pods", "nodes", "networks", "domainNames"),
}
_MOST_VALUES = 25
_LONGEST_CIDR = 43
_REMOVED = ("sameLabels", "notSameLabels")
_LABEL = r"[a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?"
_DOMAIN = re.compile(rf"(\*\.)?({_LABEL}\.)+{_LABEL}\.?")


class Version(Enum):
    """A version of the API, as the definitions differ in what they demand."""

    V1ALPHA1 = "v1alpha1"
    V1ALPHA2 = "v1alpha2"


def read_subject(spec: Fields, version: Version) -> PodPeer | None:
    """The pods that a policy applies to; None (and errors) where they are wrong."""
    field = spec.get("subject")
    if field is None:
        spec.missing("subject", "choose pods with namespaces or pods")
        return None
    fields = field.fields()
    chosen = only_one(field, fields, ("namespaces", "pods")) if fields else None
    return _pod_peer(chosen, field, version) if chosen else None


def read_admin_peers(
    fields: Fields, side: str, direction: Direction, version: Version, most: int
) -> tuple[Peer, ...]:
    """The peers of a rule; at least one is needed, unlike in a NetworkPolicy."""
    field = fields.get(side)
    if field is None:
        fields.missing(side, "name at least one peer; namespaces: {} is every pod")
        return ()
    items = field.items()
    if not 1 <= len(items) <= most:
        field.refuse(f"{len(items)} peers: use 1 to {most}")
    return tuple(peer for item in items for peer in _peers(item, direction, version))


def _peers(item: Field, direction: Direction, version: Version) -> tuple[Peer, ...]:
    fields = item.fields()
    chosen = only_one(item, fields, _KNOWN[direction]) if fields else None
    if chosen is None:
        return ()
    match chosen.path.rpartition(".")[2]:
        case "nodes":
            return (NodePeer(read_selector(chosen), item.location),)
        case "networks":
            networks = _values(chosen, version)
            return tuple(block for each in networks if (block := _network(each, version)))
        case "domainNames":
            return _domains(item, chosen, version)
    peer = _pod_peer(chosen, item, version)
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


def _pod_peer(chosen: Field, item: Field, version: Version) -> PodPeer | None:
    if chosen.path.endswith("namespaces"):
        return PodPeer(_namespaces(chosen, version), Selector(), item.location)
    fields = chosen.fields()
    if fields is None:
        return None
    fields.only("namespaceSelector", "namespaces", "podSelector")
    former = fields.get("namespaces")
    spaces = fields.get("namespaceSelector") or former
    pods = fields.get("podSelector")
    if version is Version.V1ALPHA2:
        if pods is None:
            fields.missing("podSelector", "choose pods; {} is every pod")
        if former:
            _warn_of_former_selector(former)
    else:
        # The API's own example policies leave out one or the other.
        for name, given in (("namespaceSelector", spaces), ("podSelector", pods)):
            if given is None:
                message = f"no {name}: read as {{}}, which selects all"
                chosen.warn(f"{message}; the API server requires it")
    return PodPeer(
        _namespaces(spaces, version) if spaces else Selector(),
        read_selector(pods) if pods else Selector(),
        item.location,
    )


def _namespaces(field: Field, version: Version) -> Selector:
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
        if version is Version.V1ALPHA2 and not field.path.endswith("pods.namespaces"):
            _warn_of_former_selector(nested)
        return read_selector(nested)
    return read_selector(field)


def _warn_of_former_selector(field: Field) -> None:
    """Unknown fields are pruned, or refused where validation is strict, as that of kubectl."""
    field.warn(
        "a form of earlier versions, read as it was meant there: kubectl refuses it, and the "
        "API server drops it, which selects every namespace: use namespaces: {matchLabels} "
        "or pods: {namespaceSelector}"
    )


def _values(field: Field, version: Version) -> tuple[Field, ...]:
    """The items of a list that holds none twice; of v1alpha1 not every definition says so."""
    before = len(field.report.diagnostics)
    items = field.items()
    if len(field.report.diagnostics) > before:
        return ()  # it is no list, which says more
    if not 1 <= len(items) <= _MOST_VALUES:
        field.refuse(f"{len(items)} entries: use 1 to {_MOST_VALUES}")
    seen: set[str] = set()
    for item in items:
        if item.scalar_text in seen:
            message = f"duplicate entry {item.scalar_text}: keep one"
            if version is Version.V1ALPHA2:
                item.refuse(message)
            else:
                item.warn(f"{message}; some versions of the definition refuse it")
        seen.add(item.scalar_text)
    return items


def _network(item: Field, version: Version) -> BlockPeer | None:
    """A CIDR; what v1alpha1 accepts that is none, nobody knows the meaning of."""
    text = item.text()
    if text is None:
        return None
    if has_placeholder(text):
        return BlockPeer(text, (), None, item.location)
    wrong = _check_network(text, version)
    if wrong:
        item.refuse(wrong)
        return None
    try:
        network = parse_cidr(text)
    except ValueError as error:
        if version is Version.V1ALPHA2:
            item.refuse(str(error))
            return None
        item.warn(f"{error}; the API server accepts it, what it selects is unknown")
        return BlockPeer(text, (), None, item.location)
    if version is Version.V1ALPHA2 and is_mapped(network):
        item.refuse(f"'{text}' is an IPv4 block written as IPv6: write it as IPv4")
        return None
    return BlockPeer(text, (), AddressSet.block(network), item.location)


def _check_network(text: str, version: Version) -> str | None:
    """What the definitions say of the text: ``maxLength``, and a rule of v1alpha1 in CEL."""
    if len(text) > _LONGEST_CIDR:
        return f"{len(text)} characters: use at most {_LONGEST_CIDR}"
    if version is Version.V1ALPHA1:
        is_either = (":" in text) != ("." in text)
        return None if is_either else f"'{text}' is not a CIDR of either IPv4 or IPv6"
    return None


def _domains(item: Field, field: Field, version: Version) -> tuple[DomainPeer, ...]:
    names = []
    for each in _values(field, version):
        text = each.text()
        if text is not None and not has_placeholder(text) and not _DOMAIN.fullmatch(text):
            each.refuse(
                f"'{text}' is not a domain name: use one such as example.com or *.example.com"
            )
        names.append(text or "")
    return (DomainPeer(tuple(names), item.location),)
