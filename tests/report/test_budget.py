"""Documents that fit: shortened in order, no further than needed, and never too long."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.report.budget import Section, fit, text

FIRST = text("verdict\n")
PICTURE = Section((lambda: "p" * 300, lambda: ""), "the picture")
CAUSES = Section((lambda: "c" * 300, lambda: "c" * 100, lambda: "c" * 10), "the causes")
SECTIONS = (FIRST, CAUSES, PICTURE)


@pytest.mark.parametrize(
    ("limit", "causes", "picture"),
    [
        (0, 300, 300),  # no limit
        (1_000, 300, 300),
        (500, 300, 0),
        (300, 100, 0),
        (160, 10, 0),
    ],
)
def test_what_matters_least_is_shortened_first(limit: int, causes: int, picture: int) -> None:
    written = fit(SECTIONS, (PICTURE, CAUSES), limit)
    assert written.startswith("verdict\n\nc")
    assert written.count("c" * 10) == causes // 10
    assert written.count("p" * 10) == picture // 10
    shortened = "Shortened, as this would be too long: the picture" in written
    assert shortened == (picture == 0)
    assert ("the causes" in written) == (causes < 300)


def test_what_the_last_one_leaves_is_given_back() -> None:
    """Else a part that can only be whole or a line would take all others with it."""
    coarse = Section((lambda: "d" * 900, lambda: "d"), "the details")
    written = fit((FIRST, CAUSES, coarse, PICTURE), (PICTURE, CAUSES, coarse), 500)
    assert (written.count("c"), written.count("d" * 9)) == (300 + 2, 0)
    assert "p" * 9 not in written
    assert "Shortened, as this would be too long: the picture, the details." in written


def test_what_is_empty_is_not_said_to_be_shortened() -> None:
    empty = Section((str, str), "the matrix")
    assert "the matrix" not in fit((FIRST, empty, CAUSES), (empty, CAUSES), 200)


def test_what_cannot_be_shortened_is_cut_at_a_line() -> None:
    written = fit((text("line\n" * 100),), (), 100)
    assert len(written) <= 100
    assert written.endswith("line\n\nCut off here, as this would be too long.\n")


FORMS = st.lists(st.text("ab\n", max_size=80), min_size=1, max_size=4)


@given(st.lists(FORMS, min_size=1, max_size=5), st.integers(1, 400), st.data())
def test_never_longer_than_the_limit(
    written: list[list[str]], limit: int, data: st.DataObject
) -> None:
    sections = [
        Section(tuple(partial(str, form) for form in forms), f"part {number}")
        for number, forms in enumerate(written)
    ]
    order = data.draw(st.permutations(sections))
    assert len(fit(sections, order, limit)) <= limit
    whole = fit(sections, order, 0)
    assert fit(sections, order, len(whole) + 200) == whole
