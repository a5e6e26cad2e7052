"""Addresses in words: ``any address``, ``10.0.0.0/8 except 10.9.0.0/16``, or a range."""

from __future__ import annotations

from collections.abc import Sequence

from netsim.model.addresses import AddressSet, Family, parse_addresses, range_text
from netsim.model.intervals import Interval

ANY_ADDRESS = "any address"
_EXCEPT = " except "
_MOST_BLOCKS, _MOST_EXCEPTIONS = 3, 6


def list_blocks(addresses: AddressSet) -> tuple[str, ...]:
    """The fewest words for some addresses: a block with exceptions, or each range."""
    if addresses == AddressSet.full():
        return (ANY_ADDRESS,)
    found: list[str] = []
    for family in sorted(addresses.families, key=lambda each: each.value):
        found += _list_of_family(addresses.over(family))
    return tuple(found)


def join_blocks(blocks: Sequence[str]) -> str:
    """Some of :func:`list_blocks` in a line."""
    return ("; " if any("," in block for block in blocks) else ", ").join(blocks)


def describe_addresses(addresses: AddressSet) -> str:
    """The first few of :func:`list_blocks`, and how many more there are."""
    blocks = list_blocks(addresses)
    if len(blocks) <= _MOST_BLOCKS:
        return join_blocks(blocks)
    rest = len(blocks) - _MOST_BLOCKS + 1
    return f"{join_blocks(blocks[: _MOST_BLOCKS - 1])} and {rest} more"


def parse_blocks(text: str) -> AddressSet:
    """What one of :func:`list_blocks` says; raises ``ValueError`` for anything else."""
    if text == ANY_ADDRESS:
        return AddressSet.full()
    whole, _, exceptions = text.partition(_EXCEPT)
    own = parse_addresses(whole)
    if not exceptions:
        return own
    return own - AddressSet.union(parse_addresses(each) for each in exceptions.split(", "))


def _list_of_family(own: AddressSet) -> list[str]:
    ranges = [_name_range(family, interval) for family, interval in own]
    whole = enclose(own)
    exceptions = (whole - own).cidrs()
    if not exceptions or len(exceptions) > _MOST_EXCEPTIONS:
        return ranges
    has_odd_range = any("-" in each for each in ranges)
    if len(exceptions) + 1 < len(ranges) + has_odd_range:
        return [f"{whole.cidrs()[0]}{_EXCEPT}{', '.join(map(_without_prefix, exceptions))}"]
    return ranges


def _name_range(family: Family, interval: Interval) -> str:
    """A block, a single address, or ``first-last``."""
    blocks = AddressSet.of_range(family, interval).cidrs()
    return _without_prefix(blocks[0]) if len(blocks) == 1 else range_text(family, interval)


def _without_prefix(block: str) -> str:
    return block.removesuffix("/128" if ":" in block else "/32")


def enclose(addresses: AddressSet) -> AddressSet:
    """The smallest block that holds all of some addresses of one family."""
    ranges = [(family, ends) for family, ends in addresses]
    family, low, high = ranges[0][0], ranges[0][1][0], ranges[-1][1][1]
    size = (1 << (low ^ high).bit_length()) - 1
    return AddressSet.of_range(family, (low & ~size, low | size))
