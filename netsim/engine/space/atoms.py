"""Address atoms: the address space, cut wherever the input can tell two addresses apart."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from msgspec import Struct

from netsim.engine.space import bits
from netsim.model.addresses import AddressSet, Family
from netsim.model.intervals import Interval


class Atom(Struct, frozen=True):
    """A range of addresses that no block divides."""

    family: Family
    interval: Interval

    @property
    def addresses(self) -> AddressSet:
        """The atom as a set."""
        return AddressSet.of_range(self.family, self.interval)


class Atoms:
    """All atoms, IPv4 before IPv6, each family in ascending order."""

    def __init__(self, blocks: Iterable[AddressSet]) -> None:
        distinct = set(blocks)
        self._starts = {family: _starts(family, distinct) for family in Family}
        self._first = {Family.IPV4: 0, Family.IPV6: len(self._starts[Family.IPV4])}
        self.all = tuple(atom for family in Family for atom in self._of(family))
        self._over = {
            family: bits.span(self._first[family], len(self._starts[family]))
            for family in Family
        }

    def _of(self, family: Family) -> Iterable[Atom]:
        starts = self._starts[family]
        for low, following in zip(starts, [*starts[1:], family.last + 1], strict=True):
            yield Atom(family, (low, following - 1))

    def of(self, family: Family) -> int:
        """The atoms of a family, as bits."""
        return self._over[family]

    def holding(self, addresses: AddressSet) -> int:
        """The atoms that hold any of these addresses, as bits."""
        found = 0
        for family, (low, high) in addresses:
            first = self._index(family, low)
            last = first if low == high else self._index(family, high)
            found |= bits.span(first, last - first + 1)
        return found

    def within(self, addresses: AddressSet) -> int:
        """The atoms that hold none but these addresses, as bits."""
        return self.holding(addresses) & ~self.holding(~addresses) if addresses else 0

    def _index(self, family: Family, number: int) -> int:
        return self._first[family] + bisect_right(self._starts[family], number) - 1


def _starts(family: Family, blocks: Iterable[AddressSet]) -> list[int]:
    found = {0}
    for block in blocks:
        for low, high in block.ranges(family):
            found |= {low, high + 1}
    return sorted(found - {family.last + 1})
