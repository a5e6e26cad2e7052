"""YAML text to plain values, where its notation leaves no doubt: half the work of a tree.

``ports: [80]`` is ``{"ports": [80]}``.  Anchors, tags, keys that are no text or stand twice,
and whatever is wrong are left to :mod:`netsim.loader.tree.yaml`, which has words for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import yaml
from msgspec import Struct

from netsim.loader.tree.scalars import resolve
from netsim.loader.tree.yaml import PARSER
from netsim.model.tree import DEEPEST, Scalar, ScalarStyle

# Looked up for every node of the input.
_SCALAR, _MAPPING, _SEQUENCE = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
_MAPPING_END, _SEQUENCE_END = yaml.MappingEndEvent, yaml.SequenceEndEvent

_MERGE = "<<"
_PLACEHOLDER = "${"


class NotPlainError(Exception):
    """A text whose meaning takes more than a look."""


class ListedItem(Struct, frozen=True):
    """An item of a list: its value, the lines that it takes, and the number of the first."""

    value: Any
    text: str
    line: int


def read_value(text: str) -> Any:
    """The value of a text of one document.  Raises :class:`NotPlainError`.

    A number that is written in an unusual way, such as ``010``, is a float: it is no number of
    any field, which are whole.
    """
    with _events(text) as following:
        return _read(following(), following, 0)


def read_list(text: str, name: str) -> tuple[dict[str, Any], list[ListedItem]]:
    """A mapping that holds a list under a name, without it, and the items of the list.

    Raises :class:`NotPlainError`, also where an item does not begin on a line of its own.
    """
    with _events(text) as following:
        if type(first := following()) is not _MAPPING or first.anchor or first.tag:
            raise NotPlainError
        whole = _read_mapping(following, 0, _ListReader(text, name))
    found = whole.pop(name, None)
    if not isinstance(found, _Items):
        raise NotPlainError
    return whole, found


class _Items(list[ListedItem]):
    """Items with their lines."""


class _ListReader:
    """Reads the list of a name, and no other value."""

    def __init__(self, text: str, name: str) -> None:
        self._lines = text.split("\n")
        self._name = name

    def read(self, key: str, event: Any, following: Callable[[], Any]) -> _Items | None:
        """The items, if this is the list and its items stand one below the other."""
        is_list = key == self._name and type(event) is _SEQUENCE
        if not is_list or event.flow_style or event.anchor or event.tag:
            return None
        column, values, starts = event.start_mark.column, [], []
        while type(item := following()) is not _SEQUENCE_END:
            line = item.start_mark.line
            if self._lines[line][column : column + 1] != "-":
                raise NotPlainError
            starts.append(line)
            values.append(_read(item, following, 2))
        after: Any = item.start_mark
        ends = [*starts[1:], after.line]
        return _Items(
            ListedItem(value, "\n".join(self._lines[start:end]), start + 1)
            for value, start, end in zip(values, starts, ends, strict=True)
        )


@contextmanager
def _events(text: str) -> Iterator[Callable[[], Any]]:
    """The events of the only document of a text."""
    try:
        parser: Any = PARSER(text)
        following: Callable[[], Any] = parser.get_event
        following()
        if type(following()) is not yaml.DocumentStartEvent:
            raise NotPlainError
        yield following
        following()
        if type(following()) is not yaml.StreamEndEvent:
            raise NotPlainError
    except (yaml.YAMLError, UnicodeError) as error:
        raise NotPlainError from error


def _read(event: Any, following: Callable[[], Any], depth: int) -> Any:
    if event.anchor or event.tag or depth > DEEPEST:
        raise NotPlainError
    kind = type(event)
    if kind is _SCALAR:
        return _resolve(event.value) if event.implicit[0] else _check(event.value)
    if kind is _MAPPING:
        return _read_mapping(following, depth)
    if kind is not _SEQUENCE:
        raise NotPlainError
    items = []
    while type(event := following()) is not _SEQUENCE_END:
        items.append(_read(event, following, depth + 1))
    return items


def _read_mapping(
    following: Callable[[], Any], depth: int, reader: _ListReader | None = None
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while type(event := following()) is not _MAPPING_END:
        if type(event) is not _SCALAR or event.anchor or event.tag:
            raise NotPlainError
        key = _resolve_key(event.value) if event.implicit[0] else _check(event.value)
        if key in found:
            raise NotPlainError
        event = following()
        if type(event) is _SCALAR and not (event.anchor or event.tag):
            found[key] = _resolve(event.value) if event.implicit[0] else _check(event.value)
        else:
            items = reader.read(key, event, following) if reader else None
            found[key] = _read(event, following, depth + 1) if items is None else items
    return found


def _check(text: str) -> str:
    """A text in quotes, in which an escape may hide a placeholder."""
    if _PLACEHOLDER in text:
        raise NotPlainError
    return text


@lru_cache(1 << 14)
def _resolve(text: str) -> Any:
    value = resolve(Scalar(text, ScalarStyle.PLAIN, 0))
    if isinstance(value, int) and not isinstance(value, bool) and str(value) != text:
        return float(value)
    return value


@lru_cache(1 << 14)
def _resolve_key(text: str) -> str:
    if text == _MERGE or resolve(Scalar(text, ScalarStyle.PLAIN, 0)) != text:
        raise NotPlainError
    return text
