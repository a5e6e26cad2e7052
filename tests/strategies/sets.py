"""Sets of ports and of addresses, most of them on edges."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_network

from hypothesis import strategies as st

from netsim.model.addresses import Address, AddressSet
from netsim.model.intervals import Interval
from netsim.model.ports import HIGHEST_PORT, LOWEST_PORT, PortSet, Protocol

_EDGE_PORTS = (1, 2, 3, 79, 80, 81, 443, 8080, 65533, 65534, 65535)
port_numbers = st.sampled_from(_EDGE_PORTS) | st.integers(LOWEST_PORT, HIGHEST_PORT)
protocols = st.sampled_from(tuple(Protocol))


def _ordered(pair: Interval) -> Interval:
    return min(pair), max(pair)


def _port_set(ranges: Sequence[tuple[Protocol, Interval]]) -> PortSet:
    found = PortSet.empty()
    for protocol, pair in ranges:
        found |= PortSet.of(protocol, *_ordered(pair))
    return found


port_sets = st.one_of(
    st.lists(st.tuples(protocols, st.tuples(port_numbers, port_numbers)), max_size=6).map(
        _port_set
    ),
    st.sampled_from(
        (PortSet.empty(), PortSet.full(), *(PortSet.all_of(protocol) for protocol in Protocol))
    ),
)

BLOCK_TEXTS = (
    "10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.0.0.0/30", "10.0.0.0/31", "10.0.0.2/31",
    "10.0.0.1/32", "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "255.255.255.255/32", "0.0.0.0/32",
    "::/0", "::/128", "fd00::/126", "fd00::/127", "fd00::2/127", "fd00::3/128",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
)  # fmt: skip
address_sets = st.one_of(
    st.lists(st.sampled_from(BLOCK_TEXTS), max_size=5).map(AddressSet.of),
    st.lists(st.ip_addresses().map(str), max_size=3).map(AddressSet.of),
    st.tuples(
        st.lists(st.sampled_from(BLOCK_TEXTS), max_size=3).map(AddressSet.of),
        st.lists(st.sampled_from(BLOCK_TEXTS), max_size=3).map(AddressSet.of),
    ).map(lambda pair: pair[0] - pair[1]),
    st.just(AddressSet.full()),
)


def around(text: str) -> list[Address]:
    """The addresses on both sides of the bounds of a network."""
    network = ip_network(text)
    last = (1 << network.max_prefixlen) - 1
    low, high = int(network.network_address), int(network.broadcast_address)
    make = type(network.network_address)
    return [make(n) for n in (low - 1, low, high, high + 1) if 0 <= n <= last]


EDGE_ADDRESSES = tuple(dict.fromkeys(edge for text in BLOCK_TEXTS for edge in around(text)))
addresses = st.sampled_from(EDGE_ADDRESSES) | st.ip_addresses()
