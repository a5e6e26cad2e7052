"""Where an edit goes in the text of a file: in block or flow style, as what is around it.

``Editor(text, Syntax.YAML).edit(edit, position)`` changes nothing, but says what to change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

from netsim.errors import TreeError
from netsim.fix.documents import Position, as_item, find_list, to_plain
from netsim.fix.tree import EditError, show_path
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
from netsim.model.edit import END, AddDocument, Edit, FieldPath, Insert, Replace
from netsim.words.yaml import Layout, is_block, scalar, write, write_flow, write_lines

_COMMENT_LINE = re.compile(r"([ \t]*)#[^\n]*")
_EMPTY_DOCUMENT = re.compile(r"---[ \t]*(?:#[^\n]*)?(?:\n[ \t]*(?:#[^\n]*)?)*")
_TEMPLATE = re.compile(r"\$\{[^{}\s]+\}|\{\{")
_BLOCK_STYLES = ("|", ">")
_MOST_CHUNKS = 4096
"""Chunks that are kept as they were read; a patch is tried several times, on the same text."""


class UnfaithfulError(EditError):
    """An edit that cannot be written faithfully, and why."""


class Splice(Struct, frozen=True):
    """New text in the place of what stands from ``start`` up to ``end``."""

    start: int
    end: int
    text: str


class ReadChunk(Struct, frozen=True):
    """A part of a YAML text that begins with ``---``: what its documents say, and their places.

    Places count from its own start; None is that of a document that cannot be read.
    """

    says: tuple[str, ...]
    roots: tuple[Place | None, ...]


@lru_cache(_MOST_CHUNKS)
def read_chunk(text: str) -> ReadChunk:
    """Parses a chunk."""
    from netsim.loader.tree.yaml_places import places

    read = list(documents(text, Syntax.YAML, Scope.BUNDLE))
    is_readable = all(isinstance(each, Parsed) for each in read)
    roots: list[Place | None] = [None] * len(read)
    if read and is_readable:
        roots = [*places(text)]
    return ReadChunk(tuple(map(say, read)), tuple(roots))


def read_documents(text: str, syntax: Syntax) -> tuple[Document, ...]:
    """The documents of a file; a new one of JSON has none."""
    if syntax is Syntax.JSON and not text.strip():
        return ()
    return tuple(documents(normalise(text), syntax, Scope.BUNDLE))


def say(document: Document) -> str:
    """What a document says, as text: to Python, true is 1."""
    if not isinstance(document, Parsed):
        return type(document).__name__
    return json.dumps(to_plain(document.tree), sort_keys=True)


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


class Editor:
    """One text, with the places of its values; changes nothing, but says what to change."""

    def __init__(self, text: str, syntax: Syntax) -> None:
        self._text = text
        self._syntax = syntax
        self._chunks: list[tuple[int, int]] = []
        # Where each document is within its chunk, and the number of that.
        self._roots: list[tuple[Place | None, int]] = []
        if syntax is Syntax.JSON:
            self._read_json()
        else:
            self._read_yaml()

    def edit(self, edit: Edit, position: Position | None) -> Iterator[Splice]:
        """What to change so that an edit is made; raises ``UnfaithfulError``."""
        if isinstance(edit, AddDocument) or position is None:
            return self.add([edit]) if isinstance(edit, AddDocument) else iter(())
        root = self._root(position.document)
        path = (*position.prefix, *edit.path)
        if not path:
            return self._remove_document(position.document)
        return self._change(root, path, edit)

    def add(self, edits: Sequence[AddDocument]) -> Iterator[Splice]:
        """What to change so that documents are added, to JSON one at a time."""
        if self._syntax is Syntax.JSON:
            (edit,) = edits
            return self._add_json(edit)
        body = "\n---\n".join(write(edit.value.plain) for edit in edits)
        last = self._text[self._chunks[-1][0] :].rstrip("\n") if self._chunks else ""
        is_open = not self._roots or bool(_EMPTY_DOCUMENT.fullmatch(last))
        return self._append(body if is_open else f"---\n{body}")

    # Documents

    def _read_yaml(self) -> None:
        offset = 0
        for number, chunk in enumerate(chunks(self._text)):
            end = offset + len(chunk.text)
            self._chunks.append((offset, end))
            self._roots += [(place, number) for place in read_chunk(chunk.text).roots]
            offset = end

    def _read_json(self) -> None:
        from netsim.loader.tree.json import places

        self._chunks.append((0, len(self._text)))
        try:
            self._roots += [(place, 0) for place in places(self._text)]
        except TreeError:
            self._roots.append((None, 0))

    def _add_json(self, edit: AddDocument) -> Iterator[Splice]:
        read = read_documents(self._text, self._syntax)
        at = find_list(read, self._syntax, edit)
        if at is not None:
            yield from self._change(self._root(at), ("items", END), as_item(edit))
            return
        unit = self._find_unit(self._roots[-1][0]) if self._roots else "  "
        yield from self._append(json.dumps(edit.value.plain, indent=unit))

    def _append(self, body: str) -> Iterator[Splice]:
        """A file keeps its way to end."""
        text, end = self._text, len(self._text)
        is_ended = not text or text.endswith("\n")
        yield Splice(end, end, f"{body}\n" if is_ended else f"\n{body}")

    def _root(self, number: int) -> Place:
        root, chunk = self._roots[number]
        if root is None:
            raise UnfaithfulError("its document cannot be read")
        return root.moved(self._chunks[chunk][0])

    def _remove_document(self, number: int) -> Iterator[Splice]:
        root, own = self._root(number), self._roots[number][1]
        if self._syntax is Syntax.JSON:
            end = root.end
            yield Splice(root.start, end + (self._text[end : end + 1] == "\n"), "")
            return
        if sum(chunk == own for _, chunk in self._roots) > 1:
            raise UnfaithfulError("its document does not begin with ---")
        start, end = self._chunks[own]
        marker = re.search(r"^---", self._text[start : root.start], re.MULTILINE)
        yield Splice(start + (marker.start() if marker else 0), end, "")

    # Ways to a value

    def _change(self, root: Place, path: FieldPath, edit: Edit) -> Iterator[Splice]:
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
                    raise UnfaithfulError(
                        f"{show_path(path[: depth + 1])} is merged in with <<"
                    )
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
            raise UnfaithfulError(
                f"{where} is the alias *{place.anchor}: what it says stands elsewhere"
            )
        if place.anchor and place.anchor in used:
            raise UnfaithfulError(
                f"{where} is used elsewhere, too, by the alias *{place.anchor}"
            )

    def _refuse_loss(self, place: Place, used: set[str]) -> None:
        if _TEMPLATE.search(self._text, place.start, place.end):
            raise UnfaithfulError("it holds a placeholder, which a later step fills in")
        for each in place.walk():
            if each.form is not Form.ALIAS and each.anchor in used and each.anchor:
                raise UnfaithfulError(f"it holds &{each.anchor}, which other values use")

    # Replacing

    def _replace(self, steps: list[_Step], value: Any) -> Iterator[Splice]:
        if not steps:
            raise UnfaithfulError("the object would be empty")
        step = steps[-1]
        old = step.value
        if step.place.is_flow:
            yield from self._replace_in_flow(step, value)
        elif not old.is_flow:
            yield from self._replace_block(step, value)
        elif old.style in _BLOCK_STYLES:
            yield from self._replace_inline(step, value, self._tail(old))
        elif is_block(value) and old.entries:
            yield Splice(old.start, old.end, write_flow(value))
        else:
            yield from self._replace_inline(step, value, old.end)

    def _replace_in_flow(self, step: _Step, value: Any) -> Iterator[Splice]:
        old = step.value
        text = self._flow(value, step.place, step.index)
        if old.start == old.end:
            if step.key and ":" not in self._text[step.key.end : old.start]:
                raise UnfaithfulError("a key without a colon is no place for a value")
            text = f" {text}"
        yield Splice(old.start, old.end, text)

    def _replace_inline(self, step: _Step, value: Any, end: int) -> Iterator[Splice]:
        """A value that is no block now: what follows on its line, a comment, stays."""
        old = step.value
        gap = " " if old.start == old.end else ""
        if not is_block(value):
            yield Splice(old.start, end, f"{gap}{_like(value, old)}")
            return
        layout = self._layout(old.start)
        lines = write_lines(value, layout)
        if step.key is None:
            column = self._column(old.start) + len(gap)
            yield Splice(old.start, end, f"{gap}{lines[0]}")
            yield from self._lines_after(end, [f"{' ' * column}{line}" for line in lines[1:]])
            return
        indent = self._column(step.key.start)
        indent += layout.step if isinstance(value, dict) else layout.inset
        colon = self._colon(step.key)
        feed = self._text.rfind("\n", colon, old.start)
        cut = colon if feed < 0 else feed
        yield Splice(cut, end, "")
        yield from self._lines_after(end, [f"{' ' * indent}{line}" for line in lines])

    def _replace_block(self, step: _Step, value: Any) -> Iterator[Splice]:
        old = step.value
        if old.inner != old.start:
            raise UnfaithfulError("it has an anchor or a tag of its own")
        end = self._line_end(self._tail(old))
        if step.key is None:
            lines = write_lines(value, self._layout(old.start))
            indent = " " * self._column(old.start)
            yield Splice(old.start, end, f"\n{indent}".join(lines))
            return
        start = self._text.rfind("\n", 0, old.start)
        colon = self._colon(step.key)
        if start < colon:
            raise UnfaithfulError("it stands beside its key")
        if not is_block(value):
            yield Splice(colon, colon, f" {write_flow(value)}")
            yield Splice(start, end, "")
            return
        layout = self._layout(old.start)
        width = self._column(step.key.start)
        width += layout.step if isinstance(value, dict) else layout.inset
        text = "".join(f"\n{' ' * width}{line}" for line in write_lines(value, layout))
        yield Splice(start, end, text)

    # Inserting

    def _insert(self, place: Place, key: str | int, value: Any) -> Iterator[Splice]:
        if place.is_flow:
            yield from self._insert_in_flow(place, key, value)
            return
        layout = self._layout(place.start)
        first = self._begin(place, 0)
        indent = " " * self._column(first)
        if isinstance(key, str):
            if self._is_explicit(place):
                raise UnfaithfulError("its keys begin with ?")
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
            yield Splice(begin, begin, f"{text}\n{indent}")
            return
        start = self._skip_comments_above(begin)
        yield Splice(start, start, "".join(f"{line}\n" for line in lines))

    def _insert_in_flow(self, place: Place, key: str | int, value: Any) -> Iterator[Splice]:
        if self._text[place.inner] not in "[{":
            raise UnfaithfulError("a pair without braces is no place for a further one")
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
            yield Splice(start, start, f"{text}{separator}")
            return
        comma = self._find_comma(end, place.end)
        last_line = self._line_end(comma if comma is not None else end)
        if prefix is None or last_line >= place.end:
            if comma is None:
                yield Splice(end, end, f"{separator}{text}")
            else:
                yield Splice(comma, comma, f"{separator.removeprefix(',')}{text},")
            return
        if comma is None:
            yield Splice(end, end, ",")
        tail = "," if comma is not None else ""
        yield Splice(last_line, last_line, f"\n{prefix}{text}{tail}")

    # Removing

    def _remove(self, steps: list[_Step]) -> Iterator[Splice]:
        step = steps[-1]
        place, index = step.place, step.index
        if len(place.entries) == 1:
            empty: Any = [] if place.form is Form.SEQUENCE else {}
            if place.is_flow:
                if self._text[place.inner] not in "[{":
                    raise UnfaithfulError("a pair without braces is no place to be empty")
                yield Splice(place.inner, place.end, write_flow(empty))
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
                yield Splice(max(start - 1, 0), end, "")
            else:
                yield Splice(start, end + 1, "")
            return
        after = self._begin(place, index + 1)
        comment = self._text.find("#", end, after)
        yield Splice(begin, after if comment < 0 else comment, "")

    def _remove_from_flow(self, place: Place, index: int) -> Iterator[Splice]:
        text = self._text
        start, end = self._span(place, index)
        is_own = self._prefix(start) is not None
        if index < len(place.entries) - 1:
            after = self._span(place, index + 1)[0]
            if is_own and self._prefix(after) is not None and "#" in text[end:after]:
                yield Splice(self._line_start(start), self._line_end(end) + 1, "")
            else:
                yield Splice(start, after, "")
            return
        before = self._span(place, index - 1)[1]
        if "#" not in text[before:start] or not is_own:
            yield Splice(before, end, "")
            return
        feed, comma = self._line_start(start) - 1, self._find_comma(end, place.end)
        if comma is not None:
            yield Splice(feed, comma, "")
            return
        comma = self._find_comma(before, start) or start
        yield Splice(comma - 1, comma, "")
        yield Splice(feed, end, "")

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
            raise UnfaithfulError("its key begins with ?")
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
        raise UnfaithfulError("its dash cannot be found")

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

    def _lines_after(self, at: int, lines: list[str]) -> Iterator[Splice]:
        if lines:
            end = self._line_end(at)
            yield Splice(end, end, "".join(f"\n{line}" for line in lines))

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
        """How the nearest values are indented, those of the same document first.

        O(values of the file) where hardly any are indented.
        """
        widths: dict[Form, tuple[int, int]] = {}
        roots = [(self._chunks[chunk][0], root) for root, chunk in self._roots if root]
        for start, root in sorted(
            roots, key=lambda each: (each[0] > near, abs(each[0] - near))
        ):
            for form, width in self._measure(root.moved(start), near):
                widths[form] = min(widths.get(form, width), width)
            if Form.MAPPING in widths and Form.SEQUENCE in widths:
                break
        default = Layout().step
        _, step = widths.get(Form.MAPPING, (0, default))
        _, inset = widths.get(Form.SEQUENCE, (0, step))
        return Layout(step if step > 0 else default, max(inset, 0))

    def _measure(self, root: Place, near: int) -> Iterator[tuple[Form, tuple[int, int]]]:
        """By how much each block within a mapping is indented, after how far away it is."""
        for place in root.walk():
            if place.is_flow or place.form is not Form.MAPPING:
                continue
            for key, value in place.entries:
                if key is None or value.is_flow or not value.entries:
                    continue
                width = self._column(self._begin(value, 0)) - self._column(key.start)
                yield value.form, (abs(value.start - near), width)


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
