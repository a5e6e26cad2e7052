"""Numbers of things in words."""

from __future__ import annotations


def counted(number: int, singular: str, plural: str = "") -> str:
    """``1 policy`` or ``2 policies``."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"
