"""Addresses as the fewest ipBlocks: a CIDR with exceptions where that is shorter.

The addresses of IPv4 but ``10.0.0.0/8`` are one block with one exception, and not the eight
blocks around it.
"""

from __future__ import annotations

from ipaddress import ip_network

from msgspec import Struct

from netsim.model.addresses import AddressSet, Family, Network


class Block(Struct, frozen=True):
    """A CIDR, and those within it that are left out."""

    cidr: str
    exceptions: tuple[str, ...] = ()


_WHOLE = {Family.IPV4: "0.0.0.0/0", Family.IPV6: "::/0"}


def cover(addresses: AddressSet) -> tuple[Block, ...]:
    """Blocks that hold these addresses and no others, as short as they can be written.

    O(intervals × bits of an address): only what an interval's end lies in is divided.
    """
    found: list[Block] = []
    for family in Family:
        part = addresses.over(family)
        if part:
            found += _cover(ip_network(_WHOLE[family]), part)
    return tuple(found)


def _cover(network: Network, addresses: AddressSet) -> list[Block]:
    whole = AddressSet.block(network)
    own = addresses & whole
    if not own:
        return []
    if own == whole:
        return [Block(str(network))]
    halves = [block for half in network.subnets() for block in _cover(half, own)]
    one = Block(str(network), (whole - own).cidrs())
    return [one] if 1 + len(one.exceptions) < _measure(halves) else halves


def _measure(blocks: list[Block]) -> int:
    return sum(1 + len(block.exceptions) for block in blocks)
