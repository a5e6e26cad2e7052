"""Addresses in words, and back."""

from __future__ import annotations

import pytest
from hypothesis import given

from netsim.model.addresses import AddressSet
from netsim.words.addresses import join_blocks, list_blocks, parse_blocks
from tests.strategies.sets import address_sets

ALL = ("0.0.0.0/0", "::/0")


@pytest.mark.parametrize(
    ("blocks", "exceptions", "words"),
    [
        ((), (), ""),
        (ALL, (), "any address"),
        (("0.0.0.0/0",), (), "0.0.0.0/0"),
        (("::/0",), (), "::/0"),
        (("0.0.0.0/0",), ("10.0.0.0/8",), "0.0.0.0/0 except 10.0.0.0/8"),
        (
            ALL,
            ("10.0.0.0/8", "192.168.0.0/16", "fe80::1"),
            "0.0.0.0/0 except 10.0.0.0/8, 192.168.0.0/16; ::/0 except fe80::1",
        ),
        (
            ("0.0.0.0/0",),
            ("10.0.0.0/8", "169.254.169.254", "192.168.0.0/16"),
            "0.0.0.0/0 except 10.0.0.0/8, 169.254.169.254, 192.168.0.0/16",
        ),
        (("10.1.0.0/16",), ("10.1.9.0/24",), "10.1.0.0/16 except 10.1.9.0/24"),
        # An exception at an end leaves blocks, which say more.
        (("10.0.0.0/8",), ("10.128.0.0/9",), "10.0.0.0/9"),
        (("10.0.0.0/8",), ("10.64.0.0/10",), "10.0.0.0/10, 10.128.0.0/9"),
        (("10.0.0.0/8", "192.168.0.0/16"), (), "10.0.0.0/8, 192.168.0.0/16"),
        (("10.0.0.1", "10.0.0.9", "2001:db8::1"), (), "10.0.0.1, 10.0.0.9, 2001:db8::1"),
        (("10.0.0.1", "10.0.0.2"), (), "10.0.0.1-10.0.0.2"),
        # Nobody reads so many exceptions.
        (
            ("10.0.0.0/28",),
            tuple(f"10.0.0.{number}" for number in range(1, 14, 2)),
            f"{', '.join(f'10.0.0.{number}' for number in range(0, 13, 2))}, 10.0.0.14/31",
        ),
    ],
)
def test_words(blocks: tuple[str, ...], exceptions: tuple[str, ...], words: str) -> None:
    found = list_blocks(AddressSet.of(blocks) - AddressSet.of(exceptions))
    assert join_blocks(found) == words


@given(address_sets)
def test_words_say_all_and_nothing_else(addresses: AddressSet) -> None:
    parts = [parse_blocks(block) for block in list_blocks(addresses)]
    assert AddressSet.union(parts) == addresses


@pytest.mark.parametrize(
    "text",
    ["", "any", "10.0.0.0/8 except", "10.0.0.0/8 except x", "x except 10.0.0.0/8", "1.1.1.1,"],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match=r"address|Expected|does not"):
        parse_blocks(text)
