"""Orders: nearest to what is preferred, and none that breaks a dependency."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.model.location import Location
from netsim.rollout.dependency import Dependency, DependencyReason, Item
from netsim.rollout.sequence import arrange_units

REQUIRED, PROTECTION, ADVISED = (
    DependencyReason.START,
    DependencyReason.PROTECTION,
    DependencyReason.BUDGET,
)


def edge(text: str, reason: DependencyReason = REQUIRED) -> Dependency:
    """``ab``: a needs b."""
    own, on = (Item(unit, f"Object {unit}", Location(unit, 1)) for unit in text)
    return Dependency(own, on, reason, Location(text[0], 1))


def edges(text: str, reason: DependencyReason = REQUIRED) -> list[Dependency]:
    return [edge(each, reason) for each in text.split()]


@pytest.mark.parametrize(
    ("preferred", "required", "advised", "expected"),
    [
        ("abc", "", "", "abc"),
        ("abc", "ac", "", "bca"),
        # As near as can be to the preference: b need not move.
        ("abcd", "ad", "", "bcda"),
        ("cab", "ab bc", "", "cba"),
        # What is advised gives way to what is required, and to what is preferred in no case.
        ("abc", "ab", "ba", "bac"),
        ("abc", "", "ab", "bac"),
        # Of two pieces of advice that contradict, one counts.
        ("ab", "", "ab ba", "ba"),
        # A unit that needs itself, and one that is not there.
        ("ab", "aa az", "", "ab"),
    ],
)
def test_order(preferred: str, required: str, advised: str, expected: str) -> None:
    found = arrange_units(preferred, [*edges(required), *edges(advised, ADVISED)])
    assert "".join(found.units) == expected
    assert found.cycles == ()


def test_the_order_of_the_dependencies_does_not_matter() -> None:
    found = [*edges("ab bc"), *edges("ad", PROTECTION), *edges("ce", ADVISED)]
    orders = {arrange_units("abcde", each).units for each in permutations(found)}
    assert orders == {tuple("decba")}


def test_a_cycle_names_its_dependencies_and_protection_gives_way() -> None:
    found = arrange_units("abcd", [*edges("ab bc"), edge("ca", PROTECTION)])
    (cycle,) = found.cycles
    assert sorted(cycle.units) == ["a", "b", "c"]
    assert all(
        each.on.unit == following.dependent.unit
        for each, following in zip(
            cycle.dependencies, (*cycle.dependencies[1:], cycle.dependencies[0]), strict=True
        )
    )
    assert found.units == ("c", "b", "a", "d")


def test_each_cycle_is_found() -> None:
    found = arrange_units("abcd", edges("ab ba cd dc"))
    assert sorted(sorted(each.units) for each in found.cycles) == [["a", "b"], ["c", "d"]]
    assert sorted(found.units) == list("abcd")


UNITS = "abcdef"


@given(
    st.permutations(UNITS),
    st.lists(
        st.tuples(
            st.sampled_from(UNITS), st.sampled_from(UNITS), st.sampled_from([REQUIRED, ADVISED])
        )
    ),
)
def test_what_is_required_is_kept_unless_there_is_a_cycle(
    preferred: list[str], pairs: list[tuple[str, str, DependencyReason]]
) -> None:
    found = [edge(own + on, reason) for own, on, reason in pairs]
    result = arrange_units(preferred, found)
    assert sorted(result.units) == sorted(UNITS)
    place = result.units.index
    broken = {(own, on) for own, on, why in pairs if why is REQUIRED and place(own) < place(on)}
    assert bool(broken) <= bool(result.cycles)


@given(st.permutations(UNITS), st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5))))
def test_a_preference_that_keeps_everything_is_kept(
    preferred: list[str], pairs: list[tuple[int, int]]
) -> None:
    found = [edge(preferred[max(a, b)] + preferred[min(a, b)]) for a, b in pairs]
    assert list(arrange_units(preferred, found).units) == preferred
