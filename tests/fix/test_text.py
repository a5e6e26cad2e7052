"""Where an edit is put: a row for each way in which people write files."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from netsim.fix.text import Uneditable, rewrite
from netsim.fix.tree import EditError
from netsim.model.edit import (
    END,
    AddDocument,
    Edit,
    Insert,
    Patch,
    Remove,
    Replace,
    Target,
    Value,
)
from netsim.model.location import Location

HEAD = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
"""
WEB = Target("NetworkPolicy", "shop", "web", Location("a.yaml", 3))
RULE = {"from": [{"podSelector": {}}], "ports": [{"port": 80}]}


def insert(*path: str | int, value: object = RULE) -> Edit:
    return Insert(WEB, ("spec", *path), Value.of(value))


def swap(*path: str | int, value: object) -> Edit:
    return Replace(WEB, ("spec", *path), Value.of(value))


def remove(*path: str | int) -> Edit:
    return Remove(WEB, ("spec", *path))


def change(text: str, *edits: Edit, file: str = "a.yaml") -> str:
    found = rewrite({file: text}, Patch(edits))
    assert isinstance(found, tuple), found
    return found[0].after


PLACES = (
    (
        "the dashes of a list stand below its key, as those around",
        "spec:\n  ingress:\n  - {}\n",
        insert("ingress", END, value={"from": [{"a": 1}]}),
        "spec:\n  ingress:\n  - {}\n  - from:\n    - a: 1\n",
    ),
    (
        "or to the right of it",
        "spec:\n    ingress:\n        - {}\n",
        insert("ingress", END, value={"from": [{"a": 1}]}),
        "spec:\n    ingress:\n        - {}\n        - from:\n              - a: 1\n",
    ),
    (
        "comments of the last item stay with it, those of the next key with that",
        "spec:\n  ingress:\n    - {}  # all\n      # of them\n  # out\n  egress: []\n",
        insert("ingress", END, value="x"),
        "spec:\n  ingress:\n    - {}  # all\n      # of them\n    - x\n  # out\n  egress: []\n",
    ),
    (
        "an item before another stands above the comments of that",
        "spec:\n  ingress:\n    - a\n    # about b\n    - b\n",
        insert("ingress", 1, value="x"),
        "spec:\n  ingress:\n    - a\n    - x\n    # about b\n    - b\n",
    ),
    (
        "an empty list becomes a block, and its comment stays",
        "spec:\n  ingress: []  # none\n  egress: []\n",
        insert("ingress", END, value={"x": 1}),
        "spec:\n  ingress:  # none\n    - x: 1\n  egress: []\n",
    ),
    (
        "nothing",
        "spec:\n  ingress:\n",
        insert("ingress", END, value=1),
        "spec:\n  ingress:\n    - 1\n",
    ),
    (
        "null",
        "spec:\n  ingress: ~\n",
        insert("ingress", END, value=1),
        "spec:\n  ingress:\n    - 1\n",
    ),
    (
        "no key",
        "spec:\n  a: b\n",
        insert("c", END, "d", value=1),
        "spec:\n  a: b\n  c:\n    - d: 1\n",
    ),
    ("no spec", "", insert("ingress", END, value=1), "spec:\n  ingress:\n    - 1\n"),
    (
        "a field of an item",
        "spec:\n  ingress:\n    - from: []\n    - {}\n",
        insert("ingress", 0, "ports", END, value={"port": 80}),
        "spec:\n  ingress:\n    - from: []\n      ports:\n        - port: 80\n    - {}\n",
    ),
    (
        "an item without a field",
        "spec:\n  ingress:\n    - {}  # all\n",
        insert("ingress", 0, "ports", END, value={"port": 80}),
        "spec:\n  ingress:\n    - ports:  # all\n        - port: 80\n",
    ),
    (
        "flow stays flow",
        "spec: {ingress: [{}]}  # c\n",
        insert("ingress", END),
        "spec: {ingress: [{}, {from: [{podSelector: {}}], ports: [{port: 80}]}]}  # c\n",
    ),
    (
        "a comma at the end",
        "spec: {a: [1, 2, ]}\n",
        insert("a", END, value=3),
        "spec: {a: [1, 2, 3, ]}\n",
    ),
    (
        "flow with lines of its own",
        "spec:\n  a: [\n    1,  # one\n    2  # two\n  ]\n",
        insert("a", END, value=3),
        "spec:\n  a: [\n    1,  # one\n    2,  # two\n    3\n  ]\n",
    ),
    (
        "in flow what would be misread has quotes",
        "spec: {a: [1]}\n",
        insert("a", END, value={"cidr": "::/0", "b": "y"}),
        'spec: {a: [1, {cidr: "::/0", b: "y"}]}\n',
    ),
    (
        "a block of text ends where it ends",
        "spec:\n  a:\n    - |\n      text\n      # no comment\n\n  b: 1\n",
        insert("a", END, value=2),
        "spec:\n  a:\n    - |\n      text\n      # no comment\n    - 2\n\n  b: 1\n",
    ),
    (
        "and keeps its empty lines",
        "spec:\n  a:\n    - |+\n      text\n\n\n  b: 1\n",
        insert("a", END, value=2),
        "spec:\n  a:\n    - |+\n      text\n\n\n    - 2\n  b: 1\n",
    ),
    (
        "lists in lists",
        "spec:\n  a:\n    - - 1\n      - 2\n",
        insert("a", 0, 0, value=0),
        "spec:\n  a:\n    - - 0\n      - 1\n      - 2\n",
    ),
    (
        "quoted keys",
        "'spec':\n  \"a\": [ ]\n",
        insert("a", END, value=1),
        "'spec':\n  \"a\":\n    - 1\n",
    ),
    (
        "tabs before comments",
        "spec:\n  a:\t# tab\n  - 1\t# x\n",
        insert("a", END, value=2),
        "spec:\n  a:\t# tab\n  - 1\t# x\n  - 2\n",
    ),
    (
        "an anchor that nothing uses",
        "spec: &s\n  a: &a\n  - 1\n",
        insert("a", END, value=2),
        "spec: &s\n  a: &a\n  - 1\n  - 2\n",
    ),
    (
        "beside an alias",
        "x: &x {}\nspec:\n  a:\n  - *x\n",
        insert("a", END, value=2),
        "x: &x {}\nspec:\n  a:\n  - *x\n  - 2\n",
    ),
    (
        "no line feed at the end",
        "spec:\n  a: []",
        insert("a", END, value=1),
        "spec:\n  a:\n    - 1",
    ),
    (
        "the end of the document",
        "spec:\n  a: []\n...\n# x\n",
        insert("a", END, value=1),
        "spec:\n  a:\n    - 1\n...\n# x\n",
    ),
    (
        "a scalar",
        "spec:\n  a:   80   # port\n",
        swap("a", value=81),
        "spec:\n  a:   81   # port\n",
    ),
    (
        "in its quotes",
        "spec:\n  a: 'x'\n  b: \"x\"\n",
        swap("a", value="it's"),
        "spec:\n  a: 'it''s'\n  b: \"x\"\n",
    ),
    (
        "a list by none",
        "spec:\n  a:  # c\n    - 1\n    - 2\n  b: 1\n",
        swap("a", value=[]),
        "spec:\n  a: []  # c\n  b: 1\n",
    ),
    (
        "one item of many",
        "spec:\n  a:\n    - x: 1\n      y: 2\n    - z: 3\n",
        swap("a", 0, value={"q": [1]}),
        "spec:\n  a:\n    - q:\n        - 1\n    - z: 3\n",
    ),
    (
        "a selector in flow",
        "spec:\n  a: {b: {c: d}}  # x\n",
        swap("a", value={"b": {"c": "e"}}),
        "spec:\n  a: {b: {c: e}}  # x\n",
    ),
    (
        "an item with its comments",
        "spec:\n  a:\n    # one\n    - 1  # 1\n    # two\n    - 2\n",
        remove("a", 0),
        "spec:\n  a:\n    # two\n    - 2\n",
    ),
    (
        "the first field of an item",
        "spec:\n  a:\n    - b: 1  # b\n      # c\n      c: 2\n",
        remove("a", 0, "b"),
        "spec:\n  a:\n    - # c\n      c: 2\n",
    ),
    (
        "the only item leaves an empty list",
        "spec:\n  a:\n    - 1\n  b: 2\n",
        remove("a", 0),
        "spec:\n  a: []\n  b: 2\n",
    ),
    ("of flow", "spec: {a: [1, 2, 3], b: 4}\n", remove("a", 2), "spec: {a: [1, 2], b: 4}\n"),
    (
        "of flow, the first",
        "spec: {a: [1, 2, 3], b: 4}\n",
        remove("a", 0),
        "spec: {a: [2, 3], b: 4}\n",
    ),
    (
        "of flow, the only one",
        "spec: {a: [ 1 ], b: 4}\n",
        remove("a", 0),
        "spec: {a: [], b: 4}\n",
    ),
    (
        "of flow with comments",
        "spec:\n  a: [\n    1,  # one\n    2  # two\n  ]\n",
        remove("a", 1),
        "spec:\n  a: [\n    1  # one  # two\n  ]\n",
    ),
)


