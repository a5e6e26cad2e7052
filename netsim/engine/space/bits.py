"""Sets of small numbers as the bits of one integer."""

from collections.abc import Iterator


def members(bits: int) -> Iterator[int]:
    """The numbers in a set, in order."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def span(first: int, count: int) -> int:
    """The set of ``count`` numbers from ``first`` on."""
    return ((1 << count) - 1) << first
