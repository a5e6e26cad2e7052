"""Sets of IP addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
    summarize_address_range,
)
from typing import Self

from msgspec import Struct

from netsim.model import intervals
from netsim.model.intervals import Interval, Intervals

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Family(Enum):
    """An address family; the value is the number of bits of an address."""

    IPV4 = 32
    IPV6 = 128

    def __str__(self) -> str:
        return "IPv4" if self is Family.IPV4 else "IPv6"

    @property
    def last(self) -> int:
        """The highest address, as a number."""
        return (1 << self.value) - 1

    def address(self, number: int) -> Address:
        """The address with this number."""
        return IPv4Address(number) if self is Family.IPV4 else IPv6Address(number)


def family_of(address: Address) -> Family:
    """The family of one address."""
    return Family.IPV4 if address.version == 4 else Family.IPV6


_OCTETS = {str(number): number for number in range(256)}


class AddressSet(Struct, frozen=True):
    """An immutable set of IPv4 and IPv6 addresses.

    Canonical: ``==`` means the same set.  Combine with ``& | - ~``.
    """

    v4: Intervals = ()
    v6: Intervals = ()

    @classmethod
    def empty(cls) -> Self:
        """No address."""
        return cls()

    @classmethod
    def full(cls) -> Self:
        """Every IPv4 and every IPv6 address."""
        return cls(((0, Family.IPV4.last),), ((0, Family.IPV6.last),))

    @classmethod
    def parse(cls, text: str) -> Self:
        """A CIDR block or a single address; host bits of a block are ignored.

        Raises ``ValueError`` when the text is neither.
        """
        _refuse_zone(text)
        return cls.block(ip_network(text, strict=False))

    @classmethod
    def block(cls, network: Network) -> Self:
        """The addresses of a CIDR block."""
        low = int(network.network_address)
        last = (1 << network.max_prefixlen - network.prefixlen) - 1
        return cls.of_range(family_of(network.network_address), (low, low | last))

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """The union of CIDR blocks and addresses."""
        return cls.union(cls.parse(text) for text in texts)

    @classmethod
    def union(cls, sets: Iterable[Self]) -> Self:
        """Members of any of the sets; O(n log n), where ``|`` again and again takes O(n²)."""
        known = tuple(sets)
        return cls(
            intervals.normalise(each for own in known for each in own.v4),
            intervals.normalise(each for own in known for each in own.v6),
        )

    @classmethod
    def single(cls, address: Address) -> Self:
        """The set of one address."""
        return cls.of_range(family_of(address), (int(address), int(address)))

    @classmethod
    def of_address(cls, text: str) -> Self:
        """The set of one address; raises ``ValueError`` where the text is none."""
        # A cluster has one for each pod, and ipaddress takes five times as long for it.
        try:
            first, second, third, last = [_OCTETS[part] for part in text.split(".")]
        except (KeyError, ValueError):
            return cls.single(parse_address(text))
        number = first << 24 | second << 16 | third << 8 | last
        return cls(v4=((number, number),))

    @classmethod
    def of_range(cls, family: Family, interval: Interval) -> Self:
        """The addresses of one family from the first to the last, given as numbers."""
        return cls(v4=(interval,)) if family is Family.IPV4 else cls(v6=(interval,))

    def ranges(self, family: Family) -> Intervals:
        """The intervals of one family, addresses as numbers."""
        return self.v4 if family is Family.IPV4 else self.v6

    def over(self, family: Family) -> Self:
        """The addresses of one family."""
        if family is Family.IPV4:
            return self if not self.v6 else type(self)(v4=self.v4)
        return self if not self.v4 else type(self)(v6=self.v6)

    @property
    def families(self) -> frozenset[Family]:
        """The families that it has addresses of."""
        if self.v4 and self.v6:
            return _BOTH
        return _ONLY_V6 if self.v6 else _ONLY_V4 if self.v4 else frozenset()

    @property
    def is_single(self) -> bool:
        """Whether it is one address."""
        ranges = (*self.v4, *self.v6)
        return len(ranges) == 1 and ranges[0][0] == ranges[0][1]

    def cidrs(self) -> tuple[str, ...]:
        """The fewest CIDR blocks that hold these addresses and no others."""
        v4 = ((IPv4Address(low), IPv4Address(high)) for low, high in self.v4)
        v6 = ((IPv6Address(low), IPv6Address(high)) for low, high in self.v6)
        return (
            *(str(block) for ends in v4 for block in summarize_address_range(*ends)),
            *(str(block) for pair in v6 for block in summarize_address_range(*pair)),
        )

    def __bool__(self) -> bool:
        return bool(self.v4 or self.v6)

    def __contains__(self, address: Address) -> bool:
        return intervals.contains(self.ranges(family_of(address)), int(address))

    def __or__(self, other: Self) -> Self:
        return type(self)(
            intervals.union(self.v4, other.v4), intervals.union(self.v6, other.v6)
        )

    def __and__(self, other: Self) -> Self:
        return type(self)(
            intervals.intersection(self.v4, other.v4),
            intervals.intersection(self.v6, other.v6),
        )

    def __sub__(self, other: Self) -> Self:
        return type(self)(
            intervals.difference(self.v4, other.v4),
            intervals.difference(self.v6, other.v6),
        )

    def __invert__(self) -> Self:
        return self.full() - self

    def __le__(self, other: Self) -> bool:
        return not self - other

    def __iter__(self) -> Iterator[tuple[Family, Interval]]:
        for interval in self.v4:
            yield Family.IPV4, interval
        for interval in self.v6:
            yield Family.IPV6, interval

    def __str__(self) -> str:
        return ", ".join(range_text(family, interval) for family, interval in self)


_BOTH, _ONLY_V4, _ONLY_V6 = (
    frozenset(Family),
    frozenset((Family.IPV4,)),
    frozenset((Family.IPV6,)),
)


def range_text(family: Family, interval: Interval) -> str:
    """An interval as ``first-last``, the form np-guard users know."""
    low, high = interval
    return f"{family.address(low)}-{family.address(high)}"


class ZoneError(ValueError):
    """An address with a zone."""


def parse_address(text: str) -> Address:
    """One IP address; raises ``ValueError``.

    A zone, such as in ``fe80::1%eth0``, means something on one host only.
    """
    _refuse_zone(text)
    return ip_address(text)


def parse_addresses(text: str) -> AddressSet:
    """An address, a CIDR block or ``first-last``; raises ``ValueError`` for anything else."""
    if "/" in text:
        return AddressSet.parse(text)
    first, dash, last = text.partition("-")
    low = parse_address(first.strip())
    high = parse_address(last.strip()) if dash else low
    if low.version != high.version or int(low) > int(high):
        raise ValueError(f"{text!r} is not a range: write the lower address first")
    return AddressSet.of_range(family_of(low), (int(low), int(high)))


def _refuse_zone(text: str) -> None:
    address, sign, _ = text.partition("%")
    if not sign:
        return
    ip_address(address)
    raise ZoneError(f"'{text}' has a zone: leave it out")
