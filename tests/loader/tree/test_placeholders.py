from __future__ import annotations

import pytest

from netsim.loader.tree import yaml as yaml_tree
from netsim.loader.tree.scalars import placeholders
from netsim.model.placeholders import has_placeholder


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${PORT}", True),
        ("a-${X}.b", True),
        ("${X:-80}", True),  # with a default, as envsubst has it
        ("$PORT", False),
        ("$(PORT)", False),
        ("${}", False),
        ("${open", False),
        ("a ${b c}", False),
    ],
)
def test_what_a_placeholder_is(text: str, expected: bool) -> None:  # noqa: FBT001
    assert has_placeholder(text) is expected


def test_each_is_found_where_it_is_used_first() -> None:
    (tree,) = yaml_tree.trees("a: ${X}\n${K}: 1\nb: [x, '${Y}${X}']\ncommand: ['${SHELL}']\n")
    assert tree is not None
    assert placeholders(tree) == {"${X}": 1, "${K}": 2, "${Y}": 3}