@pytest.mark.parametrize(
    ("before", "edit", "after"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES]
)
def test_places(before: str, edit: Edit, after: str) -> None:
    assert change(HEAD + before, edit) == HEAD + after
    windows = (HEAD + before).replace("\n", "\r\n")
    assert change(windows, edit) == (HEAD + after).replace("\n", "\r\n")
    # What stands before a document, and behind it, is nobody's business.
    around = f"# licence\n---\na: [1\n---\n{HEAD}{before.rstrip()}\n---\nb: {{{{ x }}}}\n"
    target = Target("NetworkPolicy", "shop", "web", Location("a.yaml", 7))
    moved = replace(edit, target=target)
    changed = change(around, moved)
    assert changed.startswith(f"# licence\n---\na: [1\n---\n{HEAD}")
    assert changed.endswith("\n---\nb: {{ x }}\n")


REFUSED = (
    ("the alias", "x: &x []\nspec:\n  a: *x\n", insert("a", END), "spec.a is the alias *x"),
    (
        "what it names",
        "spec:\n  a: &x [1]\n  b: *x\n",
        insert("a", END),
        "spec.a is used elsewhere",
    ),
    (
        "what holds it",
        "spec:\n  a:\n  - &x 1\n  b: *x\n",
        remove("a"),
        "it holds &x, which other",
    ),
    (
        "merged in",
        "x: &x {a: [1]}\nspec:\n  <<: *x\n",
        swap("a", value=1),
        "is merged in with <<",
    ),
    ("a placeholder", "spec:\n  a: web-${X}\n", swap("a", value="x"), "it holds a placeholder"),
    ("keys with ?", "spec:\n  ? a\n  : 1\n", insert("b", value=1), "its keys begin with ?"),
    ("no UTF-8", "spec:\n  # \udcff\n  a: []\n", insert("a", END), ""),
)


