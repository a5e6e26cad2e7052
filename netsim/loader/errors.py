"""What can go wrong while text becomes a tree."""

from __future__ import annotations


class LoadError(Exception):
    """A document that cannot be read.

    ``line`` counts from 1 within the text at hand; so does ``other``, the line of what it
    collides with.
    """

    def __init__(self, message: str, line: int, other: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.other = other
