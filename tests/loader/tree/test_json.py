from __future__ import annotations

import pytest

from netsim.errors import TreeError
from netsim.loader.tree import json as json_tree
from netsim.model.tree import Mapping, Scalar, ScalarStyle, Sequence


def test_values_have_lines() -> None:
    (tree,) = json_tree.trees('{\n "a": [1.5,\n  "x\\n\\u00e9"],\n "b": null\n}\n')
    assert isinstance(tree, Mapping)
    assert tree.get("a") == Sequence(
        (Scalar("1.5", ScalarStyle.PLAIN, 2), Scalar("x\né", ScalarStyle.QUOTED, 3)), 2
    )
    assert tree.entries["b"].line == 4


def test_several_values_follow_one_another() -> None:
    assert len(list(json_tree.trees("{}\n{}\n[]"))) == 3


FAULTS = [
    ('{"a": 1,\n"a": 2}', 2, "duplicate key a"),
    ('{"a": 1,\n}', 2, "key"),  # a comma too many
    ('{\n"a" 1}', 2, "colon"),
    ("[1\n2]", 2, "comma"),
    ("[01]", 1, "comma"),  # JSON has no leading zeros
    ('{"a":\n NaN}', 2, "a value"),
    ('{"a":\n "x', 2, "Unterminated"),
    ('{"a": "x\ny"}', 1, "control character"),
    ("{", 1, "the end of the text"),
    ("[" * 150, 1, "nested"),
    ("{a: 1}", 1, "double quotes"),
]


@pytest.mark.parametrize(("text", "line", "phrase"), FAULTS)
def test_faults_have_their_line(text: str, line: int, phrase: str) -> None:
    with pytest.raises(TreeError, match=phrase) as caught:
        list(json_tree.trees(text))
    assert caught.value.line == line
