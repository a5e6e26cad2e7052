"""Blocks hold the addresses they are made of, and are as few as can be."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given

from netsim.generation.blocks import Block, cover
from netsim.model.addresses import AddressSet
from tests.strategies import thorough
from tests.strategies.sets import address_sets


@thorough(300)
@given(address_sets)
def test_they_hold_the_same_addresses(addresses: AddressSet) -> None:
    blocks = cover(addresses)
    held = AddressSet.empty()
    for block in blocks:
        held |= AddressSet.parse(block.cidr) - AddressSet.of(block.exceptions)
        for each in block.exceptions:
            # The API server wants them strictly within the block.
            inner, outer = ip_network(each), ip_network(block.cidr)
            assert inner.version == outer.version
            assert inner != outer
            assert int(outer.network_address) <= int(inner.network_address)
            assert int(inner.broadcast_address) <= int(outer.broadcast_address)
    assert held == addresses
    written = sum(1 + len(block.exceptions) for block in blocks)
    assert written <= len(addresses.cidrs())


@pytest.mark.parametrize(
    ("whole", "without", "blocks"),
    [
        (["0.0.0.0/0"], ["10.0.0.0/8"], [Block("0.0.0.0/0", ("10.0.0.0/8",))]),
        # Two blocks are shorter than one with its exceptions.
        (["10.0.0.0/8", "192.168.0.0/16"], [], [Block("10.0.0.0/8"), Block("192.168.0.0/16")]),
        (["10.0.0.0/29"], ["10.0.0.7/32"], [Block("10.0.0.0/29", ("10.0.0.7/32",))]),
        # Equally long: without exceptions.
        (["10.0.0.0/31"], ["10.0.0.1/32"], [Block("10.0.0.0/32")]),
        (["::/0", "0.0.0.0/0"], [], [Block("0.0.0.0/0"), Block("::/0")]),
        ([], [], []),
    ],
)
def test_the_shortest(whole: list[str], without: list[str], blocks: list[Block]) -> None:
    assert cover(AddressSet.of(whole) - AddressSet.of(without)) == tuple(blocks)
