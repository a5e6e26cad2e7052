"""Text from the input that cannot steer a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """A text as one line, control characters made visible."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )
