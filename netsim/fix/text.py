"""Patches of the text of files: what is not edited keeps every byte.

``rewrite({"a.yaml": text}, patch)`` is the files as they will be, or :class:`Uneditable`.
Positions come from the parser, scalars from a library; here is only where things are put: in
block or flow style, and indented, as the values around them are.  In the end the text is parsed
again, and has to say what the edited documents say: what cannot be written faithfully is
refused, never written.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from itertools import groupby

from msgspec import Struct

from netsim.fix.diff import Rewrite
from netsim.fix.documents import (
    Position,
    apply_edit,
    order_edits,
)
from netsim.fix.editor import Editor, Splice, UnfaithfulError, read_chunk, read_documents, say
from netsim.fix.tree import show_path
from netsim.loader.tree.documents import (
    Document,
    Syntax,
    chunks,
    normalise,
)
from netsim.model.edit import (
    AddDocument,
    Edit,
    Patch,
)

_BOM = "\ufeff"
_NOT_UTF_8 = re.compile("[\udc80-\udcff]")


class Uneditable(Struct, frozen=True):
    """Why a file cannot be changed by a program: the patch is for people to make."""

    file: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}"


def rewrite(texts: Mapping[str, str], patch: Patch) -> tuple[Rewrite, ...] | Uneditable:
    """The files of a patch, with ``texts`` as they are, line ends and all.

    A file that is not among the texts is a new one.  Raises ``EditError`` where the objects do
    not allow an edit.  Each edit parses its file anew.
    """
    found = []
    for file in patch.files:
        before = texts.get(file, "")
        edits = [edit for edit in patch.edits if edit.file == file]
        try:
            found.append(Rewrite(file, before, _rewrite(file, before, edits)))
        except UnfaithfulError as refusal:
            return Uneditable(file, str(refusal))
    return tuple(found)


def _rewrite(file: str, text: str, edits: list[Edit]) -> str:
    syntax = _find_syntax(file, text)
    expected = list(read_documents(text, syntax))
    if _NOT_UTF_8.search(text):
        raise UnfaithfulError("it is not UTF-8")
    said = [say(each) for each in expected]
    for batch in _batch(order_edits(expected, edits), syntax):
        for edit, position in batch:
            apply_edit(expected, syntax, edit, position)
            said = _say_again(said, expected, position)
        editor = Editor(normalise(text), syntax)
        added = [edit for edit, _ in batch if isinstance(edit, AddDocument)]
        splices = editor.add(added) if added else editor.edit(*batch[0])
        text = _splice(text, sorted(splices, key=_start))
        if _read_what_it_says(text, syntax) != said:
            first = batch[0][0]
            where = "" if isinstance(first, AddDocument) else show_path(first.path)
            raise UnfaithfulError(
                f"{where or 'it'} cannot be written there without changing other values"
            )
    return text


_Placed = tuple[Edit, Position | None]


def _batch(ordered: list[_Placed], syntax: Syntax) -> Iterator[list[_Placed]]:
    """Edits that are made together: documents that are added to YAML, else each by itself."""
    for is_added, run in groupby(ordered, lambda placed: isinstance(placed[0], AddDocument)):
        if is_added and syntax is Syntax.YAML:
            yield list(run)
        else:
            yield from ([each] for each in run)


def _say_again(
    said: list[str], expected: list[Document], position: Position | None
) -> list[str]:
    """What documents say after one edit, at a position, at the end or in a List."""
    if position is None:
        is_new = len(expected) > len(said)
        return [*said, say(expected[-1])] if is_new else [say(each) for each in expected]
    at = position.document
    is_left = len(said) == len(expected)
    return [*said[:at], *([say(expected[at])] if is_left else ()), *said[at + 1 :]]


def _read_what_it_says(text: str, syntax: Syntax) -> list[str]:
    if syntax is Syntax.JSON:
        return [say(each) for each in read_documents(text, syntax)]
    return [each for chunk in chunks(normalise(text)) for each in read_chunk(chunk.text).says]


def _find_syntax(file: str, text: str) -> Syntax:
    start = normalise(text).lstrip()[:2]
    is_json = start[:1] in ("{", "[") and start != "{{" if text else True
    return Syntax.JSON if file.lower().endswith(".json") and is_json else Syntax.YAML


def _splice(raw: str, splices: list[Splice]) -> str:
    """The raw text after changes that are given in positions of the normalised one."""
    shift = 1 if raw.startswith(_BOM) else 0
    # Each CRLF is one character of the normalised text.
    pairs = [
        match.start() - number - shift for number, match in enumerate(re.finditer("\r\n", raw))
    ]

    def at(position: int) -> int:
        return position + shift + bisect_left(pairs, position)

    parts: list[str] = []
    done = 0
    for each in splices:
        start, end = at(each.start), at(each.end)
        parts += [raw[done:start], each.text.replace("\n", _line_end(raw, start))]
        done = end
    return "".join((*parts, raw[done:]))


def _start(splice: Splice) -> int:
    return splice.start


def _line_end(raw: str, at: int) -> str:
    """How the line before a place ends, or the one at it."""
    if "\n" not in raw and "\r" in raw:
        return "\r"
    feed = raw.rfind("\n", 0, at)
    feed = feed if feed >= 0 else raw.find("\n", at)
    return "\r\n" if feed > 0 and raw[feed - 1] == "\r" else "\n"
