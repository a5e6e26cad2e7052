"""What holds for every edit of every file: the text says what the tree says, and no more."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from netsim.fix.diff import Rewrite
from netsim.fix.documents import apply_edits, to_plain
from netsim.fix.text import rewrite
from netsim.loader.tree.documents import Document, Parsed, Syntax, documents, normalise
from netsim.model.edit import Edit, Patch
from netsim.model.location import Location
from tests.fix.files import Pen, edits, objects
from tests.strategies import thorough


def _read(text: str, syntax: Syntax) -> tuple[Document, ...]:
    return tuple(documents(normalise(text), syntax))


def _say(found: tuple[Document, ...]) -> list[Any]:
    return [to_plain(each.tree) for each in found if isinstance(each, Parsed)]


def _verify(file: str, syntax: Syntax, text: str, edit: Edit) -> Rewrite:
    """The text after an edit says what the documents say after it; lines stay as they were."""
    found = rewrite({file: text}, Patch((edit,)))
    assert isinstance(found, tuple), found
    (result,) = found
    edited = apply_edits(_read(text, syntax), syntax, (edit,))
    assert _say(_read(result.after, syntax)) == _say(edited)
    _verify_hunks(result)
    return result


def _verify_hunks(result: Rewrite) -> None:
    """Outside of the stretch that changes, every line is the same."""
    before, after = result.before.split("\n"), result.after.split("\n")
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    assert result.after.startswith("\n".join(before[:same]))
    if "\r\n" in result.before and "\n" not in result.before.replace("\r\n", ""):
        assert "\n" not in result.after.replace("\r\n", "")
    assert result.after.endswith("\n") == result.before.endswith("\n")


def _write_yaml(draw: Any, thing: dict[str, Any]) -> list[str]:
    lines = Pen(draw).document(thing)
    read = _read("\n".join(lines) + "\n", Syntax.YAML)
    # A tab behind a dash is no YAML, though it might have been.
    assume(_say(read) == [thing])
    return lines


@thorough(100)
@given(st.data())
def test_yaml(data: st.DataObject) -> None:
    thing = data.draw(objects())
    lines = _write_yaml(data.draw, thing)
    head = data.draw(st.sampled_from(([], ["---"], ["# head", "---"], ["a: 1", "---"])))
    tail = data.draw(st.sampled_from(([], ["..."], ["# end"], ["---", "kind: Other", "x: ["])))
    feed = data.draw(st.sampled_from(("\n", "\r\n")))
    text = feed.join((*head, *lines, *tail)) + data.draw(st.sampled_from(("", feed)))
    text = data.draw(st.sampled_from(("", "\ufeff"))) + text
    line = next(n for n, each in enumerate((*head, *lines), 1) if "metadata" in each)
    _verify("a.yaml", Syntax.YAML, text, data.draw(edits(thing, Location("a.yaml", line))))


@thorough(40)
@given(st.data())
def test_an_item_of_a_list(data: st.DataObject) -> None:
    thing = data.draw(objects())
    other = thing | {"metadata": {"name": "other"}}
    whole = {"apiVersion": "v1", "kind": "List", "items": [other, thing]}
    lines = _write_yaml(data.draw, whole)
    place = Location("a.yaml", len(lines), "items[1].metadata.name")
    _verify("a.yaml", Syntax.YAML, "\n".join(lines) + "\n", data.draw(edits(thing, place)))


@thorough(80)
@given(st.data(), st.sampled_from((None, 2, 4, "\t")), st.booleans())
def test_json(data: st.DataObject, indent: int | str | None, is_list: bool) -> None:  # noqa: FBT001
    thing = data.draw(objects())
    whole = {"kind": "List", "items": [thing, thing]} if is_list else thing
    gaps = data.draw(st.sampled_from(((",", ":"), (", ", ": ")))) if indent is None else None
    text = json.dumps(whole, indent=indent, separators=gaps) + "\n"
    line = len(text.splitlines())
    place = Location("a.json", line, "items[1].metadata.name" if is_list else "")
    result = _verify("a.json", Syntax.JSON, text, data.draw(edits(thing, place)))
    json.loads(result.after)


@thorough(40)
@given(st.data())
def test_several_edits_are_made_one_after_the_other(data: st.DataObject) -> None:
    thing = data.draw(objects())
    text = "\n".join(_write_yaml(data.draw, thing)) + "\n"
    place = Location("a.yaml", len(text.splitlines()))
    first = data.draw(edits(thing, place))
    (after,) = _say(apply_edits(_read(text, Syntax.YAML), Syntax.YAML, (first,)))
    assume(after["spec"])
    second = data.draw(edits(after, place))
    found = rewrite({"a.yaml": text}, Patch((first, second)))
    assert isinstance(found, tuple), found
    edited = apply_edits(_read(text, Syntax.YAML), Syntax.YAML, (first, second))
    assert _say(_read(found[0].after, Syntax.YAML)) == _say(edited)
