"""Inline Markdown: code in backquotes, and text without its marks."""

from __future__ import annotations

import re

# As many backquotes close a span as open it (CommonMark, "Code spans").
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\(([^()]*)\)")
# An underscore inside a word is one: WARM_POOL_SIZE.
_EMPHASIS = re.compile(
    r"(\*{1,3})(?=\S)(.+?)(?<=\S)\1|(?<!\w)(_{1,3})(?=\S)(.+?)(?<=\S)\3(?!\w)"
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_LEADING_BOLD = re.compile(r"\s*(?:\*\*(.+?)\*\*|__(.+?)__)", re.DOTALL)
_STAND_IN = "\ufffc"


def code_spans(text: str) -> tuple[str, ...]:
    """What stands in backquotes."""
    return tuple(found[2].strip() for found in _CODE.finditer(text))


def link_targets(text: str) -> tuple[str, ...]:
    """The addresses of links, apart from what stands in backquotes."""
    return tuple(found[2].strip() for found in _LINK.finditer(text))


def plain(text: str) -> str:
    """The text without backquotes, emphasis and the addresses of links, on one line."""
    spans = [found[2] for found in _CODE.finditer(text)]
    # Marks may surround code, and those inside it are none.
    unmarked = _unmarked(_CODE.sub(_STAND_IN, text))
    for span in spans:
        unmarked = unmarked.replace(_STAND_IN, span, 1)
    return " ".join(unmarked.split())


def leading_bold(text: str) -> str | None:
    """The bold text that a text starts with."""
    found = _LEADING_BOLD.match(text)
    return plain(found[1] or found[2]) if found else None


def _unmarked(text: str) -> str:
    text = _LINK.sub(r"\1", text)
    text = _EMPHASIS.sub(lambda found: found[2] or found[4], text)
    return _ESCAPE.sub(r"\1", text)
