from __future__ import annotations

import time

import pytest

from netsim.loader.suppressions import Suppression, suppressions
from netsim.model.finding import Diagnostic
from netsim.model.location import Location

TOP = "kind: NetworkPolicy\nmetadata:\n  name: a\nspec:\n  ingress:\n"
NOTE = "# netsim: ignore[exposed] agreed"

SPANS = [
    (f"{NOTE}\n{TOP}---\nb: 1\n", (1, 6)),  # above a document: all of it
    (f"{NOTE}\n---\n{TOP}", (1, 7)),
    (f"a: 1\n---\n{NOTE}\n{TOP}", (2, 8)),
    (f"kind: X {NOTE}\n{TOP}", (1, 6)),
    (f"{TOP}  - from: [] {NOTE}\n  - {{}}\n", (6, 6)),
    (f"{TOP}  {NOTE}\n  # more\n\n  - from: []\n  - {{}}\n", (6, 9)),
    (f"{TOP}{NOTE}\n  - from: []\n  - {{}}\n", (6, 7)),  # below spec, column 0 means nothing
    (f"{TOP}  - {{}}\n{NOTE}\n", (7, 7)),  # nothing follows
    (f"kind: List\nitems:\n{NOTE}\n- kind: X\n- kind: Y\n", (3, 4)),
]


@pytest.mark.parametrize(("text", "span"), SPANS)
def test_what_a_comment_covers(text: str, span: tuple[int, int]) -> None:
    (found,) = suppressions("a.yaml", text)
    assert isinstance(found, Suppression)
    assert (found.first_line, found.last_line) == span
    assert (found.rules, found.reason) == (("exposed",), "agreed")


IN_TEXT = [
    "a: 'x # netsim: ignore[exposed] agreed'\n",
    'a: "x\n  # netsim: ignore[exposed] agreed"\n',
    "a: |\n  text\n  # netsim: ignore[exposed] agreed\n",
    "a: >-\n  # netsim: ignore[exposed] agreed\nb: 1\n",
]


@pytest.mark.parametrize("text", IN_TEXT)
def test_a_value_is_no_comment(text: str) -> None:
    assert suppressions("a.yaml", text) == []


def test_a_comment_at_the_end_of_a_document_does_not_cover_the_next() -> None:
    (found,) = suppressions("a.yaml", f"a: 1\n{NOTE}\n\n---\n{TOP}")
    assert isinstance(found, Diagnostic)
    assert "it ends a document" in found.message


def test_several_rules() -> None:
    (found,) = suppressions("a.yaml", "a: 1 # netsim: ignore[exposed, open-egress] see (1)\n")
    assert isinstance(found, Suppression)
    assert found.rules == ("exposed", "open-egress")
    assert found.covers("open-egress", Location("a.yaml", 1))
    assert not found.covers("other", Location("a.yaml", 1))
    assert not found.covers("exposed", Location("b.yaml", 1))
    assert not found.covers("exposed", Location("a.yaml", 2))


MALFORMED = [
    ("# netsim: ignore[exposed]", "no reason"),
    ("# netsim: ignore", "no rule"),
    ("# netsim: ignore exposed because", "no rule"),
    ("# netsim: ignore[] because", "no rule"),
    ("# netsim: ignore[a,] because", "no rule"),
    ("#netsim:ignore[Exposed] because", "no rule"),  # rule ids are lower case
]


@pytest.mark.parametrize(("text", "phrase"), MALFORMED)
def test_malformed_comments_are_warned_about(text: str, phrase: str) -> None:
    (found,) = suppressions("a.yaml", f"a: 1\n{text}\n")
    assert isinstance(found, Diagnostic)
    assert found.location.line == 2
    assert phrase in found.message


@pytest.mark.parametrize("text", ["a: x#netsim: ignore[a] b", "# netsim: ignored", "# netsim"])
def test_other_text_is_left_alone(text: str) -> None:
    assert suppressions("a.yaml", text) == []


def test_many_comments_take_time_in_proportion() -> None:
    """Comments among many scalars, and at the end of a document; quadratic takes minutes."""
    one = "# netsim: ignore[exposed] x\n"
    body = "".join(f"- a{number}: b {one}" for number in range(20_000))
    trailing = "kind: A\n" + one * 20_000 + "---\n" + "kind: B\n" * 20_000
    started = time.process_time()
    assert len(suppressions("a.yaml", f"items:\n{body}")) == 20_000
    assert len(suppressions("a.yaml", trailing)) == 20_000
    assert time.process_time() - started < 20