@pytest.mark.parametrize(
    ("text", "edit", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_cannot_be_written_faithfully_says_why(text: str, edit: Edit, reason: str) -> None:
    try:
        found = rewrite({"a.yaml": HEAD + text}, Patch((edit,)))
    except EditError:
        # A document that cannot be read has no objects.
        assert not reason
        return
    assert isinstance(found, Uneditable)
    assert reason in found.reason


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (insert("a", "b", value=1), "spec.a is no mapping"),
        (insert("b", value=1), "spec.b is there already"),
        (insert("a", 3, value=1), "spec.a has no item 3"),
        (swap("c", value=1), "spec.c is not there"),
        (remove("a", 1), "spec.a has no item 1"),
        (
            Remove(Target("NetworkPolicy", "shop", "api", WEB.location), ("spec",)),
            "is not at a.yaml:3",
        ),
        (
            Remove(Target("NetworkPolicy", "shop", "web", Location("a.yaml", 9)), ("spec",)),
            "is not at",
        ),
    ],
)
def test_edits_that_the_object_does_not_allow(edit: Edit, reason: str) -> None:
    with pytest.raises(EditError, match=reason.replace("[", r"\[")):
        rewrite({"a.yaml": f"{HEAD}spec:\n  a: [1]\n  b: 2\n"}, Patch((edit,)))


NEW = AddDocument("a.yaml", Value.of({"kind": "X"}))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "kind: X\n"),
        ("# only this\n", "# only this\nkind: X\n"),
        ("a: 1\n", "a: 1\n---\nkind: X\n"),
        ("a: 1", "a: 1\n---\nkind: X"),
        ("a: 1\r\n", "a: 1\r\n---\r\nkind: X\r\n"),
        ("a: 1\n---\n", "a: 1\n---\nkind: X\n"),
        ("a: 1\n...\n", "a: 1\n...\n---\nkind: X\n"),
        ("a: |\n  x\n\n", "a: |\n  x\n\n---\nkind: X\n"),
        ("a: [\n", "a: [\n---\nkind: X\n"),
        ('{"a": 1}\n', '{"a": 1}\n---\nkind: X\n'),
    ],
)
def test_a_document_more(before: str, after: str) -> None:
    assert change(before, NEW) == after


JSON = """\
{
    "kind": "List",
    "items": [
        {
            "kind": "NetworkPolicy",
            "metadata": {"name": "web", "namespace": "shop"},
            "spec": {
                "ingress": []
            }
        }
    ]
}
"""


