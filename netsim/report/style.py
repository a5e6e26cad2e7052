"""Colour: emphasis on top of words and marks that say the same without it."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Colour(Enum):
    """Decided by the command line, from the terminal and ``NO_COLOR``."""

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


def styled(text: str, style: Style, colour: Colour) -> str:
    """The text in its style, or as it is where colour is not wanted."""
    return text if colour is Colour.NEVER else f"\x1b[{style.value}m{text}\x1b[0m"


class Terminal(Struct, frozen=True):
    """Where a text is read: how wide prose may be, and whether colours show."""

    width: int = 100
    colour: Colour = Colour.NEVER
