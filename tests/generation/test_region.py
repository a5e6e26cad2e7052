"""Regions behave as the sets of pods and addresses that they stand for."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from netsim.generation.region import Place, Region
from netsim.intent.scenario.endpoints import ANY_NAMESPACE
from netsim.model.addresses import AddressSet
from netsim.model.labels import Labels, Operator, Requirement, Selector
from tests.strategies import thorough

NAMESPACES = ("n0", "n1", "n2")
PODS = [
    (namespace, Labels.of({k: v for k, v in (("a", a), ("b", b)) if v}))
    for namespace, a, b in product(NAMESPACES, ("", "x", "y"), ("", "x", "y"))
]
REQUIREMENTS = [
    Requirement(key, operator, values)
    for key in ("a", "b")
    for operator, values in (
        (Operator.IN, ("x",)),
        (Operator.IN, ("x", "y")),
        (Operator.NOT_IN, ("y",)),
        (Operator.EXISTS, ()),
        (Operator.DOES_NOT_EXIST, ()),
    )
]

places = st.builds(
    lambda namespace, requirements: Place(
        namespace, Selector.of(match_expressions=requirements).requirements
    ),
    st.sampled_from(("n0", "n1", ANY_NAMESPACE)),
    st.lists(st.sampled_from(REQUIREMENTS), max_size=2),
)
regions = st.builds(
    Region,
    st.lists(places, max_size=2).map(tuple),
    st.sampled_from(["10.0.0.0/8", "10.1.0.0/16", "192.0.2.0/24"]).map(AddressSet.parse),
)


def members(region: Region) -> set[tuple[str, Labels]]:
    return {
        (namespace, labels)
        for namespace, labels in PODS
        for place in region.places
        if place.namespace in (namespace, ANY_NAMESPACE)
        and namespace not in place.without
        and Selector(place.requirements).matches(labels)
    }


@thorough(300)
@given(regions, regions)
def test_meet(one: Region, other: Region) -> None:
    both = one.meet(other)
    assert members(both) == members(one) & members(other)
    assert both.addresses == one.addresses & other.addresses


@thorough(300)
@given(regions, regions)
def test_minus(one: Region, other: Region) -> None:
    rest = one.minus(other)
    assert members(rest) == members(one) - members(other)
    assert rest.addresses == one.addresses - other.addresses


def test_values_left_out_of_one_key_are_one_requirement() -> None:
    everyone = Region((Place("n0"),))
    for value in ("x", "y"):
        everyone = everyone.minus(Region((Place.of("n0", [("a", value)]),)))
    assert everyone.places == (Place("n0", (Requirement("a", Operator.NOT_IN, ("x", "y")),)),)


def test_a_namespace_is_left_out_by_name() -> None:
    everywhere = Region((Place(ANY_NAMESPACE),))
    rest = everywhere.minus(Region((Place("n0"),)))
    assert rest.places == (Place(ANY_NAMESPACE, without=("n0",)),)
    part = everywhere.minus(Region((Place.of("n0", [("a", "x")]),)))
    assert part.places == (
        Place(ANY_NAMESPACE, without=("n0",)),
        Place("n0", (Requirement("a", Operator.NOT_IN, ("x",)),)),
    )
