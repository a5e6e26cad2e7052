"""Headings and fenced blocks of a Markdown document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from netsim.intent.diagram.drawing import folded

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})(.*)")
_LANGUAGE = re.compile(r"\{?\s*\.?([\w+-]+)")
_MARK = re.compile(r"[ \t]*[`~<#]")
"""How a fence, a comment or a heading begins; most lines are none of these."""
_COMMENT = re.compile(r"[ \t]*<!--")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*")


class Block(Struct, frozen=True):
    """A fenced block: its info string, its lines, and the line number of the first."""

    info: str
    lines: tuple[str, ...]
    first_line: int

    @property
    def language(self) -> str:
        """The first word of the info string, as in ``bash`` or ``{.bash}``; may be empty."""
        word = _LANGUAGE.match(self.info)
        return word[1].casefold() if word else ""


class Heading(Struct, frozen=True):
    """A heading, its level, and its line."""

    text: str
    level: int
    line: int


class Prose(Struct, frozen=True):
    """A line of text outside fenced blocks."""

    text: str
    line: int


Part = Heading | Block | Prose


class Section(Struct, frozen=True):
    """A heading and the parts below it, up to the next of its level."""

    heading: Heading
    parts: tuple[Part, ...]


@lru_cache(maxsize=1)
def parts(text: str) -> tuple[Part, ...]:
    """The document as a sequence of headings, fenced blocks and lines of prose.

    Comments are left out with all that is in them.  Mostly the document with the diagram is
    also the one that makes statements, and is read for either.
    """
    return tuple(_parts(text))


def _parts(text: str) -> Iterator[Part]:
    lines = text.splitlines()
    index = 0
    while index < len(lines):
        is_marked = _MARK.match(lines[index]) is not None
        fence = _FENCE.fullmatch(lines[index]) if is_marked else None
        if fence and not (fence[1][0] == "`" and "`" in fence[2]):
            end = _closing(lines, index + 1, fence[1])
            yield Block(fence[2].strip(), tuple(lines[index + 1 : end]), index + 2)
            index = end + 1
        elif is_marked and _COMMENT.match(lines[index]):
            index = _after_comment(lines, index)
        else:
            heading = _HEADING.fullmatch(lines[index]) if is_marked else None
            yield _headed(heading, index) if heading else _line(lines, index)
            index += 1


def _closing(lines: list[str], start: int, fence: str) -> int:
    for index in range(start, len(lines)):
        stripped = lines[index].strip()
        if set(stripped) == {fence[0]} and len(stripped) >= len(fence):
            return index
    return len(lines)


def _after_comment(lines: list[str], start: int) -> int:
    for index in range(start, len(lines)):
        if "-->" in lines[index]:
            return index + 1
    return len(lines)


def _headed(found: re.Match[str], index: int) -> Heading:
    return Heading(found[2] or "", len(found[1]), index + 1)


def _line(lines: list[str], index: int) -> Part:
    line = lines[index]
    following = _UNDERLINE.fullmatch(lines[index + 1]) if index + 1 < len(lines) else None
    if following and line.strip():
        return Heading(line.strip(), 1 if following[1][0] == "=" else 2, index + 1)
    return Prose(line, index + 1)


def sections(document: tuple[Part, ...], heading: str) -> tuple[Section, ...]:
    """Each heading of this text with all below it."""
    wanted = _plain(heading)
    return tuple(
        Section(part, document[index + 1 : _end(document, index, part.level)])
        for index, part in enumerate(document)
        if isinstance(part, Heading) and _plain(part.text) == wanted
    )


def _end(document: tuple[Part, ...], start: int, level: int) -> int:
    for index in range(start + 1, len(document)):
        part = document[index]
        if isinstance(part, Heading) and part.level <= level:
            return index
    return len(document)


def _plain(text: str) -> str:
    return folded(text.strip("#*_` "))
