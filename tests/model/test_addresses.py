"""The algebra of address sets."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_network, summarize_address_range

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.model.addresses import (
    Address,
    AddressSet,
    Family,
    family_of,
    parse_address,
    range_text,
)
from tests.strategies.sets import BLOCK_TEXTS, address_sets, addresses


@given(address_sets, address_sets)
def test_commutativity(a: AddressSet, b: AddressSet) -> None:
    assert a | b == b | a
    assert a & b == b & a


@given(address_sets, address_sets, address_sets)
def test_associativity(a: AddressSet, b: AddressSet, c: AddressSet) -> None:
    assert (a | b) | c == a | (b | c)
    assert (a & b) & c == a & (b & c)


@given(address_sets, address_sets, address_sets)
def test_distributivity(a: AddressSet, b: AddressSet, c: AddressSet) -> None:
    assert a & (b | c) == (a & b) | (a & c)
    assert a | (b & c) == (a | b) & (a | c)


@given(address_sets, address_sets)
def test_de_morgan(a: AddressSet, b: AddressSet) -> None:
    assert ~(a | b) == ~a & ~b
    assert ~(a & b) == ~a | ~b


@given(address_sets)
def test_complement(a: AddressSet) -> None:
    assert ~~a == a
    assert a | ~a == AddressSet.full()
    assert a & ~a == AddressSet.empty()


@given(address_sets)
def test_identity_idempotence_and_domination(a: AddressSet) -> None:
    empty, full = AddressSet.empty(), AddressSet.full()
    assert a | empty == a & full == a | a == a & a == a
    assert a | full == full
    assert a & empty == empty


@given(address_sets, address_sets)
def test_absorption(a: AddressSet, b: AddressSet) -> None:
    assert a | (a & b) == a
    assert a & (a | b) == a


@given(address_sets, address_sets, address_sets)
def test_difference(a: AddressSet, b: AddressSet, c: AddressSet) -> None:
    assert a - b == a & ~b
    assert a - (b | c) == (a - b) - c
    assert (a - b) | (a & b) == a
    assert not (a - b) & b


@given(address_sets, address_sets)
def test_order(a: AddressSet, b: AddressSet) -> None:
    assert (a <= b) == (a & b == a) == (a | b == b)
    assert (a <= b and b <= a) == (a == b)
    assert AddressSet.empty() <= a <= AddressSet.full()
    assert a & b <= a <= a | b


@given(address_sets, address_sets)
def test_equal_sets_are_equal_and_hash_alike(a: AddressSet, b: AddressSet) -> None:
    rebuilt = (a - b) | (b & a)
    assert rebuilt == a
    assert hash(rebuilt) == hash(a)
    assert (a == b) == (not a - b and not b - a)


@given(address_sets)
def test_truth(a: AddressSet) -> None:
    assert bool(a) == (a != AddressSet.empty())


@given(address_sets, address_sets, addresses)
def test_membership(a: AddressSet, b: AddressSet, address: Address) -> None:
    assert (address in a | b) == (address in a or address in b)
    assert (address in a & b) == (address in a and address in b)
    assert (address in a - b) == (address in a and address not in b)
    assert (address in ~a) == (address not in a)
    assert (address in a) == (AddressSet.single(address) <= a)


@given(st.sampled_from(BLOCK_TEXTS), addresses)
def test_a_block_holds_what_the_standard_library_says(text: str, address: Address) -> None:
    assert (address in AddressSet.parse(text)) == (address in ip_network(text))


@given(st.lists(st.sampled_from(BLOCK_TEXTS), max_size=4), addresses)
def test_blocks_hold_what_one_of_them_holds(texts: list[str], address: Address) -> None:
    assert (address in AddressSet.of(texts)) == any(address in ip_network(t) for t in texts)


@given(addresses)
def test_one_address(address: Address) -> None:
    one = AddressSet.single(address)
    assert one == AddressSet.parse(str(address))
    assert list(one) == [(family_of(address), (int(address), int(address)))]
    assert family_of(address).address(int(address)) == address
    assert parse_address(str(address)) == address


def parsed(text: str) -> AddressSet:
    found = AddressSet.empty()
    for written in text.split(", ") if text else ():
        low, high = map(parse_address, written.split("-"))
        if isinstance(low, IPv4Address) and isinstance(high, IPv4Address):
            found |= AddressSet.of(str(n) for n in summarize_address_range(low, high))
        if isinstance(low, IPv6Address) and isinstance(high, IPv6Address):
            found |= AddressSet.of(str(n) for n in summarize_address_range(low, high))
    return found


@given(address_sets)
def test_text_says_the_whole_set(a: AddressSet) -> None:
    assert parsed(str(a)) == a


@given(address_sets)
def test_iteration_gives_the_ranges_of_both_families(a: AddressSet) -> None:
    assert tuple(i for family, i in a if family is Family.IPV4) == a.v4 == a.ranges(Family.IPV4)
    assert tuple(i for family, i in a if family is Family.IPV6) == a.v6 == a.ranges(Family.IPV6)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("0.0.0.0/0", "0.0.0.0-255.255.255.255"),
        ("::/0", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("10.0.0.0/8", "10.0.0.0-10.255.255.255"),
        ("10.1.2.3/8", "10.0.0.0-10.255.255.255"),
        ("10.1.2.3/32", "10.1.2.3-10.1.2.3"),
        ("10.1.2.3", "10.1.2.3-10.1.2.3"),
        ("0.0.0.0/32", "0.0.0.0-0.0.0.0"),
        ("255.255.255.255/32", "255.255.255.255-255.255.255.255"),
        ("10.0.0.1/31", "10.0.0.0-10.0.0.1"),
        ("fd00::7/126", "fd00::4-fd00::7"),
        ("fd00::1", "fd00::1-fd00::1"),
        ("::1/128", "::1-::1"),
        ("::ffff:10.0.0.1/128", "::ffff:a00:1-::ffff:a00:1"),
    ],
)
def test_parse(text: str, written: str) -> None:
    assert str(AddressSet.parse(text)).replace("::ffff:10.0.0.1", "::ffff:a00:1") == written


@pytest.mark.parametrize(
    "text",
    ["", "10.0.0.0/33", "fd00::/129", "10.0.0", "10.0.0.256", "host", "10.0.0.0/-1", "::g"],
)
def test_text_that_is_no_block_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        AddressSet.parse(text)


@pytest.mark.parametrize("text", ["", "10.0.0.0/8", "host", "10.0.0.256"])
def test_text_that_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_address(text)


def test_the_families_are_apart() -> None:
    both = AddressSet.of(("0.0.0.0/0", "::/0"))
    assert both == AddressSet.full()
    assert AddressSet.parse("0.0.0.0/0") != AddressSet.full()
    assert ~AddressSet.parse("0.0.0.0/0") == AddressSet.parse("::/0")
    assert not AddressSet.parse("0.0.0.0/0") & AddressSet.parse("::/0")
    assert IPv4Address("0.0.0.1") not in AddressSet.parse("::1")
    assert IPv6Address("::ffff:10.0.0.1") not in AddressSet.parse("10.0.0.0/8")


def test_touching_blocks_merge() -> None:
    halves = AddressSet.of(("0.0.0.0/1", "128.0.0.0/1"))
    assert halves == AddressSet.parse("0.0.0.0/0")
    assert AddressSet.of(("10.0.0.0/31", "10.0.0.2/31")) == AddressSet.parse("10.0.0.0/30")


def test_exceptions_leave_holes() -> None:
    found = AddressSet.parse("10.0.0.0/29") - AddressSet.of(("10.0.0.1", "10.0.0.4/30"))
    assert str(found) == "10.0.0.0-10.0.0.0, 10.0.0.2-10.0.0.3"
    assert not AddressSet.parse("10.0.0.0/30") - AddressSet.of(("10.0.0.0/31", "10.0.0.2/31"))


def test_range_text() -> None:
    assert range_text(Family.IPV4, (0, 1)) == "0.0.0.0-0.0.0.1"
    assert range_text(Family.IPV6, (1, 2)) == "::1-::2"
    assert Family.IPV4.last == 2**32 - 1
    assert Family.IPV6.last == 2**128 - 1


@pytest.mark.parametrize("text", ["fe80::1%eth0", "fe80::1%$(id)", "fe80::1%"])
def test_a_zone_is_part_of_no_address(text: str) -> None:
    for read in (parse_address, AddressSet.parse):
        with pytest.raises(ValueError, match="zone"):
            read(text)
