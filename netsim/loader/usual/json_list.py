"""A list of objects as JSON, one by one: what ``kubectl get -o json`` and snapshots are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import DecodeError, EncodeError, Raw, Struct
from msgspec.json import Decoder, Encoder, decode

from netsim.errors import TreeError
from netsim.loader.tree.documents import find_unreadable
from netsim.loader.tree.json import find_member
from netsim.loader.usual.item import JsonItem
from netsim.loader.usual.lists import read_envelope
from netsim.model.tree import DEEPEST

_BETWEEN = re.compile(r"[ \t\n\r,]*")
_QUOTE = b'"'
_DEEP = DEEPEST - 2
"""The levels that an item may have: the list and its mapping are two."""
_ESCAPED = re.compile(r"\\u00(?:22|24|7[bB])")
"""Quotes, which are counted, and parts of ``${``, which are looked for in the text."""


class JsonList(Struct, frozen=True):
    """A list about which itself there is nothing to say.

    ``start`` is where its first item may begin; ``defaults`` are ``kind`` and ``apiVersion`` of
    items that name none: those of a ``PodList`` are pods.
    """

    file: str
    text: str
    start: int
    values: list[Raw]
    defaults: dict[str, str]

    def items(self) -> Iterator[JsonItem]:
        """The objects, with their lines."""
        text, is_ascii = self.text, self.text.isascii()
        at, line, counted = self.start, 1, 0
        for index, raw in enumerate(self.values):
            gap = _BETWEEN.match(text, at)
            start = gap.end() if gap else at
            line += text.count("\n", counted, start)
            counted = start
            at = start + (memoryview(raw).nbytes if is_ascii else len(bytes(raw).decode()))
            yield JsonItem(self.file, raw, index, line=line)


def open_list(text: str, file: str) -> JsonList | None:
    """The list that a JSON text is; None for one that has to be read as a whole.

    O(length), at some 500 MB/s: most of it goes to make sure that no key stands twice.
    """
    if _has_unreadable(text) or (r"\u00" in text and _ESCAPED.search(text)):
        return None
    try:
        whole = decode(text, type=dict[str, Raw])
        items = decode(whole.pop("items", b"null"), type=list[Raw])
        envelope = {key: decode(raw) for key, raw in whole.items()}
        defaults = read_envelope(envelope)
        if defaults is None or not _is_tree(envelope, items, text.count('"')):
            return None
        start = find_member(text, "items")
    except (DecodeError, EncodeError, UnicodeError, TreeError, RecursionError):
        return None
    return JsonList(file, text, start + 1, items, defaults)


def _has_unreadable(text: str) -> bool:
    """Whether there is a character that no document may have; the decoder finds some itself."""
    return "\x7f" in text if text.isascii() else find_unreadable(text) is not None


def _is_tree(envelope: dict[str, Any], items: list[Raw], quotes: int) -> bool:
    """Whether no key stands twice in a mapping, and none too deep.

    Of two the decoder keeps the last, and the quotes of the other one are missing from what it
    has decoded.
    """
    read, write = Decoder().decode, Encoder().encode
    quotes -= write({**envelope, "items": []}).count(_QUOTE)
    for raw in items:
        value = read(raw)
        again = write(value)
        quotes -= again.count(_QUOTE)
        if again.count(b"{") + again.count(b"[") > _DEEP and _measure_depth(value) > _DEEP:
            return False
    return quotes == 0


def _measure_depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_measure_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_measure_depth, value), default=0)
    return 0
