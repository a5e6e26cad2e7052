from __future__ import annotations

import pytest

from netsim.model.placeholders import compare
from netsim.model.truth import Truth

NO, MAYBE, YES = Truth.NO, Truth.MAYBE, Truth.YES


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("web", "web", YES),
        ("web", "api", NO),
        ("${A}", "web", MAYBE),
        ("${A}", "", MAYBE),  # it may become empty
        ("${A}", "${A}", YES),  # whatever it is
        ("${A}", "${B}", MAYBE),
        ("web-${A}", "web-eu", MAYBE),
        ("web-${A}", "web-", MAYBE),
        ("web-${A}", "web", NO),
        ("web-${A}", "api-eu", NO),
        ("${A}-web-${B}", "x-web-y", MAYBE),
        ("${A}-web-${B}", "x-api-y", NO),
        ("web-${A}", "${B}-eu", MAYBE),
        ("web-${A}", "api-${B}", NO),
        ("${A}-eu", "${B}-us", NO),
        ("we${A}", "web-${B}", MAYBE),
        ("a.b${A}", "axb", NO),  # a dot is no pattern
        ("${A}", "another namespace", NO),  # no name has a space
        ("${", "${x", NO),  # no placeholder
    ],
)
def test_texts_that_may_be_equal(one: str, other: str, expected: Truth) -> None:
    assert compare(one, other) is expected
    assert compare(other, one) is expected


def test_three_values() -> None:
    assert [~each for each in Truth] == [YES, MAYBE, NO]
    assert [Truth.of(fact) for fact in (False, True)] == [NO, YES]
