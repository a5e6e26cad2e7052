"""Patches of the text of files: what is not edited keeps every byte.

``rewrite({"a.yaml": text}, patch)`` is the files as they will be, or :class:`Uneditable`.
Positions come from the parser, scalars from a library; here is only where things are put: in
block or flow style, and indented, as the values around them are.  In the end the text is parsed
again, and has to say what the edited documents say: what cannot be written faithfully is
refused, never written.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from netsim.errors import TreeError
from netsim.fix.diff import Rewrite
from netsim.fix.documents import (
    Position,
    apply_edit,
    as_item,
    find_list,
    order_edits,
    to_plain,
)
from netsim.fix.tree import show_path
from netsim.loader.registry import Scope
from netsim.loader.tree.documents import (
    Document,
    Parsed,
    Syntax,
    chunks,
    documents,
    normalise,
)
from netsim.loader.tree.place import Form, Place
from netsim.model.edit import (
    END,
    AddDocument,
    Edit,
    FieldPath,
    Insert,
    Patch,
    Replace,
)
from netsim.words.yaml import Layout, is_block, scalar, write, write_flow, write_lines

_BOM = "\ufeff"
_COMMENT_LINE = re.compile(r"([ \t]*)#[^\n]*")
_EMPTY_DOCUMENT = re.compile(r"---[ \t]*(?:#[^\n]*)?(?:\n[ \t]*(?:#[^\n]*)?)*")
_TEMPLATE = re.compile(r"\$\{[^{}\s]+\}|\{\{")
_BLOCK_STYLES = ("|", ">")
_NOT_UTF_8 = re.compile("[\udc80-\udcff]")


class Uneditable(Struct, frozen=True):
    """Why a file cannot be changed by a program: the patch is for people to make."""

    file: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}"


class _Refusal(Exception):  # noqa: N818 - it never leaves this file
    """An edit that cannot be written faithfully, and why."""


class _Splice(Struct, frozen=True):
    """New text in the place of what stands from ``start`` up to ``end``."""

    start: int
    end: int
    text: str


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
        except _Refusal as refusal:
            return Uneditable(file, str(refusal))
    return tuple(found)


def _rewrite(file: str, text: str, edits: list[Edit]) -> str:
    syntax = _find_syntax(file, text)
    expected = list(_read(text, syntax))
    if _NOT_UTF_8.search(text):
        raise _Refusal("it is not UTF-8")
    for edit, position in order_edits(expected, edits):
        apply_edit(expected, syntax, edit, position)
        splices = _Editor(normalise(text), syntax).edit(edit, position)
        text = _splice(text, sorted(splices, key=_start))
        if _say(_read(text, syntax)) != _say(expected):
            where = "it" if isinstance(edit, AddDocument) else show_path(edit.path) or "it"
            raise _Refusal(f"{where} cannot be written there without changing other values")
    return text


def _find_syntax(file: str, text: str) -> Syntax:
    start = normalise(text).lstrip()[:2]
    is_json = start[:1] in ("{", "[") and start != "{{" if text else True
    return Syntax.JSON if file.lower().endswith(".json") and is_json else Syntax.YAML


def _read(text: str, syntax: Syntax) -> tuple[Document, ...]:
    if syntax is Syntax.JSON and not text.strip():
        return ()
    return tuple(documents(normalise(text), syntax, Scope.BUNDLE))


def _say(found: tuple[Document, ...] | list[Document]) -> list[str]:
    """What documents say, as text: to Python, true is 1."""
    return [
        json.dumps(to_plain(each.tree), sort_keys=True)
        if isinstance(each, Parsed)
        else type(each).__name__
        for each in found
    ]


def _splice(raw: str, splices: list[_Splice]) -> str:
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


def _start(splice: _Splice) -> int:
    return splice.start


def _line_end(raw: str, at: int) -> str:
    """How the line before a place ends, or the one at it."""
    if "\n" not in raw and "\r" in raw:
        return "\r"
    feed = raw.rfind("\n", 0, at)
    feed = feed if feed >= 0 else raw.find("\n", at)
    return "\r\n" if feed > 0 and raw[feed - 1] == "\r" else "\n"


class _Step(Struct, frozen=True):
    """A collection on the way to a value, and which of its entries leads on."""

    place: Place
    index: int

    @property
    def key(self) -> Place | None:
        return self.place.entries[self.index][0]

    @property
    def value(self) -> Place:
        return self.place.entries[self.index][1]


class _Editor:
    """One text, with the places of its values; changes nothing, but says what to change."""

    def __init__(self, text: str, syntax: Syntax) -> None:
        self._text = text
        self._syntax = syntax
        self._chunks: list[tuple[int, int]] = []
        self._roots: list[tuple[Place | None, int]] = []
        if syntax is Syntax.JSON:
            self._read_json()
        else:
            self._read_yaml()

    def edit(self, edit: Edit, position: Position | None) -> Iterator[_Splice]:
        """What to change so that an edit is made; raises ``_Refusal``."""
        if isinstance(edit, AddDocument) or position is None:
            return self._add(edit) if isinstance(edit, AddDocument) else iter(())
        root = self._root(position.document)
        path = (*position.prefix, *edit.path)
        if not path:
            return self._remove_document(position.document)
        return self._change(root, path, edit)

    # Documents

    def _read_yaml(self) -> None:
        from netsim.loader.tree.yaml_places import places

        offset = 0
        for number, chunk in enumerate(chunks(self._text)):
            self._chunks.append((offset, offset + len(chunk.text)))
            read = list(documents(chunk.text, Syntax.YAML, Scope.BUNDLE))
            if all(isinstance(each, Parsed) for each in read):
                for place in places(chunk.text) if read else ():
                    _move(place, offset)
                    self._roots.append((place, number))
            else:
                self._roots += [(None, number)] * len(read)
            offset += len(chunk.text)

    def _read_json(self) -> None:
        from netsim.loader.tree.json import places

        self._chunks.append((0, len(self._text)))
        try:
            self._roots += [(place, 0) for place in places(self._text)]
        except TreeError:
            self._roots.append((None, 0))

    def _add(self, edit: AddDocument) -> Iterator[_Splice]:
        text, end = self._text, len(self._text)
        value = edit.value.plain
        if self._syntax is Syntax.JSON:
            read = _read(text, self._syntax)
            at = find_list(read, self._syntax, edit)
            if at is not None:
                yield from self._change(self._root(at), ("items", END), as_item(edit))
                return
            unit = self._find_unit(self._roots[-1][0]) if self._roots else "  "
            body = json.dumps(value, indent=unit)
            marker = ""
        else:
            body = write(value)
            last = text[self._chunks[-1][0] :].rstrip("\n") if self._chunks else ""
            is_open = not self._roots or bool(_EMPTY_DOCUMENT.fullmatch(last))
            marker = "" if is_open else "---\n"
        if text and not text.endswith("\n"):
            # A file keeps its way to end.
            yield _Splice(end, end, f"\n{marker}{body}")
        else:
            yield _Splice(end, end, f"{marker}{body}\n")

    def _root(self, number: int) -> Place:
        root = self._roots[number][0]
        if root is None:
            raise _Refusal("its document cannot be read")
        return root

    def _remove_document(self, number: int) -> Iterator[_Splice]:
        root, own = self._root(number), self._roots[number][1]
        if self._syntax is Syntax.JSON:
            end = root.end
            yield _Splice(root.start, end + (self._text[end : end + 1] == "\n"), "")
            return
        if sum(chunk == own for _, chunk in self._roots) > 1:
            raise _Refusal("its document does not begin with ---")
        start, end = self._chunks[own]
        marker = re.search(r"^---", self._text[start : root.start], re.MULTILINE)
        yield _Splice(start + (marker.start() if marker else 0), end, "")

    # Ways to a value

    def _change(self, root: Place, path: FieldPath, edit: Edit) -> Iterator[_Splice]:
        used = {place.anchor for place in root.walk() if place.form is Form.ALIAS}
        steps: list[_Step] = []
        place = root
        for depth, key in enumerate(path):
            self._refuse_shared(place, used, path[:depth])
            if isinstance(edit, Insert) and _is_empty(place):
                value = _nest(edit.value.plain, path[depth:])
                return self._replace(steps, value)
            index = _find_entry(place, key)
            is_last = depth == len(path) - 1
            if index is None or (is_last and isinstance(edit, Insert)):
                if not isinstance(edit, Insert):
                    raise _Refusal(f"{show_path(path[: depth + 1])} is merged in with <<")
                if index is not None and isinstance(key, str):
                    # A field without value is filled.
                    return self._replace([*steps, _Step(place, index)], edit.value.plain)
                value = _nest(edit.value.plain, path[depth + 1 :])
                return self._insert(place, key, value)
            steps.append(_Step(place, index))
            place = steps[-1].value
        self._refuse_shared(place, used, path)
        self._refuse_loss(place, used)
        if isinstance(edit, Replace):
            return self._replace(steps, edit.value.plain)
        return self._remove(steps)

    def _refuse_shared(self, place: Place, used: set[str], path: FieldPath) -> None:
        where = show_path(path)
        if place.form is Form.ALIAS:
            raise _Refusal(
                f"{where} is the alias *{place.anchor}: what it says stands elsewhere"
            )
        if place.anchor and place.anchor in used:
            raise _Refusal(f"{where} is used elsewhere, too, by the alias *{place.anchor}")

    def _refuse_loss(self, place: Place, used: set[str]) -> None:
        if _TEMPLATE.search(self._text, place.start, place.end):
            raise _Refusal("it holds a placeholder, which a later step fills in")
        for each in place.walk():
            if each.form is not Form.ALIAS and each.anchor in used and each.anchor:
                raise _Refusal(f"it holds &{each.anchor}, which other values use")

    # Replacing

    def _replace(self, steps: list[_Step], value: Any) -> Iterator[_Splice]:
        if not steps:
            raise _Refusal("the object would be empty")
        step = steps[-1]
        old = step.value
        if step.place.is_flow:
            yield from self._replace_in_flow(step, value)
        elif not old.is_flow:
            yield from self._replace_block(step, value)
        elif old.style in _BLOCK_STYLES:
            yield from self._replace_inline(step, value, self._tail(old))
        elif is_block(value) and old.entries:
            yield _Splice(old.start, old.end, write_flow(value))
        else:
            yield from self._replace_inline(step, value, old.end)

    def _replace_in_flow(self, step: _Step, value: Any) -> Iterator[_Splice]:
        old = step.value
        text = self._flow(value, step.place, step.index)
        if old.start == old.end:
            if step.key and ":" not in self._text[step.key.end : old.start]:
                raise _Refusal("a key without a colon is no place for a value")
            text = f" {text}"
        yield _Splice(old.start, old.end, text)

    def _replace_inline(self, step: _Step, value: Any, end: int) -> Iterator[_Splice]:
        """A value that is no block now: what follows on its line, a comment, stays."""
        old = step.value
        gap = " " if old.start == old.end else ""
        if not is_block(value):
            yield _Splice(old.start, end, f"{gap}{_like(value, old)}")
            return
        layout = self._layout(old.start)
        lines = write_lines(value, layout)
        if step.key is None:
            column = self._column(old.start) + len(gap)
            yield _Splice(old.start, end, f"{gap}{lines[0]}")
            yield from self._lines_after(end, [f"{' ' * column}{line}" for line in lines[1:]])
            return
        indent = self._column(step.key.start)
        indent += layout.step if isinstance(value, dict) else layout.inset
        colon = self._colon(step.key)
        feed = self._text.rfind("\n", colon, old.start)
        cut = colon if feed < 0 else feed
        yield _Splice(cut, end, "")
        yield from self._lines_after(end, [f"{' ' * indent}{line}" for line in lines])

    def _replace_block(self, step: _Step, value: Any) -> Iterator[_Splice]:
        old = step.value
        if old.inner != old.start:
            raise _Refusal("it has an anchor or a tag of its own")
        end = self._line_end(self._tail(old))
        if step.key is None:
            lines = write_lines(value, self._layout(old.start))
            indent = " " * self._column(old.start)
            yield _Splice(old.start, end, f"\n{indent}".join(lines))
            return
        start = self._text.rfind("\n", 0, old.start)
        colon = self._colon(step.key)
        if start < colon:
            raise _Refusal("it stands beside its key")
        if not is_block(value):
            yield _Splice(colon, colon, f" {write_flow(value)}")
            yield _Splice(start, end, "")
            return
        layout = self._layout(old.start)
        width = self._column(step.key.start)
        width += layout.step if isinstance(value, dict) else layout.inset
        text = "".join(f"\n{' ' * width}{line}" for line in write_lines(value, layout))
        yield _Splice(start, end, text)

    # Inserting

    def _insert(self, place: Place, key: str | int, value: Any) -> Iterator[_Splice]:
        if place.is_flow:
            yield from self._insert_in_flow(place, key, value)
            return
        layout = self._layout(place.start)
        first = self._begin(place, 0)
        indent = " " * self._column(first)
        if isinstance(key, str):
            if self._is_explicit(place):
                raise _Refusal("its keys begin with ?")
            lines = write_lines({key: value}, layout)
        else:
            lines = write_lines([value], layout)
        lines = [f"{indent}{line}" for line in lines]
        count = len(place.entries)
        if isinstance(key, str) or key in (END, count):
            end = self._skip_comments(self._tail(place), self._column(first))
            yield from self._lines_after(end, lines)
            return
        begin = self._begin(place, key)
        if not self._is_first(begin):
            text = "\n".join(lines).lstrip(" ")
            yield _Splice(begin, begin, f"{text}\n{indent}")
            return
        start = self._skip_comments_above(begin)
        yield _Splice(start, start, "".join(f"{line}\n" for line in lines))

    def _insert_in_flow(self, place: Place, key: str | int, value: Any) -> Iterator[_Splice]:
        if self._text[place.inner] not in "[{":
            raise _Refusal("a pair without braces is no place for a further one")
        count = len(place.entries)
        index = count if isinstance(key, str) or key == END else key
        near = min(index, count - 1)
        text = self._flow(value, place, near)
        if isinstance(key, str):
            name = json.dumps(key) if self._is_json() else scalar(key)
            colon = ":" if self._is_compact() else ": "
            text = f"{name}{colon}{text}"
        start, end = self._span(place, near)
        separator = ", " if not self._is_compact() else ","
        prefix = self._prefix(start)
        if prefix is not None:
            separator = f",\n{prefix}"
        if index < count:
            yield _Splice(start, start, f"{text}{separator}")
            return
        comma = self._find_comma(end, place.end)
        last_line = self._line_end(comma if comma is not None else end)
        if prefix is None or last_line >= place.end:
            if comma is None:
                yield _Splice(end, end, f"{separator}{text}")
            else:
                yield _Splice(comma, comma, f"{separator.removeprefix(',')}{text},")
            return
        if comma is None:
            yield _Splice(end, end, ",")
        tail = "," if comma is not None else ""
        yield _Splice(last_line, last_line, f"\n{prefix}{text}{tail}")

    # Removing

    def _remove(self, steps: list[_Step]) -> Iterator[_Splice]:
        step = steps[-1]
        place, index = step.place, step.index
        if len(place.entries) == 1:
            empty: Any = [] if place.form is Form.SEQUENCE else {}
            if place.is_flow:
                if self._text[place.inner] not in "[{":
                    raise _Refusal("a pair without braces is no place to be empty")
                yield _Splice(place.inner, place.end, write_flow(empty))
            else:
                yield from self._replace(steps[:-1], empty)
            return
        if place.is_flow:
            yield from self._remove_from_flow(place, index)
            return
        begin, tail = self._begin(place, index), self._tail(step.value)
        column = self._column(begin)
        end = self._line_end(self._skip_comments(tail, column))
        if self._is_first(begin):
            is_top = index == 0 and place.form is Form.MAPPING
            start = self._line_start(begin) if is_top else self._skip_comments_above(begin)
            if end == len(self._text):
                yield _Splice(max(start - 1, 0), end, "")
            else:
                yield _Splice(start, end + 1, "")
            return
        after = self._begin(place, index + 1)
        comment = self._text.find("#", end, after)
        yield _Splice(begin, after if comment < 0 else comment, "")

    def _remove_from_flow(self, place: Place, index: int) -> Iterator[_Splice]:
        text = self._text
        start, end = self._span(place, index)
        is_own = self._prefix(start) is not None
        if index < len(place.entries) - 1:
            after = self._span(place, index + 1)[0]
            if is_own and self._prefix(after) is not None and "#" in text[end:after]:
                yield _Splice(self._line_start(start), self._line_end(end) + 1, "")
            else:
                yield _Splice(start, after, "")
            return
        before = self._span(place, index - 1)[1]
        if "#" not in text[before:start] or not is_own:
            yield _Splice(before, end, "")
            return
        feed, comma = self._line_start(start) - 1, self._find_comma(end, place.end)
        if comma is not None:
            yield _Splice(feed, comma, "")
            return
        comma = self._find_comma(before, start) or start
        yield _Splice(comma - 1, comma, "")
        yield _Splice(feed, end, "")

    # Text

    def _line_start(self, at: int) -> int:
        return self._text.rfind("\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        end = self._text.find("\n", at)
        return len(self._text) if end < 0 else end

    def _column(self, at: int) -> int:
        return at - self._line_start(at)

    def _is_first(self, at: int) -> bool:
        return not self._text[self._line_start(at) : at].strip(" ")

    def _colon(self, key: Place) -> int:
        """Where the colon of a key ends."""
        if self._text[: key.start].rstrip(" ").endswith("?"):
            raise _Refusal("its key begins with ?")
        return self._text.index(":", key.end) + 1

    def _is_explicit(self, place: Place) -> bool:
        keys = [key for key, _ in place.entries if key]
        return any(
            self._text[self._line_start(key.start) : key.start].rstrip(" ").endswith("?")
            for key in keys
        )

    def _tail(self, place: Place) -> int:
        """A position in the last line of a value, at its end."""
        if place.entries and not place.is_flow:
            return self._tail(place.entries[-1][1])
        if place.style not in _BLOCK_STYLES:
            return place.end
        header = self._text[place.start : self._line_end(place.start)].partition("#")[0]
        if "+" in header:
            # Empty lines at its end belong to it.
            is_whole = self._text[place.end - 1] == "\n"
            return place.end - 1 if is_whole else place.end
        return len(self._text[: place.end].rstrip())

    def _begin(self, place: Place, index: int) -> int:
        """Where an entry of a block collection begins: its dash, or its key."""
        key, value = place.entries[index]
        if key:
            return key.start
        if index == 0:
            return place.inner
        column = self._column(place.inner)
        at = self._line_start(value.start)
        while at > place.inner:
            mark = at + column
            if not self._text[at:mark].strip(" ") and self._text[mark] == "-":
                return mark
            at = self._line_start(at - 1)
        raise _Refusal("its dash cannot be found")

    def _span(self, place: Place, index: int) -> tuple[int, int]:
        """From where to where an entry of a flow collection reaches."""
        key, value = place.entries[index]
        return (key or value).start, max(value.end, key.end if key else 0)

    def _skip_comments(self, at: int, column: int) -> int:
        """The end of the comments below a value that are indented more than its entry."""
        while True:
            feed = self._line_end(at)
            match = _COMMENT_LINE.match(self._text, feed + 1)
            if not match or len(match[1]) <= column:
                return at
            at = match.end()

    def _skip_comments_above(self, begin: int) -> int:
        """The start of the line of an entry, or of the comments right above it."""
        start, column = self._line_start(begin), self._column(begin)
        while start > 0:
            above = self._line_start(start - 1)
            match = _COMMENT_LINE.match(self._text, above)
            if not match or len(match[1]) != column:
                break
            start = above
        return start

    def _lines_after(self, at: int, lines: list[str]) -> Iterator[_Splice]:
        if lines:
            end = self._line_end(at)
            yield _Splice(end, end, "".join(f"\n{line}" for line in lines))

    def _find_comma(self, start: int, end: int) -> int | None:
        """Where a comma ends that stands next, comments aside."""
        match = re.compile(r"(?:\s|#[^\n]*)*,").match(self._text, start, end)
        return match.end() if match else None

    def _prefix(self, at: int) -> str | None:
        """What stands before a value that is the first of its line, if it is."""
        before = self._text[self._line_start(at) : at]
        return before if self._line_start(at) and not before.strip() else None

    # Style

    def _is_json(self) -> bool:
        """Whether the text is JSON, perhaps in a file of YAML."""
        if self._syntax is Syntax.JSON:
            return True
        root = next((place for place, _ in self._roots if place), None)
        first = root.entries[0][0] if root and root.is_flow and root.entries else None
        return bool(first and first.style == '"')

    def _is_compact(self) -> bool:
        return self._is_json() and re.search(r'":[ \n]', self._text) is None

    def _flow(self, value: Any, place: Place, near: int) -> str:
        """A value for a flow collection, like its entry ``near``."""
        if not self._is_json():
            return write_flow(value)
        if self._is_compact():
            return json.dumps(value, separators=(",", ":"))
        prefix = self._prefix(self._span(place, near)[0])
        if prefix is None or not is_block(value):
            return json.dumps(value)
        return json.dumps(value, indent=self._find_unit(place)).replace("\n", f"\n{prefix}")

    def _find_unit(self, place: Place | None) -> str:
        """By how much JSON is indented."""
        if place and place.entries:
            start = self._span(place, 0)[0]
            own = self._text[self._line_start(place.start) :]
            inner = self._prefix(start)
            outer = own[: len(own) - len(own.lstrip(" \t"))]
            if inner is not None and inner.startswith(outer) and inner != outer:
                return inner[len(outer) :]
        return "  "

    def _layout(self, near: int) -> Layout:
        """How the nearest values are indented: O(values of the file)."""
        default = Layout()
        steps: list[tuple[int, int]] = []
        insets: list[tuple[int, int]] = []
        for root, _ in self._roots:
            for place in root.walk() if root else ():
                if place.is_flow or place.form is not Form.MAPPING:
                    continue
                for key, value in place.entries:
                    if key is None or value.is_flow or not value.entries:
                        continue
                    first = self._begin(value, 0)
                    width = self._column(first) - self._column(key.start)
                    found = steps if value.form is Form.MAPPING else insets
                    found.append((abs(value.start - near), width))
        step = min(steps)[1] if steps else default.step
        inset = min(insets)[1] if insets else step
        return Layout(step if step > 0 else default.step, max(inset, 0))


def _move(root: Place, offset: int) -> None:
    for place in root.walk():
        place.start += offset
        place.inner += offset
        place.end += offset


def _find_entry(place: Place, key: str | int) -> int | None:
    """Which entry of a collection has a key, or an index."""
    if isinstance(key, int):
        return key if 0 <= key < len(place.entries) else None
    for index, (name, _) in enumerate(place.entries):
        if name and name.form is Form.SCALAR and name.text == key:
            return index
    return None


def _is_empty(place: Place) -> bool:
    if place.form is Form.SCALAR:
        return not place.style and place.text in ("", "~", "null", "Null", "NULL")
    return place.form is not Form.ALIAS and not place.entries


def _nest(value: Any, path: FieldPath) -> Any:
    """A value with the parents that a path makes."""
    for key in reversed(path):
        value = [value] if isinstance(key, int) else {key: value}
    return value


def _like(value: Any, old: Place) -> str:
    """A scalar in the quotes of the one before it."""
    if isinstance(value, str) and old.style == '"':
        return json.dumps(value)
    if isinstance(value, str) and old.style == "'" and value.isprintable():
        return f"'{value.replace(chr(39), chr(39) * 2)}'"
    return write_flow(value)
