"""Set algebra over the integers, on which ports and addresses are built.

A set is a tuple of closed intervals ``(low, high)``: sorted, disjoint, and merged where they
touch.  That form is unique for each set, so ``==`` on the tuples means equal sets.
"""

from collections.abc import Iterable

Interval = tuple[int, int]
Intervals = tuple[Interval, ...]


def normalise(pairs: Iterable[Interval]) -> Intervals:
    """The canonical form of any collection of intervals; those with low > high are empty."""
    merged: list[Interval] = []
    for low, high in sorted(pair for pair in pairs if pair[0] <= pair[1]):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def union(left: Intervals, right: Intervals) -> Intervals:
    """Members of either set."""
    if not left or not right or left == right:
        return left or right
    return normalise(left + right)


def intersection(left: Intervals, right: Intervals) -> Intervals:
    """Members of both sets."""
    if not left or not right or left == right:
        return left and right
    found: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        low, high = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if low <= high:
            found.append((low, high))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def complement(of: Intervals, low: int, high: int) -> Intervals:
    """Members of ``low..high`` that are not in the set, which lies within ``low..high``."""
    found: list[Interval] = []
    for first, last in of:
        if low < first:
            found.append((low, first - 1))
        low = last + 1
    if low <= high:
        found.append((low, high))
    return tuple(found)


def difference(left: Intervals, right: Intervals) -> Intervals:
    """Members of ``left`` that are not in ``right``."""
    if not left or not right:
        return left
    if left == right:
        return ()
    low, high = min(left[0][0], right[0][0]), max(left[-1][1], right[-1][1])
    return intersection(left, complement(right, low, high))


def contains(intervals: Intervals, number: int) -> bool:
    """Whether the number is a member; a scan, as the sets at hand have few intervals."""
    return any(low <= number <= high for low, high in intervals)
