"""Sets of endpoint classes as integers: bit ``n`` stands for class ``n``.

``|``, ``&`` and ``& ~`` are union, intersection and difference, each one pass over machine
words: O(classes / 64).  An object around the integer would cost several times as much as the
operation itself, so a set has a name, :data:`ClassSet`, and functions for what an operator
does not say::

    pods = single(0) | single(3)
    contains(pods, 3)         # True
    list(members(pods))       # [0, 3]
"""

from collections.abc import Iterable, Iterator

ClassSet = int
"""Endpoint classes, by number, as the bits of one integer."""


def single(number: int) -> ClassSet:
    """The set of one class."""
    return 1 << number


def of(numbers: Iterable[int]) -> ClassSet:
    """The set of some classes; O(their number + the highest), where ``|`` costs the product."""
    known = list(numbers)
    if len(known) <= _FEW:
        return union(map(single, known))
    octets = bytearray(max(known) // 8 + 1)
    for number in known:
        octets[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(octets, "little")


def span(first: int, count: int) -> ClassSet:
    """The set of ``count`` classes from ``first`` on."""
    return ((1 << count) - 1) << first


def union(sets: Iterable[ClassSet]) -> ClassSet:
    """The classes in any of some sets."""
    found = 0
    for each in sets:
        found |= each
    return found


def contains(classes: ClassSet, number: int) -> bool:
    """Whether a class is in a set."""
    return bool(classes >> number & 1)


def members(classes: ClassSet) -> Iterator[int]:
    """The classes in a set, in order; O(their number + the span from the first to the last)."""
    if not classes:
        return
    # Classes of one namespace have numbers that are close, far from the first one.
    first = (classes & -classes).bit_length() - 1
    rest = classes >> first
    if rest.bit_count() <= _FEW:
        while rest:
            lowest = rest & -rest
            yield first + lowest.bit_length() - 1
            rest ^= lowest
        return
    text = f"{rest:b}"[::-1]
    place = 0
    while place >= 0:
        yield first + place
        place = text.find("1", place + 1)


_FEW = 32
"""As many are taken off one by one; of more, each would be a pass over all that are left."""
