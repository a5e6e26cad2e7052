"""The interval algebra against Python's own sets, over a universe small enough to list."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.model.intervals import (
    Interval,
    Intervals,
    complement,
    contains,
    difference,
    intersection,
    normalise,
    union,
)

LOW, HIGH = 0, 24
UNIVERSE = frozenset(range(LOW, HIGH + 1))

numbers = st.integers(LOW, HIGH)
raw = st.lists(st.tuples(numbers, numbers), max_size=6)
sets = raw.map(normalise)


def members(intervals: Intervals) -> frozenset[int]:
    return frozenset(n for low, high in intervals for n in range(low, high + 1))


@given(raw)
def test_normalise_keeps_the_members(pairs: list[Interval]) -> None:
    assert members(normalise(pairs)) == members(tuple(pairs))


def assert_canonical(intervals: Intervals) -> None:
    assert all(low <= high for low, high in intervals)
    for (_, high), (low, _) in pairwise(intervals):
        assert high + 1 < low


@given(sets, sets)
def test_results_are_canonical(left: Intervals, right: Intervals) -> None:
    assert_canonical(left)
    assert_canonical(union(left, right))
    assert_canonical(intersection(left, right))
    assert_canonical(difference(left, right))
    assert_canonical(complement(left, LOW, HIGH))


@given(raw, st.randoms(use_true_random=False))
def test_normalise_is_idempotent_and_ignores_order(
    pairs: list[Interval], random: Random
) -> None:
    shuffled = list(pairs)
    random.shuffle(shuffled)
    assert normalise(shuffled) == normalise(pairs) == normalise(normalise(pairs))


@given(sets, sets)
def test_equal_tuples_mean_equal_sets(left: Intervals, right: Intervals) -> None:
    assert (left == right) == (members(left) == members(right))


@given(sets, sets)
def test_operations_are_those_of_sets(left: Intervals, right: Intervals) -> None:
    assert members(union(left, right)) == members(left) | members(right)
    assert members(intersection(left, right)) == members(left) & members(right)
    assert members(difference(left, right)) == members(left) - members(right)
    assert members(complement(left, LOW, HIGH)) == UNIVERSE - members(left)


@given(sets, st.integers(LOW - 2, HIGH + 2))
def test_contains_is_membership(intervals: Intervals, number: int) -> None:
    assert contains(intervals, number) == (number in members(intervals))


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], ()),
        ([(3, 2)], ()),
        ([(1, 1)], ((1, 1),)),
        ([(1, 2), (3, 4)], ((1, 4),)),
        ([(1, 2), (4, 5)], ((1, 2), (4, 5))),
        ([(4, 5), (1, 2)], ((1, 2), (4, 5))),
        ([(1, 9), (2, 3)], ((1, 9),)),
        ([(1, 5), (5, 6)], ((1, 6),)),
        ([(1, 2), (1, 2)], ((1, 2),)),
        ([(5, 4), (5, 5)], ((5, 5),)),
    ],
)
def test_normalise(pairs: list[Interval], expected: Intervals) -> None:
    assert normalise(pairs) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ((), ((1, 5),), ()),
        (((1, 5),), (), ((1, 5),)),
        (((1, 5),), ((1, 5),), ()),
        (((1, 5),), ((1, 1),), ((2, 5),)),
        (((1, 5),), ((5, 5),), ((1, 4),)),
        (((1, 5),), ((3, 3),), ((1, 2), (4, 5))),
        (((1, 5),), ((6, 9),), ((1, 5),)),
        (((6, 9),), ((1, 5),), ((6, 9),)),
        (((1, 2), (4, 5)), ((2, 4),), ((1, 1), (5, 5))),
    ],
)
def test_difference(left: Intervals, right: Intervals, expected: Intervals) -> None:
    assert difference(left, right) == expected


def test_complement_at_the_edges() -> None:
    assert complement((), 1, 9) == ((1, 9),)
    assert complement(((1, 9),), 1, 9) == ()
    assert complement(((1, 1), (9, 9)), 1, 9) == ((2, 8),)
