"""Long lines, broken for a terminal."""

from __future__ import annotations

import textwrap


def wrap(
    text: str,
    indent: str,
    width: int,
    following: str | None = None,
    most: int | None = None,
) -> list[str]:
    """Lines broken at spaces only, so that a place can be clicked and a label copied.

    ``following`` is the indent of all lines but the first, where it is another.  ``most`` is
    how many lines there may be; the last says where it is cut off.
    """
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent if following is None else following,
        break_long_words=False,
        break_on_hyphens=False,
        max_lines=most,
        placeholder=" ...",
    )
