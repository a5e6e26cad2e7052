from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from netsim.loader.tree.scalars import resolve
from netsim.loader.tree.yaml import trees
from netsim.model.tree import Scalar, Sequence
from netsim.words import yaml as writer

TEXTS = (
    "web",
    "yes",
    "N",
    "y",
    "true",
    "1",
    "1e3",
    "0o7",
    "012",
    "1_000",
    "v1.2",
    "",
    "0x1f",
    "::/0",
    "10.0.0.0/8",
    "2020-01-01",
    "1:30",
    ".5",
    "-",
    "- x",
    "a: b",
    "a #b",
    "a,b",
    "{x}",
    "[x",
    "*x",
    "it's",
    "two\nlines",
    "\u202e",
    "<<",
    "=",
    "~",
    "null",
    " x ",
    "${X}",
    "{{ x }}",
    "a\tb",
)
values = st.recursive(
    st.one_of(st.sampled_from(TEXTS), st.text(), st.integers(), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.sampled_from(TEXTS), inner)),
    max_leaves=12,
)


@pytest.mark.parametrize("text", TEXTS)
def test_text_stays_text_wherever_it_stands(text: str) -> None:
    """For PyYAML and for kubectl, which reads some plain scalars otherwise."""
    written = writer.scalar(text)
    for form in (f"[{written}]", f"- {written}\n", f"[{written}, 1]"):
        assert yaml.safe_load(form)[0] == text
        (tree,) = trees(form)
        assert isinstance(tree, Sequence)
        first = tree.items[0]
        assert isinstance(first, Scalar)
        assert resolve(first) == text
    assert yaml.safe_load(f"{{a: {written}}}") == {"a": text}


@pytest.mark.parametrize(
    "text", ["plue-web", "10.0.0.0/8", "kubernetes.io/metadata.name", "Books DB"]
)
def test_plain_words_have_no_quotes(text: str) -> None:
    assert writer.scalar(text) == text


@given(values)
def test_what_is_written_is_read_again(value: Any) -> None:
    assert yaml.safe_load(writer.write(value)) == value
    assert yaml.safe_load(writer.write_flow(value)) == value
    wide = "\n".join(writer.write_lines(value, writer.Layout(4, 0)))
    assert yaml.safe_load(wide) == value


def test_comments_stand_above_what_they_are_about() -> None:
    value = {"kind": "X", "rules": [{"a": 1}, {"b": []}]}
    comments = {
        (): "two\nlines",
        ("rules", 1): "about b",
        ("rules", 1, "b"): "",
        ("kind",): "k",
    }
    assert writer.write(value, comments) == (
        "# two\n# lines\n# k\nkind: X\nrules:\n  - a: 1\n  # about b\n  - b: []"
    )
