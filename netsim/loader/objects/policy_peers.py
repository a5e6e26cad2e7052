"""The peers of a NetworkPolicy's rule."""

from __future__ import annotations

from netsim.loader.objects.fields import Field, Fields
from netsim.loader.objects.labels import read_selector
from netsim.loader.objects.placeholders import has_placeholder
from netsim.loader.objects.validation import inside, parse_cidr
from netsim.model.addresses import AddressSet, Network
from netsim.model.labels import Selector
from netsim.model.policies import BlockPeer, Peer, PodPeer


def read_peer(item: Field) -> Peer | None:
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
    for field, written in exceptions:
        part = _network(field, written or "")
        if whole and part and not inside(part, whole):
            field.refuse(
                f"except '{written}' is not inside '{text}': use a smaller block of it"
            )
        texts.append(written or "")
        holes += [AddressSet.block(part)] if part else []
    if whole is None or item.report.failed:
        return None
    addresses = AddressSet.block(whole) - AddressSet.union(holes)
    return BlockPeer(text, tuple(texts), addresses, item.location)


def _network(field: Field, text: str) -> Network | None:
    try:
        return parse_cidr(text)
    except ValueError as error:
        field.refuse(str(error))
        return None
