from __future__ import annotations

import pytest

from netsim.loader.tree.scalars import is_letter, is_null, resolve
from netsim.model.tree import Scalar, ScalarStyle, Sequence

PLAIN = [
    ("", None),
    ("~", None),
    ("Null", None),
    ("nULL", "nULL"),
    ("yes", True),
    ("On", True),
    ("TRUE", True),
    ("tRue", "tRue"),
    ("off", False),
    ("n", False),
    ("012", 10),
    ("0o12", 10),
    ("0x1F", 31),
    ("0b11", 3),
    ("1_000", 1000),
    ("-5", -5),
    ("+5", 5),
    ("0", 0),
    ("08", 8.0),  # not octal, so a float, as in Go
    ("80.0", 80.0),
    ("1e3", 1000.0),
    (".5", 0.5),
    ("1:30", "1:30"),  # no base 60
    ("2001-01-01", "2001-01-01"),
    ("1.2.3", "1.2.3"),
    ("10.0.0.0/8", "10.0.0.0/8"),
    ("-", "-"),
    (".inf", float("inf")),
    ("web", "web"),
    ("_1", "_1"),
    ("9" * 5000, 10**99),  # too many digits for int()
]


@pytest.mark.parametrize(("text", "expected"), PLAIN)
def test_plain_scalars_mean_what_kubectl_takes_them_for(text: str, expected: object) -> None:
    found = resolve(Scalar(text, ScalarStyle.PLAIN, 1))
    assert (type(found), found) == (type(expected), expected)


@pytest.mark.parametrize("text", ["", "yes", "012", "null"])
def test_quoted_scalars_are_text(text: str) -> None:
    assert resolve(Scalar(text, ScalarStyle.QUOTED, 1)) == text


def test_null() -> None:
    assert is_null(Scalar("~", ScalarStyle.PLAIN, 1))
    assert not is_null(Scalar("", ScalarStyle.QUOTED, 1))
    assert not is_null(Sequence((), 1))


def test_single_letters_are_a_case_of_their_own() -> None:
    assert is_letter(Scalar("y", ScalarStyle.PLAIN, 1))
    assert not is_letter(Scalar("y", ScalarStyle.QUOTED, 1))
    assert not is_letter(Scalar("yes", ScalarStyle.PLAIN, 1))
