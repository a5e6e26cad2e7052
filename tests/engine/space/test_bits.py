"""Sets of classes as integers behave as sets do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet, contains

NUMBERS = st.frozensets(st.integers(0, 200))


def classes(numbers: frozenset[int]) -> ClassSet:
    return bits.union(map(bits.single, numbers))


@given(NUMBERS)
def test_members_are_those_put_in_and_in_order(numbers: frozenset[int]) -> None:
    assert list(bits.members(classes(numbers))) == sorted(numbers)


@given(NUMBERS, st.integers(0, 200))
def test_a_set_contains_its_members_and_no_others(numbers: frozenset[int], number: int) -> None:
    assert contains(classes(numbers), number) == (number in numbers)


@given(st.integers(0, 50), st.integers(0, 50))
def test_a_span_has_its_number_of_classes(first: int, count: int) -> None:
    assert list(bits.members(bits.span(first, count))) == list(range(first, first + count))


@given(NUMBERS, NUMBERS)
def test_a_union_has_the_members_of_each(one: frozenset[int], other: frozenset[int]) -> None:
    assert bits.union((classes(one), classes(other))) == classes(one | other)
