import pytest

from netsim.bundle.quotation import (
    QuotedPair,
    drop_named,
    find_misquotes,
    shorten_value,
    sum_costs,
)
from netsim.loader.tree.yaml import trees
from netsim.model.tree import Scalar, ScalarStyle, Tree


def tree(text: str) -> Tree:
    (found,) = trees(text)
    assert found is not None
    return found


def compared(quoted: str, found: str) -> list[tuple[str, int, int, bool]]:
    left, right = tree(quoted), tree(found)
    pair = QuotedPair(left, left.line, right, right.line)
    return [
        (each.path, each.line, each.found_line, each.found is not None)
        for each in find_misquotes(pair)
    ]


@pytest.mark.parametrize(
    ("quoted", "found"),
    [
        ("{a: 1}", "{b: 2, a: 1}"),
        ("{a: {b: x}}", "{a: {c: 1, b: x}}"),
        # What kubectl takes for the same.
        ("{a: yes}", "{a: true}"),
        ("{a: 'x'}", "{a: x}"),
        ("{a: 0x10}", "{a: 16}"),
        # What is left out.
        ("{a: ...}", "{a: {b: 1}}"),
        ("{a: }", "{a: [1]}"),
        ("{a: …}", "{a: x}"),
        # Lists: each item somewhere, by name where it has one.
        ("[b, a]", "[a, b, c]"),
        ("[{name: a, x: 1}]", "[{name: b, x: 2}, {name: a, x: 1, y: 2}]"),
        ("[{key: a}]", "[{key: b}, {key: a, value: c}]"),
        ("{a: []}", "{a: [1]}"),
    ],
)
def test_contained(quoted: str, found: str) -> None:
    assert compared(quoted, found) == []


@pytest.mark.parametrize(
    ("quoted", "found", "wanted"),
    [
        ("a: 1\nb: 2", "a: 1\nc: 1\nb: 3", [("b", 2, 3, True)]),
        ("a: 1\nb: 2", "c: 1\na: 1", [("b", 2, 1, False)]),
        ("{a: '5'}", "{a: 5}", [("a", 1, 1, True)]),
        ("{a: true}", "{a: 1}", [("a", 1, 1, True)]),
        ("{a: [x]}", "{a: x}", [("a", 1, 1, True)]),
        ("a:\n  b: 1", "a:\n  c: 1", [("a.b", 2, 1, False)]),
        ("a:\n- x\n- y", "\na: [x]", [("a[]", 3, 2, False)]),
        ("a:\n- name: x\n  v: 1", "a:\n- name: x\n  v: 2", [("a[x].v", 3, 3, True)]),
        ("a:\n- name: x\n  v: 1", "a:\n- name: y\n  v: 1", [("a[x]", 2, 1, False)]),
        # A name that is misspelt.
        (
            "- name: sizes\n  v: 1",
            "- name: a\n- name: size\n  v: 1",
            [("[sizes].name", 1, 2, True)],
        ),
        # Without names: the item that comes nearest, unless none is near.
        ("- k: 1\n  v: 2\n", "- {k: 5, v: 6}\n- {k: 1, v: 3}", [("[].v", 2, 2, True)]),
        ("- k: 1\n  v: 2\n", "- {x: 1}", [("[]", 1, 1, False)]),
    ],
)
def test_differences(quoted: str, found: str, wanted: list[tuple[str, int, int, bool]]) -> None:
    assert compared(quoted, found) == wanted


def test_another_value_is_nearer_than_none() -> None:
    quoted = tree("{a: 1, b: 2}")
    costs = [
        sum_costs(find_misquotes(QuotedPair(quoted, 1, tree(text), 1)))
        for text in ("{a: 1, b: 2}", "{a: 1, b: 3}", "{a: 1}", "{a: 2}", "{}")
    ]
    assert costs == [0, 1, 2, 3, 4]


def test_without() -> None:
    found = drop_named(tree("{env: [{name: A, value: 1}, {name: B}], name: A}"), "A")
    assert found == tree("{env: [{name: B}], name: A}")


@pytest.mark.parametrize(
    ("text", "style", "wanted"),
    [
        ("5", ScalarStyle.QUOTED, '"5"'),
        ("5", ScalarStyle.PLAIN, "5"),
        ("x", ScalarStyle.QUOTED, "x"),
        ("no", ScalarStyle.QUOTED, '"no"'),
        ("", ScalarStyle.QUOTED, '""'),
        ("a\nb", ScalarStyle.QUOTED, "a b"),
        ("x" * 70, ScalarStyle.PLAIN, "x" * 60 + "…"),
    ],
)
def test_shown(text: str, style: ScalarStyle, wanted: str) -> None:
    assert shorten_value(Scalar(text, style, 1)) == wanted
