"""Labels and selectors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.model.labels import Labels, Operator, Requirement, Selector
from netsim.model.truth import Truth

keys = st.sampled_from(("a", "b", "c"))
values = st.sampled_from(("", "x", "y", "z"))
mappings = st.dictionaries(keys, values)
value_lists = st.lists(values, min_size=1, max_size=3, unique=True).map(
    lambda found: tuple(sorted(found))
)
requirements = st.one_of(
    st.builds(Requirement, keys, st.sampled_from((Operator.IN, Operator.NOT_IN)), value_lists),
    st.builds(Requirement, keys, st.sampled_from((Operator.EXISTS, Operator.DOES_NOT_EXIST))),
)
requirement_lists = st.lists(requirements, max_size=4)


@given(mappings)
def test_labels_hold_the_mapping(mapping: dict[str, str]) -> None:
    labels = Labels.of(mapping)
    assert dict(labels.pairs) == mapping
    assert all(labels.get(key) == mapping.get(key) for key in ("a", "b", "c", "d"))


@given(mappings)
def test_labels_do_not_depend_on_order(mapping: dict[str, str]) -> None:
    turned = dict(reversed(list(mapping.items())))
    assert Labels.of(turned) == Labels.of(mapping)
    assert hash(Labels.of(turned)) == hash(Labels.of(mapping))


@given(mappings, keys, value_lists)
def test_operators_come_in_opposites(
    mapping: dict[str, str], key: str, listed: tuple[str, ...]
) -> None:
    labels = Labels.of(mapping)

    def matches(operator: Operator, among: tuple[str, ...] = ()) -> bool:
        return Requirement(key, operator, among).test(labels) is Truth.YES

    assert matches(Operator.IN, listed) != matches(Operator.NOT_IN, listed)
    assert matches(Operator.EXISTS) != matches(Operator.DOES_NOT_EXIST)
    assert matches(Operator.EXISTS) == (key in mapping)
    assert matches(Operator.IN, listed) == (mapping.get(key) in listed)


@given(mappings, requirement_lists, requirement_lists)
def test_a_selector_is_a_conjunction(
    mapping: dict[str, str], left: list[Requirement], right: list[Requirement]
) -> None:
    labels = Labels.of(mapping)
    both = Selector.of(match_expressions=[*left, *right])
    parts = [Selector.of(match_expressions=part) for part in (left, right)]
    assert both.matches(labels) == all(part.matches(labels) for part in parts)
    assert both.matches(labels) == (not both.failing(labels))
    assert set(both.failing(labels)) == {
        r for r in both.requirements if r.test(labels) is Truth.NO
    }


@given(requirement_lists)
def test_a_selector_has_one_form(found: list[Requirement]) -> None:
    selector = Selector.of(match_expressions=found)
    assert selector == Selector.of(match_expressions=[*reversed(found), *found])
    assert set(selector.requirements) == set(found)
    assert len(selector.requirements) == len(set(found))


@given(mappings, mappings)
def test_match_labels_mean_in_with_one_value(
    wanted: dict[str, str], mapping: dict[str, str]
) -> None:
    written = [Requirement(key, Operator.IN, (value,)) for key, value in wanted.items()]
    selector = Selector.of(wanted)
    assert selector == Selector.of(match_expressions=written)
    assert selector.matches(Labels.of(mapping)) == (wanted.items() <= mapping.items())


@given(mappings)
def test_the_empty_selector_matches_everything(mapping: dict[str, str]) -> None:
    assert Selector().matches(Labels.of(mapping))
    assert Selector.of() == Selector.of({}) == Selector()


@pytest.mark.parametrize(
    ("requirement", "absent", "x", "y", "blank"),
    [
        (Requirement("a", Operator.IN, ("x",)), False, True, False, False),
        (Requirement("a", Operator.IN, ("x", "y")), False, True, True, False),
        (Requirement("a", Operator.IN, ("",)), False, False, False, True),
        (Requirement("a", Operator.NOT_IN, ("x",)), True, False, True, True),
        (Requirement("a", Operator.NOT_IN, ("",)), True, True, True, False),
        (Requirement("a", Operator.EXISTS), False, True, True, True),
        (Requirement("a", Operator.DOES_NOT_EXIST), True, False, False, False),
    ],
)
def test_truth_table(  # the columns: no label a, a=x, a=y, a=
    requirement: Requirement,
    absent: bool,  # noqa: FBT001
    x: bool,  # noqa: FBT001
    y: bool,  # noqa: FBT001
    blank: bool,  # noqa: FBT001
) -> None:
    written: tuple[dict[str, str], ...] = ({}, {"a": "x"}, {"a": "y"}, {"a": ""})
    found = [
        requirement.test(Labels.of({"b": "x", **mapping})) is Truth.YES for mapping in written
    ]
    assert found == [absent, x, y, blank]


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        (Selector(), "{}"),
        (Selector.of({"a": "x"}), "a=x"),
        (Selector.of({"b": "y", "a": "x"}), "a=x,b=y"),
        (Selector.of({"a": ""}), "a="),
        (Selector((Requirement("a", Operator.IN, ("x", "y")),)), "a in (x,y)"),
        (Selector((Requirement("a", Operator.NOT_IN, ("x",)),)), "a notin (x)"),
        (Selector((Requirement("a", Operator.EXISTS),)), "a"),
        (Selector((Requirement("a", Operator.DOES_NOT_EXIST),)), "!a"),
    ],
)
def test_text(selector: Selector, text: str) -> None:
    assert str(selector) == text


def test_text_of_labels() -> None:
    assert str(Labels()) == ""
    assert str(Labels.of({"b": "y", "a": "x"})) == "a=x,b=y"
