"""Colour: emphasis on top of words and marks that say the same without it."""

from __future__ import annotations

import os
import re
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


# No input knows it, so none can paint.
_SIGN = os.urandom(8).hex()
_SIGNED = re.compile(rf"\{{{_SIGN} ([0-9;]+)\}}")


def styled(text: str, style: Style, colour: Colour) -> str:
    """The text between signs for its style, or as it is where colour is not wanted."""
    if colour is Colour.NEVER:
        return text
    return f"{{{_SIGN} {style.value}}}{text}{{{_SIGN} 0}}"


def paint(text: str) -> str:
    """A text whose signs became escape sequences; all others were made visible before."""
    return _SIGNED.sub("\x1b[\\1m", text) if _SIGN in text else text


class Terminal(Struct, frozen=True):
    """Where a text is read: how wide prose may be, and whether colours show."""

    width: int = 100
    colour: Colour = Colour.NEVER
