"""Where in a text an edit goes: one stretch that is replaced, for each edit.

Only placement is ours: scalars and quotes are written by ``words/yaml.py`` and by ``json``.
"""

from __future__ import annotations

import json
from typing import Any

from msgspec import Struct

from netsim.errors import NetsimError
from netsim.fix.layout import (
    begins_line,
    column,
    find_layout,
    indent_of,
    line_end,
    line_start,
)
from netsim.loader.tree.place import Form, Place
from netsim.model.edit import END, FieldPath, Insert, Remove, Replace
from netsim.words.yaml import Layout, is_block, write_flow, write_lines


class UnfaithfulError(NetsimError):
    """A place that cannot be edited so that all else stays as it is; the message says why."""


class Splice(Struct, frozen=True):
    """A stretch of a text, and what takes its place."""

    start: int
    end: int
    text: str

    def apply(self, text: str) -> str:
        """The text with it."""
        return text[: self.start] + self.text + text[self.end :]


class _Spot(Struct):
    """A value on the way, and how its collection holds it."""

    place: Place
    parent: Place | None = None
    index: int = 0

    @property
    def key(self) -> Place | None:
        return self.parent.entries[self.index][0] if self.parent else None


class Placement:
    """Places edits of one object in a text.

    ``root`` is the document, ``prefix`` leads to the object in it, ``is_json`` says that the
    text must stay JSON.
    """

    def __init__(self, text: str, root: Place, prefix: FieldPath, *, is_json: bool) -> None:
        self._text = text
        self._root = root
        self._prefix = prefix
        self._is_json = is_json
        aliases = (each.anchor for each in root.walk() if each.form is Form.ALIAS)
        self._shared = frozenset(aliases)

    def place(self, edit: Insert | Replace | Remove) -> Splice:
        """The stretch to replace.  Raises :class:`UnfaithfulError`."""
        path = (*self._prefix, *edit.path)
        spots, rest = self._walk(path)
        last = spots[-1]
        if isinstance(edit, Insert):
            return self._insert(spots, rest, edit.value.plain)
        if rest:
            raise UnfaithfulError(f"{rest[0]} is not written here: it comes from elsewhere")
        self._refuse_shared_within(last.place)
        if isinstance(edit, Replace):
            return self._replace(spots, edit.value.plain)
        return self._remove(spots)

    def _walk(self, path: FieldPath) -> tuple[list[_Spot], FieldPath]:
        """The values along a path, as far as they are written, and the rest of the path."""
        spots = [_Spot(self._root)]
        for at, step in enumerate(path):
            place = spots[-1].place
            self._refuse_shared(place)
            if place.form is Form.SEQUENCE and isinstance(step, int):
                index = step if 0 <= step < len(place.entries) else -1
            elif place.form is Form.MAPPING and isinstance(step, str):
                index = _index_of(place, step)
                if index < 0 and any(k and k.text == "<<" and not k.style for k, _ in place.entries):
                    raise UnfaithfulError("a merge key (<<) brings in fields at this place")
            else:
                index = -1
            if index < 0 or (at == len(path) - 1 and step == END):
                return spots, path[at:]
            spots.append(_Spot(place.entries[index][1], place, index))
        return spots, ()

    def _refuse_shared(self, place: Place) -> None:
        if place.form is Form.ALIAS:
            raise UnfaithfulError(f"the alias *{place.anchor} stands at this place")
        if place.anchor in self._shared and place.anchor:
            raise UnfaithfulError(f"what stands here is used elsewhere, too: &{place.anchor}")

    def _refuse_shared_within(self, place: Place) -> None:
        for each in place.walk():
            if each.anchor and each.form is not Form.ALIAS and each.anchor in self._shared:
                raise UnfaithfulError(
                    f"what stands here is used elsewhere, too: &{each.anchor}"
                )

    # -- inserting

    def _insert(self, spots: list[_Spot], rest: FieldPath, value: Any) -> Splice:
        if not rest:
            # An item before one that is there, or a field in the place of a null.
            spot = spots[-1]
            if spot.parent and spot.parent.form is Form.SEQUENCE:
                return self._insert_item(spots[:-1], spot.index, value)
            return self._replace(spots, value)
        step, *inner = rest
        for each in reversed(inner):
            value = {each: value} if isinstance(each, str) else [value]
        holder = spots[-1].place
        if holder.form is Form.SCALAR or not holder.entries:
            whole = {step: value} if isinstance(step, str) else [value]
            return self._replace(spots, whole)
        if isinstance(step, int):
            return self._insert_item(spots, len(holder.entries), value)
        return self._insert_field(spots, step, value)

    def _insert_item(self, spots: list[_Spot], index: int, value: Any) -> Splice:
        holder = spots[-1].place
        if holder.is_flow:
            return self._insert_flow(holder, index, "", value)
        indent = self._indent(holder.start)
        lines = write_lines([value], find_layout(self._text, self._near(spots)))
        if index == len(holder.entries):
            return self._add_lines(holder, [indent + line for line in lines])
        start = self._dash(holder, index)
        return Splice(start, start, "".join(f"{line}\n{indent}" for line in lines))

    def _insert_field(self, spots: list[_Spot], key: str, value: Any) -> Splice:
        holder = spots[-1].place
        if holder.is_flow:
            return self._insert_flow(holder, len(holder.entries), key, value)
        indent = self._indent(holder.start)
        lines = write_lines({key: value}, find_layout(self._text, self._near(spots)))
        return self._add_lines(holder, [indent + line for line in lines])

    def _insert_flow(self, holder: Place, index: int, key: str, value: Any) -> Splice:
        text = self._text
        starts = [(name or each).start for name, each in holder.entries]
        at = starts[min(index, len(starts) - 1)]
        is_spread = begins_line(text, starts[-1])
        indent = indent_of(text, starts[-1]) if is_spread else ""
        written = self._write_flow({key: value} if key else value, holder, indent)
        if key:
            written = written[1:-1].strip()
        gap = f"\n{indent}" if is_spread else " " if self._is_wide(holder) else ""
        if index == len(holder.entries):
            end = holder.entries[-1][1].end
            return Splice(end, end, f",{gap}{written}")
        return Splice(at, at, f"{written},{gap}")

    def _add_lines(self, holder: Place, lines: list[str]) -> Splice:
        """Lines behind a collection."""
        at = self._after(holder)
        new = "\n".join(lines)
        if at == len(self._text) and not self._text.endswith("\n"):
            return Splice(at, at, f"\n{new}")
        return Splice(at, at, f"{new}\n")

    # -- replacing

    def _replace(self, spots: list[_Spot], value: Any) -> Splice:
        spot, text = spots[-1], self._text
        place, parent = spot.place, spot.parent
        self._refuse_shared_within(place)
        if place.form is Form.ALIAS:
            raise UnfaithfulError(f"the alias *{place.anchor} stands at this place")
        if parent is None:
            raise UnfaithfulError("a whole document cannot be replaced")
        if parent.is_flow:
            is_bare = place.start == place.end
            gap = " " if is_bare and spot.key and text[place.start - 1 : place.start] == ":" else ""
            if is_bare and spot.key and ":" not in text[spot.key.end : place.end]:
                gap = ": "
            indent = indent_of(text, place.start)
            return Splice(place.start, place.end, gap + self._write_flow(value, place, indent))
        layout = find_layout(text, self._near(spots))
        if spot.key:
            return self._replace_field(spot, value, layout.step, layout.inset)
        dash = self._dash(parent, spot.index)
        indent = self._indent(dash) + "  "
        lines = write_lines(value, layout)
        end = self._content_end(place)
        return Splice(dash + 1, max(end, dash + 1), " " + f"\n{indent}".join(lines))

    def _replace_field(self, spot: _Spot, value: Any, step: int, inset: int) -> Splice:
        text, key, place = self._text, spot.key, spot.place
        if key is None:
            raise AssertionError
        colon = text.index(":", key.end)
        end = max(self._content_end(place), colon + 1)
        if not is_block(value):
            if not place.is_flow or place.form is Form.SCALAR:
                # What stands behind the colon is a comment, if the value has its own lines.
                first = line_end(text, colon)
                if place.start > first:
                    return Splice(colon + 1, end, f" {self._line(value)}{text[colon + 1 : first]}")
            return Splice(colon + 1, end, f" {self._line(value)}")
        if spot.parent is None:
            raise AssertionError
        width = step if isinstance(value, dict) else inset
        indent = self._indent(spot.parent.start) + " " * width
        lines = [indent + line for line in write_lines(value, Layout(step, inset))]
        first = line_end(text, colon)
        if place.start > first:
            comment = text[colon + 1 : first]
            return Splice(colon + 1, end, "\n".join((comment, *lines)))
        last = line_end(text, end)
        comment = text[end:last].rstrip()
        return Splice(colon + 1, last, "\n".join((comment, *lines)))

    # -- removing

    def _remove(self, spots: list[_Spot]) -> Splice:
        spot, text = spots[-1], self._text
        parent = spot.parent
        if parent is None:
            raise UnfaithfulError("a whole document is no field")
        if len(parent.entries) == 1:
            empty: Any = {} if parent.form is Form.MAPPING else []
            if parent.is_flow:
                return Splice(parent.inner + 1, parent.end - 1, "")
            return self._replace(spots[:-1], empty)
        first = (spot.key or spot.place).start
        if parent.is_flow:
            if spot.index + 1 < len(parent.entries):
                key, value = parent.entries[spot.index + 1]
                return Splice(first, (key or value).start, "")
            return Splice(parent.entries[spot.index - 1][1].end, spot.place.end, "")
        if not spot.key:
            first = self._dash(parent, spot.index)
        if begins_line(text, first):
            after = self._after(spot.place)
            start = line_start(text, first)
            if after == len(text) and not text.endswith("\n"):
                start -= 1
            return Splice(start, after, "")
        key, value = parent.entries[spot.index + 1]
        start = key.start if key else self._dash(parent, spot.index + 1)
        return Splice(first, start, "")

    # -- where things stand

    def _dash(self, sequence: Place, index: int) -> int:
        """Where the dash of an item of a block sequence stands."""
        if not index:
            return sequence.inner if sequence.start != sequence.inner else sequence.start
        before = self._content_end(sequence.entries[index - 1][1])
        at = before
        while True:
            start = line_end(self._text, at) + 1
            line = self._text[start : line_end(self._text, start)]
            if line.strip().startswith("-"):
                return start + line.index("-")
            if start >= len(self._text):
                raise UnfaithfulError("the items of this list cannot be told apart")
            at = start

    def _indent(self, offset: int) -> str:
        return " " * column(self._text, offset)

    def _content_end(self, place: Place) -> int:
        """Where a value ends, without what follows on its line."""
        last = place
        while not last.is_flow and last.entries:
            last = last.entries[-1][1]
        end = last.end
        if last.style in ("|", ">"):
            head = self._text[last.inner : line_end(self._text, last.inner)]
            content = self._text[last.inner : end]
            is_kept = "+" in head.partition("#")[0]
            kept = content if is_kept else content.rstrip()
            return last.inner + len(kept.removesuffix("\n"))
        return end

    def _after(self, place: Place) -> int:
        """Where the line after a value begins."""
        end = self._content_end(place)
        return min(line_end(self._text, end) + 1, len(self._text))

    def _near(self, spots: list[_Spot]) -> tuple[Place, ...]:
        return tuple(spot.place for spot in reversed(spots))

    def _is_wide(self, holder: Place) -> bool:
        """Whether a blank follows the commas around a spot."""
        if len(holder.entries) > 1:
            end = holder.entries[0][1].end
            key, value = holder.entries[1]
            return " " in self._text[end : (key or value).start]
        return ": " in self._text[self._root.start : self._root.end] or not self._is_json

    def _line(self, value: Any) -> str:
        return json.dumps(value) if self._is_json else write_flow(value)

    def _write_flow(self, value: Any, near: Place, indent: str) -> str:
        if not self._is_json:
            return write_flow(value)
        unit = self._find_unit()
        if unit and is_block(value):
            lines = json.dumps(value, indent=unit, ensure_ascii=False).split("\n")
            return f"\n{indent}".join(lines)
        wide = self._is_wide(self._root)
        separators = (", ", ": ") if wide else (",", ":")
        return json.dumps(value, separators=separators, ensure_ascii=False)

    def _find_unit(self) -> str:
        """The indentation of a text of JSON; empty where it is on one line."""
        for each in self._root.walk():
            if each.entries:
                key, value = each.entries[0]
                start = (key or value).start
                if begins_line(self._text, start):
                    own = indent_of(self._text, each.start)
                    return indent_of(self._text, start).removeprefix(own)
        return ""


def _index_of(place: Place, key: str) -> int:
    for index, (name, _) in enumerate(place.entries):
        if name and name.form is Form.SCALAR and name.text == key:
            return index
    return -1

