"""Values of a shell script as far as its text tells them.

What is not known is a hole in an otherwise known text, so that ``pod/$name`` still tells the
resource.  Holes are control characters, which no manifest may hold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

WORD = "\0"
"""A hole that stays within one word."""

TEXT = "\1"
"""A hole that may become no, one or several words where it is not quoted."""

LONGEST = 20_000
"""Characters of a value that are kept."""

_SPACE = re.compile(r"[ \t\n]+")
_DIRECTIVE = re.compile(r"%(?:%|[-+ #0]*\d*(?:\.\d+)?([a-zA-Z]))")
_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'"}
_MOST_ROUNDS = 50


def has_hole(value: str) -> bool:
    """Whether some of a value is unknown."""
    return WORD in value or TEXT in value


def quote(value: str) -> str:
    """A value in double quotes: however long, it is one word."""
    return value.replace(TEXT, WORD)


def limit(value: str) -> str:
    """The value, or a hole in place of one that is too long."""
    return value if len(value) <= LONGEST else TEXT


def split(value: str) -> tuple[bool, list[str], bool]:
    """The fields of an unquoted value, and whether blanks set off the first and the last."""
    fields = [field for field in _SPACE.split(value) if field]
    return value[:1].isspace(), fields, value[-1:].isspace()


def print_format(arguments: Sequence[str]) -> str:
    """What ``printf FORMAT ARGUMENT...`` writes; the format is used until none is left."""
    if not arguments:
        return ""
    if TEXT in arguments:
        return TEXT
    rest = list(arguments[1:])
    found = [_round(arguments[0], rest)]
    while rest and len(found) < _MOST_ROUNDS and _consumes(arguments[0]):
        found.append(_round(arguments[0], rest))
    return limit("".join(found))


def _consumes(pattern: str) -> bool:
    return any(found[1] for found in _DIRECTIVE.finditer(pattern))


def _round(pattern: str, rest: list[str]) -> str:
    def written(found: re.Match[str]) -> str:
        if not found[1]:
            return "%"
        value = rest.pop(0) if rest else ""
        return unescape(value) if found[1] == "b" else value

    pieces: list[str] = []
    end = 0
    for found in _DIRECTIVE.finditer(pattern):
        pieces += [unescape(pattern[end : found.start()]), written(found)]
        end = found.end()
    return "".join((*pieces, unescape(pattern[end:])))


def echo(arguments: Sequence[str]) -> str:
    """What ``echo`` writes; ``-e`` as bash has it."""
    words = list(arguments)
    end, escapes = "\n", False
    while words and words[0] in ("-n", "-e", "-E", "-ne", "-en"):
        option = words.pop(0)
        end = "" if "n" in option else end
        escapes = escapes or "e" in option
    text = " ".join(words) + end
    return limit(unescape(text) if escapes else text)


def unescape(text: str) -> str:
    """The text with backslash escapes replaced."""
    return _ESCAPE.sub(_unescape, text) if "\\" in text else text


def _unescape(found: re.Match[str]) -> str:
    if found[1]:
        return chr(int(found[1], 8) % 256)
    return _ESCAPED.get(found[2], found[0])


def merged(one: str | None, other: str | None) -> str:
    """What is known of a variable after either of two ways."""
    return one if one is not None and one == other else TEXT
