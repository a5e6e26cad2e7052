"""Addresses in words: ``any address``, ``0.0.0.0/0 except 10.0.0.0/8``."""

from __future__ import annotations

from netsim.model.addresses import AddressSet, Family
from netsim.words.lists import join_first

_WHOLE = {Family.IPV4: "0.0.0.0/0", Family.IPV6: "::/0"}


def describe_addresses(addresses: AddressSet) -> str:
    """Blocks, or those that are left out of all addresses where these are fewer."""
    if addresses == AddressSet.full():
        return "any address"
    parts = (_describe_family(addresses.over(family), family) for family in Family)
    return "; ".join(filter(None, parts))


def _describe_family(own: AddressSet, family: Family) -> str:
    if not own:
        return ""
    blocks = own.cidrs()
    rest = (AddressSet.parse(_WHOLE[family]) - own).cidrs()
    if not rest:
        return f"any {family} address"
    if len(rest) >= len(blocks):
        return join_first(blocks)
    return f"{_WHOLE[family]} except {join_first(rest)}"
