"""The algebra of port sets."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from netsim.model.ports import PortSet, Protocol
from tests.strategies.sets import port_numbers, port_sets, protocols


@given(port_sets, port_sets)
def test_commutativity(a: PortSet, b: PortSet) -> None:
    assert a | b == b | a
    assert a & b == b & a


@given(port_sets, port_sets, port_sets)
def test_associativity(a: PortSet, b: PortSet, c: PortSet) -> None:
    assert (a | b) | c == a | (b | c)
    assert (a & b) & c == a & (b & c)


@given(port_sets, port_sets, port_sets)
def test_distributivity(a: PortSet, b: PortSet, c: PortSet) -> None:
    assert a & (b | c) == (a & b) | (a & c)
    assert a | (b & c) == (a | b) & (a | c)


@given(port_sets, port_sets)
def test_de_morgan(a: PortSet, b: PortSet) -> None:
    assert ~(a | b) == ~a & ~b
    assert ~(a & b) == ~a | ~b


@given(port_sets)
def test_complement(a: PortSet) -> None:
    assert ~~a == a
    assert a | ~a == PortSet.full()
    assert a & ~a == PortSet.empty()


@given(port_sets)
def test_identity_idempotence_and_domination(a: PortSet) -> None:
    empty, full = PortSet.empty(), PortSet.full()
    assert a | empty == a & full == a | a == a & a == a
    assert a | full == full
    assert a & empty == empty


@given(port_sets, port_sets)
def test_absorption(a: PortSet, b: PortSet) -> None:
    assert a | (a & b) == a
    assert a & (a | b) == a


@given(port_sets, port_sets, port_sets)
def test_difference(a: PortSet, b: PortSet, c: PortSet) -> None:
    assert a - b == a & ~b
    assert a - (b | c) == (a - b) - c
    assert (a - b) | (a & b) == a
    assert not (a - b) & b


@given(port_sets, port_sets)
def test_order(a: PortSet, b: PortSet) -> None:
    assert (a <= b) == (a & b == a) == (a | b == b)
    assert (a <= b and b <= a) == (a == b)
    assert PortSet.empty() <= a <= PortSet.full()
    assert a & b <= a <= a | b


@given(port_sets, port_sets)
def test_equal_sets_are_equal_and_hash_alike(a: PortSet, b: PortSet) -> None:
    rebuilt = (a - b) | (b & a)
    assert rebuilt == a
    assert hash(rebuilt) == hash(a)
    assert (a == b) == (not a - b and not b - a)


@given(port_sets)
def test_truth(a: PortSet) -> None:
    assert bool(a) == (a != PortSet.empty())


@given(port_sets, port_sets, protocols, port_numbers)
def test_membership(a: PortSet, b: PortSet, protocol: Protocol, port: int) -> None:
    one = (protocol, port)
    assert (one in a | b) == (one in a or one in b)
    assert (one in a & b) == (one in a and one in b)
    assert (one in a - b) == (one in a and one not in b)
    assert (one in ~a) == (one not in a)
    assert (one in a) == (PortSet.of(*one) <= a)


@given(port_sets, protocols)
def test_a_set_is_the_union_of_its_protocols(a: PortSet, protocol: Protocol) -> None:
    parts = [a.restricted(each) for each in Protocol]
    assert parts[0] | parts[1] | parts[2] == a
    assert a.restricted(protocol) == a & PortSet.all_of(protocol)
    assert a.restricted(protocol).ports(protocol) == a.ports(protocol)


def parsed(text: str) -> PortSet:
    if text == "All Connections":
        return PortSet.full()
    found = PortSet.empty()
    for protocol, ranges in re.findall(r"(TCP|UDP|SCTP) ([\d,-]+)", text):
        for written in ranges.strip(",").split(","):
            first, _, last = written.partition("-")
            found |= PortSet.of(Protocol(protocol), int(first), int(last or first))
    return found


@given(port_sets)
def test_text_says_the_whole_set(a: PortSet) -> None:
    assert parsed(str(a)) == a


@pytest.mark.parametrize(
    ("ports", "text"),
    [
        (PortSet.empty(), ""),
        (PortSet.full(), "All Connections"),
        (PortSet.of(Protocol.TCP, 1), "TCP 1"),
        (PortSet.of(Protocol.UDP, 65535), "UDP 65535"),
        (PortSet.of(Protocol.TCP, 1, 65535), "TCP 1-65535"),
        (PortSet.of(Protocol.TCP, 80) | PortSet.of(Protocol.TCP, 81), "TCP 80-81"),
        (PortSet.of(Protocol.TCP, 443) | PortSet.of(Protocol.TCP, 80), "TCP 80,443"),
        (~PortSet.of(Protocol.TCP, 1), "SCTP 1-65535,TCP 2-65535,UDP 1-65535"),
        (
            PortSet.of(Protocol.UDP, 53)
            | PortSet.of(Protocol.TCP, 80)
            | PortSet.all_of(Protocol.SCTP),
            "SCTP 1-65535,TCP 80,UDP 53",
        ),
    ],
)
def test_text(ports: PortSet, text: str) -> None:
    assert str(ports) == text


@pytest.mark.parametrize(
    ("first", "last"), [(0, None), (65536, None), (-1, 5), (2, 1), (1, 65536), (0, 0)]
)
def test_numbers_that_are_no_range_are_refused(first: int, last: int | None) -> None:
    with pytest.raises(ValueError, match="not a range of ports"):
        PortSet.of(Protocol.TCP, first, last)


@pytest.mark.parametrize("protocol", Protocol)
def test_edges(protocol: Protocol) -> None:
    assert PortSet.of(protocol, 1, 65535) == PortSet.all_of(protocol)
    assert PortSet.of(protocol, 1) | PortSet.of(protocol, 2, 65535) == PortSet.all_of(protocol)
    assert ~PortSet.of(protocol, 1, 65534) & PortSet.all_of(protocol) == PortSet.of(
        protocol, 65535
    )
    assert (protocol, 1) in PortSet.full()
    assert (protocol, 65535) in PortSet.full()
    assert (protocol, 0) not in PortSet.full()
    assert (protocol, 65536) not in PortSet.full()


def test_protocols_are_apart() -> None:
    tcp = PortSet.of(Protocol.TCP, 80)
    assert (Protocol.UDP, 80) not in tcp
    assert not tcp & PortSet.of(Protocol.UDP, 80)
    assert tcp - PortSet.of(Protocol.SCTP, 80) == tcp


def test_the_union_of_many_sets_is_that_of_two_at_a_time() -> None:
    sets = [
        PortSet.of(protocol, first, first + first % 3)
        for first in range(1, 60, 2)
        for protocol in Protocol
    ]
    expected = PortSet.empty()
    for each in sets:
        expected |= each
    assert PortSet.union(sets) == expected
    assert PortSet.union([]) == PortSet.empty()