def test_json_keeps_its_indentation() -> None:
    target = Target(
        "NetworkPolicy", "shop", "web", Location("a.json", 6, "items[0].metadata.name")
    )
    new = AddDocument("a.json", Value.of({"kind": "X"}))
    rule = Insert(target, ("spec", "ingress", END), Value.of({"ports": []}))
    found = change(JSON, new, rule, file="a.json")
    assert found == JSON.replace(
        '"ingress": []',
        '"ingress": [\n                    {\n                        "ports": []\n'
        "                    }\n                ]",
    ).replace(
        "        }\n    ]\n}",
        '        },\n        {\n            "kind": "X"\n        }\n    ]\n}',
    )
    tabs = JSON.replace("    ", "\t")
    assert change(tabs, new, rule, file="a.json") == found.replace("    ", "\t")


def test_json_on_one_line_stays_on_one_line() -> None:
    text = '{"kind":"NetworkPolicy","metadata":{"name":"web"},"spec":{"ingress":[{}]}}'
    target = Target("NetworkPolicy", "shop", "web", Location("a.json", 1))
    edit = Insert(target, ("spec", "ingress", END), Value.of({"from": [1]}))
    assert change(text, edit, file="a.json") == text.replace("[{}]", '[{},{"from":[1]}]')


def test_objects_of_one_name_are_told_apart_by_their_place() -> None:
    text = f"{HEAD}spec: {{}}\n---\n{HEAD}spec: {{}}\n"
    second = Target("NetworkPolicy", "shop", "web", Location("a.yaml", 8))
    edit = Insert(second, ("spec", "a"), Value.of(1))
    assert change(text, edit) == f"{HEAD}spec: {{}}\n---\n{HEAD}spec:\n  a: 1\n"


def test_items_of_one_name_are_told_apart_by_their_index() -> None:
    item = '{"kind":"NetworkPolicy","metadata":{"name":"web"},"spec":{}}'
    text = f'{{"kind":"List","items":[{item},{item}]}}'
    edit = {
        field: Insert(
            Target("NetworkPolicy", "shop", "web", Location("a.json", 1, field)),
            ("spec", "a"),
            Value.of(1),
        )
        for field in ("items[1].metadata.name", "items[2].metadata.name", "")
    }
    changed = item.replace('"spec":{}', '"spec":{"a":1}')
    assert change(text, edit["items[1].metadata.name"], file="a.json") == (
        f'{{"kind":"List","items":[{item},{changed}]}}'
    )
    for field, reason in (("items[2].metadata.name", "is not at"), ("", "more than once")):
        with pytest.raises(EditError, match=reason):
            change(text, edit[field], file="a.json")


def test_objects_are_removed_after_all_other_edits() -> None:
    second = Target("NetworkPolicy", "shop", "api", Location("a.yaml", 8))
    text = f"{HEAD}spec: {{}}\n---\n{HEAD.replace('web', 'api')}spec: {{}}\n"
    edits = (Remove(WEB, ()), Insert(second, ("spec", "a"), Value.of(1)), NEW)
    assert change(text, *edits) == (
        f"---\n{HEAD.replace('web', 'api')}spec:\n  a: 1\n---\nkind: X\n"
    )


def test_several_files_change_together_or_not_at_all() -> None:
    other = Target("NetworkPolicy", "shop", "web", Location("b.yaml", 3))
    good, bad = f"{HEAD}spec: {{}}\n", f"{HEAD}x: &x {{}}\nspec: *x\n"
    patch = Patch((insert("a", value=1), Insert(other, ("spec", "a"), Value.of(1))))
    assert patch.files == ("a.yaml", "b.yaml")
    assert isinstance(rewrite({"a.yaml": good, "b.yaml": bad}, patch), Uneditable)
    found = rewrite({"a.yaml": good, "b.yaml": good}, patch)
    assert isinstance(found, tuple)
    assert [each.file for each in found] == ["a.yaml", "b.yaml"]


def test_the_diff() -> None:
    (found,) = rewrite({"a.yaml": "a: 1"}, Patch((NEW,)))  # type: ignore[misc]
    assert found.diff == (
        "--- a/a.yaml\n+++ b/a.yaml\n@@ -1 +1,3 @@\n-a: 1\n\\ No newline at end of file\n"
        "+a: 1\n+---\n+kind: X\n\\ No newline at end of file\n"
    )
    (new,) = rewrite({}, Patch((NEW,)))  # type: ignore[misc]
    assert new.diff.startswith("--- /dev/null\n+++ b/a.yaml\n")
