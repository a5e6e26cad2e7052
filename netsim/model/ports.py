"""Protocols and sets of ports."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Self

from msgspec import Struct

from netsim.model import intervals
from netsim.model.intervals import Intervals

LOWEST_PORT = 1
HIGHEST_PORT = 65535


class Protocol(Enum):
    """The protocols a policy can name (core/v1 ``Protocol``)."""

    TCP = "TCP"
    UDP = "UDP"
    SCTP = "SCTP"

    def __str__(self) -> str:
        return self.value


Connection = tuple[Protocol, int]
"""A protocol and a port of the destination."""

_ALL: Intervals = ((LOWEST_PORT, HIGHEST_PORT),)


class PortSet(Struct, frozen=True):
    """An immutable set of (protocol, port) pairs over TCP, UDP and SCTP, ports 1 to 65535.

    Canonical: ``==`` means the same set.  Build one with :meth:`of`, :meth:`empty` or
    :meth:`full`, and combine with ``& | - ~``.
    """

    tcp: Intervals = ()
    udp: Intervals = ()
    sctp: Intervals = ()

    @classmethod
    def empty(cls) -> Self:
        """No port of any protocol."""
        return cls()

    def first(self) -> Connection:
        """The lowest port, TCP before UDP before SCTP; raises ``ValueError`` when empty."""
        for protocol in Protocol:
            for low, _ in self.ports(protocol):
                return protocol, low
        raise ValueError("an empty set has no first port")

    @classmethod
    def full(cls) -> Self:
        """Every port of every protocol."""
        return cls(_ALL, _ALL, _ALL)

    @classmethod
    def of(cls, protocol: Protocol, first: int, last: int | None = None) -> Self:
        """Port ``first``, or ports ``first`` to ``last`` (both included), of one protocol.

        Raises ``ValueError`` for numbers outside 1 to 65535 or in the wrong order.
        """
        end = first if last is None else last
        if not LOWEST_PORT <= first <= end <= HIGHEST_PORT:
            raise ValueError(f"not a range of ports: {first}-{end}")
        return cls._with(protocol, ((first, end),))

    @classmethod
    def all_of(cls, protocol: Protocol) -> Self:
        """Every port of one protocol."""
        return cls._with(protocol, _ALL)

    @classmethod
    def union(cls, sets: Iterable[Self]) -> Self:
        """What is in one of the sets; O(n log n), where ``|`` again and again takes O(n²)."""
        known = tuple(sets)
        if len(known) == 1:
            return known[0]
        return cls(
            intervals.normalise(each for ports in known for each in ports.tcp),
            intervals.normalise(each for ports in known for each in ports.udp),
            intervals.normalise(each for ports in known for each in ports.sctp),
        )

    @classmethod
    def _with(cls, protocol: Protocol, ports: Intervals) -> Self:
        return cls(**{protocol.value.lower(): ports})

    def ports(self, protocol: Protocol) -> Intervals:
        """The intervals of one protocol."""
        if protocol is Protocol.TCP:
            return self.tcp
        return self.udp if protocol is Protocol.UDP else self.sctp

    def restricted(self, protocol: Protocol) -> Self:
        """The part of the set that is of one protocol."""
        return self._with(protocol, self.ports(protocol))

    def __bool__(self) -> bool:
        return bool(self.tcp or self.udp or self.sctp)

    def __contains__(self, connection: Connection) -> bool:
        protocol, port = connection
        return intervals.contains(self.ports(protocol), port)

    def __or__(self, other: Self) -> Self:
        if not other:
            return self
        return type(self)(
            intervals.union(self.tcp, other.tcp),
            intervals.union(self.udp, other.udp),
            intervals.union(self.sctp, other.sctp),
        )

    def __and__(self, other: Self) -> Self:
        return type(self)(
            intervals.intersection(self.tcp, other.tcp),
            intervals.intersection(self.udp, other.udp),
            intervals.intersection(self.sctp, other.sctp),
        )

    def __sub__(self, other: Self) -> Self:
        if not other:
            return self
        return type(self)(
            intervals.difference(self.tcp, other.tcp),
            intervals.difference(self.udp, other.udp),
            intervals.difference(self.sctp, other.sctp),
        )

    def __invert__(self) -> Self:
        return type(self)(
            intervals.complement(self.tcp, LOWEST_PORT, HIGHEST_PORT),
            intervals.complement(self.udp, LOWEST_PORT, HIGHEST_PORT),
            intervals.complement(self.sctp, LOWEST_PORT, HIGHEST_PORT),
        )

    def __le__(self, other: Self) -> bool:
        return not self - other

    def __str__(self) -> str:
        if self == self.full():
            return "All Connections"
        return ",".join(
            f"{protocol} {_write(self.ports(protocol))}"
            for protocol in (Protocol.SCTP, Protocol.TCP, Protocol.UDP)
            if self.ports(protocol)
        )


def _write(ports: Intervals) -> str:
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in ports)
