"""The writer of YAML: whatever netsim prints or puts into a file as YAML comes from here.

Plain values in the order in which they are written, and lines of text::

    write({"spec": {"podSelector": {}, "policyTypes": ["Ingress"]}})

    spec:
      podSelector: {}
      policyTypes:
        - Ingress

A library writes and quotes the scalars; where things stand is ours, so that comments can stand
between them, and a file keeps its own way to indent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

_MISREAD = re.compile(
    r"[yYnN]|[-+.]?[0-9][-+.0-9_a-fA-FxXoO]*|[0-9][0-9-]*[ T][-+0-9 :.TZ]*",
)
"""Texts that the library writes without quotes, and that some reader takes for another type."""


class Layout(Struct, frozen=True):
    """How nested values are indented.

    ``step`` is how far a mapping stands to the right of its key, ``inset`` how far the dashes
    of a list do.
    """

    step: int = 2
    inset: int = 2


_LAYOUT = Layout()


def write(value: object, comments: Mapping[tuple[str | int, ...], str] | None = None) -> str:
    """A value in block style, without a line feed at the end.

    ``comments`` are lines to put above the values at these paths; an empty path is the whole.
    """
    return "\n".join(write_lines(value, _LAYOUT, comments))


def write_lines(
    value: object,
    layout: Layout = _LAYOUT,
    comments: Mapping[tuple[str | int, ...], str] | None = None,
) -> list[str]:
    """The lines of a value in block style."""
    head = _comment((comments or {}).get((), ""))
    return [*head, *_block(value, layout, comments or {}, ())]


def write_flow(value: object) -> str:
    """A value on one line, in flow style."""
    match value:
        case dict():
            pairs = (f"{scalar(key)}: {write_flow(each)}" for key, each in value.items())
            return f"{{{', '.join(pairs)}}}"
        case list() | tuple():
            return f"[{', '.join(map(write_flow, value))}]"
    return scalar(value)


def scalar(value: Any) -> str:
    """A text, number, boolean or null; a text has quotes where it might be read otherwise.

    It can stand anywhere, also between braces.
    """
    return _text(value) if isinstance(value, str) else msgspec.json.encode(value).decode()


def quote(text: str) -> str:
    """A text in double quotes."""
    return _dump(text, '"')


def is_block(value: object) -> bool:
    """Whether a value takes lines of its own: a list or a mapping that is not empty."""
    return isinstance(value, (dict, list, tuple)) and bool(value)


def _block(
    value: object,
    layout: Layout,
    comments: Mapping[tuple[str | int, ...], str],
    path: tuple[str | int, ...],
) -> Iterator[str]:
    if not is_block(value):
        yield write_flow(value)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _comment(comments.get((*path, key), ""))
            lines = _block(each, layout, comments, (*path, key))
            if not is_block(each):
                yield f"{scalar(key)}: {next(lines)}"
                continue
            yield f"{scalar(key)}:"
            indent = layout.step if isinstance(each, dict) else layout.inset
            yield from (f"{' ' * indent}{line}" for line in lines)
    elif isinstance(value, (list, tuple)):
        for index, each in enumerate(value):
            yield from _comment(comments.get((*path, index), ""))
            lines = _block(each, layout, comments, (*path, index))
            for number, line in enumerate(lines):
                yield f"{'  ' if number else '- '}{line}"


def _comment(text: str) -> Iterator[str]:
    yield from (f"# {line}".rstrip() for line in text.splitlines())


@lru_cache(maxsize=4096)
def _text(text: str) -> str:
    if _MISREAD.fullmatch(text):
        return quote(text)
    written = _dump(text, None)
    # Of the two kinds of quotes one is used throughout.
    return quote(text) if written.startswith("'") else written


def _dump(text: str, style: str | None) -> str:
    import yaml  # only a finding needs it

    written: str = yaml.safe_dump(
        [text], default_flow_style=True, default_style=style, width=2**31
    )
    # Asked for a style, it also gives the list a tag.
    return written[written.index("[") + 1 : written.rindex("]")]
