"""What is written is read again as it was."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from netsim.generation.text import Remarked, write
from netsim.loader.tree.yaml import trees
from netsim.model.tree import Mapping, Scalar, Tree
from tests.strategies import thorough

words = st.sampled_from(
    ["a", "yes", "1e3", "0o12", "null", "", "~", "a: b", "- a", "#", "'\"", "a\nb", "0.0.0.0/0"]
)
leaves = words | st.integers(1, 65535)
mappings = st.recursive(
    st.dictionaries(words, leaves, max_size=3),
    lambda inner: st.dictionaries(
        words, leaves | inner | st.lists(leaves | inner, max_size=3), max_size=3
    ),
    max_leaves=8,
)
"""Of lists, only those of words and mappings: Kubernetes has no others."""


def plain(tree: Tree | None) -> Any:
    match tree:
        case None:
            return None
        case Scalar():
            return tree.text
        case Mapping():
            return {key: plain(entry.value) for key, entry in tree.entries.items()}
    return [plain(item) for item in tree.items]


def texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: texts(each) for key, each in value.items()}
    return [texts(each) for each in value] if isinstance(value, list) else str(value)


@thorough(300)
@given(st.lists(mappings.filter(bool), min_size=1, max_size=2))
def test_round_trip(documents: list[dict[str, Any]]) -> None:
    text = write([Remarked(each, ("because\nof this: [", "")) for each in documents])
    assert [plain(tree) for tree in trees(text)] == [texts(each) for each in documents]


def test_comments_stand_above() -> None:
    rule = Remarked({"from": [{"podSelector": {}}]}, ("README.md:1 web → api",))
    assert write([Remarked({"kind": "x", "ingress": [rule]}, ("Why.",))]) == (
        "# Why.\n"
        "kind: x\n"
        "ingress:\n"
        "  # README.md:1 web → api\n"
        "  - from:\n"
        "      - podSelector: {}\n"
    )
