"""What an ipBlock holds: single addresses, whole ranges, and what exceptions leave of it."""

from __future__ import annotations

import ipaddress
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from netsim.model.addresses import AddressSet
from netsim.model.peers import BlockPeer
from netsim.model.resources import Pod
from tests.naive import Truth

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def addresses_of(pod: Pod) -> list[Address]:
    """The known addresses of a pod."""
    return [] if pod.addresses is None else addresses_in(pod.addresses)


def addresses_in(known: AddressSet) -> list[Address]:
    """The single addresses of a small set."""
    found: list[Address] = []
    for family, (low, high) in known:
        found.extend(family.address(number) for number in range(low, high + 1))
    return found


@cache
def ip_network(text: str) -> Network:
    """The network of a CIDR; there are few, and each is asked for at every packet."""
    return ipaddress.ip_network(text)


def block_holds(peer: BlockPeer, address: Address) -> Truth:
    """Whether one address is in an ipBlock: in the CIDR and in none of the exceptions.

    "The except entry describes CIDRs that should not be included within this rule."
    (types.go, IPBlock)
    """
    if peer.addresses is None:
        return Truth.MAYBE
    if address not in ip_network(peer.cidr):
        return Truth.NO
    for exception in peer.exceptions:
        if address in ip_network(exception):
            return Truth.NO
    return Truth.YES


def filled(pieces: list[Network], bits: int, low: int, high: int) -> bool:
    """Whether networks, together, hold all of a range."""
    spans = [(int(p[0]), int(p[-1])) for p in pieces if p.max_prefixlen == bits]
    reached = low - 1
    for first, last in sorted(spans):
        if first <= reached + 1:
            reached = max(reached, last)
    return reached >= high


def remaining(peer: BlockPeer) -> list[Network]:
    """What the exceptions of an ipBlock leave of its CIDR, as networks."""
    return _left_of(peer.cidr, peer.exceptions)


@cache
def _left_of(cidr: str, exceptions: tuple[str, ...]) -> list[Network]:
    pieces: list[Network] = [ip_network(cidr)]
    for exception in exceptions:
        hole = ip_network(exception)
        left: list[Network] = []
        for piece in pieces:
            left.extend(_without(piece, hole))
        pieces = left
    return pieces


def _without(piece: Network, hole: Network) -> list[Network]:
    if isinstance(piece, IPv4Network) and isinstance(hole, IPv4Network):
        if piece.subnet_of(hole):
            return []
        return list(piece.address_exclude(hole)) if hole.subnet_of(piece) else [piece]
    if isinstance(piece, IPv6Network) and isinstance(hole, IPv6Network):
        if piece.subnet_of(hole):
            return []
        return list(piece.address_exclude(hole)) if hole.subnet_of(piece) else [piece]
    return [piece]
