"""Colour: emphasis on top of words and marks that say the same without it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from enum import Enum

from msgspec import Struct

from netsim.words.pages import locate_rule


class Colour(Enum):
    """Decided by the command line, from the terminal and ``NO_COLOR``.

    ``LINKED`` is for terminals, in which a link can be followed, too.
    """

    LINKED = "linked"
    ALWAYS = "always"
    NEVER = "never"


class Style(Enum):
    """What a text means; the value is its ECMA-48 rendition (SGR)."""

    BAD = "1;31"
    WARN = "1;33"
    GOOD = "32"
    NOTE = "1;34"
    STRONG = "1"
    FAINT = "2"


# No input knows it, so none can paint.
_SIGN = os.urandom(8).hex()
_SIGNED = re.compile(rf"\{{{_SIGN} ([0-9;]+)\}}")
_LINKED = re.compile(rf"\{{{_SIGN} link ([!-~]*)\}}")


def styled(text: str, style: Style, colour: Colour) -> str:
    """The text between signs for its style, or as it is where colour is not wanted."""
    if colour is Colour.NEVER:
        return text
    return f"{{{_SIGN} {style.value}}}{text}{{{_SIGN} 0}}"


def link_rule(rule: str, colour: Colour) -> str:
    """The id of a rule, which leads to its page where a terminal can follow (OSC 8)."""
    shown = styled(rule, Style.STRONG, colour)
    if colour is not Colour.LINKED:
        return shown
    return f"{{{_SIGN} link {locate_rule(rule)}}}{shown}{{{_SIGN} link }}"


def style_lines(lines: Iterable[str], style: Style, colour: Colour) -> Iterator[str]:
    """Each of some lines in a style, as a pager shows single lines."""
    return (styled(line, style, colour) for line in lines)


def paint(text: str) -> str:
    """A text whose signs became escape sequences; all others were made visible before."""
    if _SIGN not in text:
        return text
    return _LINKED.sub("\x1b]8;;\\1\x1b\\\\", _SIGNED.sub("\x1b[\\1m", text))


class Pairs(Enum):
    """Which pairs of the documentation a report for people shows."""

    PROBLEMS = "problems"
    ALL = "all"
    NONE = "none"

    def __str__(self) -> str:
        return self.value


class Detail(Enum):
    """How much a text says."""

    FULL = "full"
    VERDICT = "verdict"


class Terminal(Struct, frozen=True):
    """Where a text is read, and what its reader wants of it.

    ``width`` is how wide prose may be, ``columns`` how wide a table, if that is more.
    ``pairs`` None leaves the choice to the format.
    ``limit`` is how many characters a document may have; 0 is no limit.
    """

    width: int = 100
    colour: Colour = Colour.NEVER
    limit: int = 0
    columns: int = 0
    pairs: Pairs | None = None
    detail: Detail = Detail.FULL

    @property
    def table_width(self) -> int:
        """How wide a table may be."""
        return max(self.width, self.columns)
