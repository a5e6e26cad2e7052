"""Lists and numbers of things in words: ``a, b and 2 more``, ``2 policies``."""

from __future__ import annotations

from collections.abc import Sequence

_MOST_PHRASES = 4
_MOST_WORDS = 3


def join_phrases(texts: Sequence[str]) -> str:
    """``a; b; c; d; and 3 more``: the first few of what may hold commas itself."""
    shown = "; ".join(texts[:_MOST_PHRASES])
    rest = len(texts) - _MOST_PHRASES
    return f"{shown}; and {rest} more" if rest > 0 else shown


def join_first(texts: Sequence[str]) -> str:
    """``a, b, c``, or ``a, b and 2 more``."""
    if len(texts) <= _MOST_WORDS:
        return ", ".join(texts)
    rest = len(texts) - _MOST_WORDS + 1
    return f"{', '.join(texts[: _MOST_WORDS - 1])} and {rest} more"


def join_all(texts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(texts[:-1]), texts[-1])))


def count_noun(number: int, singular: str, plural: str = "") -> str:
    """``1 policy`` or ``2 policies``."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"
