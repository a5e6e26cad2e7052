from __future__ import annotations

import pytest
import yaml

from netsim.errors import TreeError
from netsim.loader.tree import yaml as yaml_tree
from netsim.model.tree import Mapping, Scalar, ScalarStyle, Sequence, Tree


@pytest.fixture(params=["libyaml", "pure"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "pure":
        monkeypatch.setattr(yaml_tree, "PARSER", yaml.Loader)
    return str(request.param)


def one(text: str) -> Tree:
    (tree,) = yaml_tree.trees(text)
    assert tree is not None
    return tree


def plain(tree: Tree | None) -> object:
    match tree:
        case Mapping():
            return {key: plain(entry.value) for key, entry in tree.entries.items()}
        case Sequence():
            return [plain(item) for item in tree.items]
    return tree.text if tree else None


@pytest.mark.usefixtures("parser")
def test_scalars_keep_text_style_and_line() -> None:
    tree = one("a: 012\nb: '012'\nc: |\n  x\nd: !!str 5\ne:\n")
    assert isinstance(tree, Mapping)
    assert [tree.get(key) for key in "abcde"] == [
        Scalar("012", ScalarStyle.PLAIN, 1),
        Scalar("012", ScalarStyle.QUOTED, 2),
        Scalar("x\n", ScalarStyle.QUOTED, 3),
        Scalar("5", ScalarStyle.QUOTED, 5),
        Scalar("", ScalarStyle.PLAIN, 6),
    ]


ALIASES = [
    ("a: &x {b: 1}\nc: *x\n", {"a": {"b": "1"}, "c": {"b": "1"}}),
    ("a: &x {b: 1}\nc: {<<: *x, d: 2}\n", {"a": {"b": "1"}, "c": {"b": "1", "d": "2"}}),
    ("a: &x {b: 1}\nc: {b: 2, <<: *x}\n", {"a": {"b": "1"}, "c": {"b": "2"}}),  # own wins
    (
        "a: &x {b: 1}\nc: &y {b: 2}\nd: {<<: [*x, *y]}\n",  # the first of several wins
        {"a": {"b": "1"}, "c": {"b": "2"}, "d": {"b": "1"}},
    ),
    ("'<<': 1\n", {"<<": "1"}),  # quoted, it is a key like others
]


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(("text", "expected"), ALIASES)
def test_aliases_and_merges(text: str, expected: object) -> None:
    assert plain(one(text)) == expected


FAULTS = [
    ("a: 1\nb: 2\na: 3\n", 3, "duplicate key a"),
    ("a: *x\n", 1, "x"),
    ("a: &x [*x]\n", 1, "x"),  # a list that holds itself
    ("? [a]\n: 1\n", 1, "key is not text"),
    ("a: {<<: 1}\n", 1, "mappings only"),
    ("a:\n  'x\n", 2, "quoted scalar"),  # where it opens, not where the file ends
    ("a:\n\t- b\n", 2, "tab"),
    ("x: 1\na: !!set {b}\n", 2, "!!set is no value"),
    ("\n" + "[" * 150 + "]" * 150, 2, "nested"),
]


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(("text", "line", "phrase"), FAULTS)
def test_faults_have_their_line(text: str, line: int, phrase: str) -> None:
    with pytest.raises(TreeError, match=phrase) as caught:
        list(yaml_tree.trees(text))
    assert caught.value.line == line


def test_an_alias_bomb_is_refused() -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 12)}]" for n in range(1, 12)]
    text = "\n".join(["a0: &a0 {x: lol}", *levels])
    with pytest.raises(TreeError, match="expand"):
        one(text)


def test_empty_documents_are_none() -> None:
    assert list(yaml_tree.trees("---\n---\na: 1\n")) == [None, one("\n\na: 1\n")]
