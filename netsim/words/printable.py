"""Text from the input that cannot steer what shows it.

Escapes stand for control characters, bidirectional ones and those that take no room, and no
line gives an order to a CI system, as ``::error::`` does to GitHub.  Letters of any script
stay.  Every writer of text and JSON ends here.
"""

from __future__ import annotations

import re

# Python takes these for printable, and nobody sees them: fillers, joiners, variation selectors
# (Unicode, Default_Ignorable_Code_Point).
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
# Orders to GitHub at the beginning of a line, to GitHub and Azure Pipelines anywhere.  An
# address may begin with two colons.
_ORDER = re.compile(r"^(\s*):(?=:)(?![:0-9A-Fa-f./-]*(?:[\s,\"\[]|$))|#(?=#[A-Za-z]*\[)")


def printable(text: str) -> str:
    """A text as one line, what cannot be seen made visible."""
    if text.isprintable() and not _UNSEEN.search(text):
        return text
    return "".join(
        char if char.isprintable() and not _UNSEEN.match(char) else _escaped(char)
        for char in text
    )


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def printable_lines(text: str) -> str:
    """Lines that show all they hold and give no orders; tabs stay."""
    return "\n".join(map(_line, text.split("\n")))


def _line(text: str) -> str:
    if not text.isprintable() or _UNSEEN.search(text):
        text = "\t".join(map(printable, text.split("\t")))
    return _ORDER.sub(_defused, text) if ":" in text or "##" in text else text


def _defused(found: re.Match[str]) -> str:
    return r"\x23" if found[1] is None else rf"{found[1]}\x3a"


def printable_json(text: str) -> str:
    """JSON of the same value, whose strings hold escapes for what cannot be seen."""
    return "\n".join(map(_json_line, text.split("\n")))


def _json_line(text: str) -> str:
    if not text.isprintable() or _UNSEEN.search(text):
        text = "".join(
            char if char.isprintable() and not _UNSEEN.match(char) else _json_escaped(char)
            for char in text
        )
    return text.replace("##", r"#\u0023") if "##" in text else text


def _json_escaped(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[n : n + 2].hex()}" for n in range(0, len(units), 2))
