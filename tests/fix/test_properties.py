"""Laws of patches: a file that is written says what the edited documents say, and no more."""

from __future__ import annotations

import json
from collections.abc import Iterable
from os.path import commonprefix
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from netsim.fix.documents import apply_edits, to_plain
from netsim.fix.text import Uneditable, rewrite
from netsim.loader.registry import Scope
from netsim.loader.tree.documents import Document, Parsed, Syntax, documents, normalise
from netsim.model.edit import (
    END,
    AddDocument,
    Edit,
    FieldPath,
    Insert,
    Patch,
    Remove,
    Replace,
    Target,
    Value,
)
from netsim.model.location import Location

_TEXTS = st.sampled_from(
    ["web", "yes", "::/0", "10.0.0.0/8", "", "a: b", "# c", "it's", '"', "1e3", "null", "é"]
)
_SCALARS = st.one_of(_TEXTS, st.integers(0, 65535), st.booleans(), st.none())
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["from", "to", "ports", "app", "n"]), inner, max_size=3),
    ),
    max_leaves=6,
)
_OBJECTS = st.dictionaries(
    st.sampled_from(["podSelector", "ingress", "egress", "policyTypes"]), _VALUES, max_size=4
)


def _object(name: str, spec: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "shop"}
    return {"kind": "NetworkPolicy", "metadata": metadata, "spec": spec}


class _IndentedDumper(yaml.SafeDumper):
    """Lists stand further right than their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow, False)  # noqa: FBT003


@st.composite
def _files(draw: st.DrawFn) -> tuple[str, str, list[dict[str, Any]]]:
    """The name of a file, its text in some style, and its objects."""
    specs = draw(st.lists(_OBJECTS, min_size=1, max_size=3))
    objects = [_object(f"p{number}", spec) for number, spec in enumerate(specs)]
    is_list = draw(st.booleans())
    held = [{"kind": "List", "items": objects}] if is_list else objects
    if draw(st.integers(0, 3)) == 0:
        indent = draw(st.sampled_from([None, 2, 4, "\t"]))
        text = "\n".join(json.dumps(each, indent=indent) for each in held)
        return "f.json", text + draw(st.sampled_from(["", "\n"])), objects
    dumper = draw(st.sampled_from([yaml.SafeDumper, _IndentedDumper]))
    text = "---\n".join(
        yaml.dump(
            each,
            Dumper=dumper,
            default_flow_style=draw(st.sampled_from([True, False, None])),
            indent=draw(st.sampled_from([2, 4])),
            width=draw(st.sampled_from([20, 80])),
            sort_keys=False,
            allow_unicode=True,
        )
        for each in held
    )
    text = _comment(text, draw)
    text = text if draw(st.booleans()) else text.removesuffix("\n")
    text = text.replace("\n", "\r\n") if draw(st.booleans()) else text
    return "f.yaml", draw(st.sampled_from(["", "\ufeff"])) + text, objects


def _comment(text: str, draw: st.DrawFn) -> str:
    """The text with comments between lines, where they change nothing."""
    lines = text.split("\n")
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        new = [*lines[:at], " " * draw(st.integers(0, 6)) + "# a comment", *lines[at:]]
        if _say_text("\n".join(new), Syntax.YAML) == _say_text(text, Syntax.YAML):
            lines = new
    return "\n".join(lines)


def _paths(value: Any, path: FieldPath = ()) -> Iterable[FieldPath]:
    yield path
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _paths(each, (*path, key))
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _paths(each, (*path, index))


def _at(value: Any, path: FieldPath) -> Any:
    for key in path:
        value = value[key]
    return value


@st.composite
def _edits(draw: st.DrawFn, name: str, text: str, objects: list[dict[str, Any]]) -> Edit:
    number = draw(st.integers(0, len(objects) - 1))
    whole = objects[number]
    target = _target(name, text, number)
    value = Value.of(draw(_VALUES))
    path = draw(st.sampled_from(list(_paths(whole["spec"], ("spec",)))))
    held = _at(whole, path)
    kind = draw(st.sampled_from([Insert, Replace, Remove, AddDocument]))
    if kind is AddDocument:
        return AddDocument(name, Value.of(_object("new", draw(_OBJECTS))))
    if kind is Remove:
        return Remove(target, draw(st.sampled_from([path, ()])))
    if kind is Replace:
        return Replace(target, path, value)
    if isinstance(held, list):
        ends = st.sampled_from([END, *range(len(held) + 1)])
        return Insert(target, (*path, draw(ends)), value)
    if isinstance(held, dict) or held is None:
        return Insert(target, (*path, *draw(st.sampled_from([("x",), ("x", END)]))), value)
    return Replace(target, path, value)


def _target(name: str, text: str, number: int) -> Target:
    """Found as the loader would name it."""
    syntax = Syntax.JSON if name.endswith(".json") else Syntax.YAML
    found = [each for each in documents(normalise(text), syntax, Scope.BUNDLE)]
    first = found[0]
    assert isinstance(first, Parsed)
    items = to_plain(first.tree).get("items")
    at = 0 if items else number
    held = found[at]
    assert isinstance(held, Parsed)
    field = f"items[{number}].metadata.name" if items else "metadata.name"
    tree = held.tree
    for key in ["items", number] if items else []:
        tree = tree.entries[key].value if isinstance(key, str) else tree.items[key]  # type: ignore[union-attr]
    line = tree.entries["metadata"].line + held.chunk.first_line - 1  # type: ignore[union-attr]
    return Target("NetworkPolicy", "shop", f"p{number}", Location(name, line, field))


def _say(found: Iterable[Document]) -> list[Any]:
    assert not [each for each in found if not isinstance(each, Parsed)]
    return [to_plain(each.tree) for each in found if isinstance(each, Parsed)]


def _say_text(text: str, syntax: Syntax) -> Any:
    found = list(documents(normalise(text), syntax, Scope.BUNDLE))
    if any(not isinstance(each, Parsed) for each in found):
        return None
    return _say(found)


@given(st.data())
def test_a_file_says_what_the_edited_documents_say(data: st.DataObject) -> None:
    name, text, objects = data.draw(_files())
    edit = data.draw(_edits(name, text, objects))
    syntax = Syntax.JSON if name.endswith(".json") else Syntax.YAML
    before = list(documents(normalise(text), syntax, Scope.BUNDLE))
    expected = apply_edits(before, syntax, [edit])
    result = rewrite({name: text}, Patch((edit,)))
    # What is generated here has no anchors: nothing stands in the way, but odd flow pairs.
    assert not isinstance(result, Uneditable), str(result)
    assert _say_text(result[0].after, syntax) == _say(expected)


@given(st.data())
def test_what_is_not_edited_keeps_its_bytes(data: st.DataObject) -> None:
    """An insertion takes no line away, and changes one at most."""
    name, text, objects = data.draw(_files())
    edit = data.draw(_edits(name, text, objects))
    result = rewrite({name: text}, Patch((edit,)))
    if not isinstance(edit, Insert | AddDocument) or isinstance(result, Uneditable):
        return
    old, new = text.split("\n"), result[0].after.split("\n")
    above = len(commonprefix([old, new]))
    below = len(commonprefix([old[above:][::-1], new[above:][::-1]]))
    lost = len(old) - above - below
    # A value in flow style may spread over lines: all of an empty one is replaced.
    assert lost <= 2
    assert ("\r\n" in text) <= ("\r" not in result[0].after.replace("\r\n", ""))
    assert result[0].after.endswith("\n") == text.endswith("\n")
    assert result[0].after.startswith("\ufeff") == text.startswith("\ufeff")
