"""Parts of Markdown; names from the input never become markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from netsim.words.printable import printable

_SPECIAL = re.compile(r"([\\`*_\[\]|~#])")
_LINKED = re.compile(r"(?<=@)|(?<=#)(?=\d)|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
"""Where forges see people, issues and addresses after escapes are gone: ``@team``, ``#7``."""
_APART = "&#8203;"
"""Takes no room, and keeps what it stands in from being any of these."""


def inline(text: str) -> str:
    """A text of the input within a line or a cell."""
    flat = printable(" ".join(text.split()))
    flat = flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LINKED.sub(_APART, _SPECIAL.sub(r"\\\1", flat))


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; its cells are escaped here."""
    lines = [_row([inline(cell) for cell in header]), _row(["---"] * len(header))]
    lines += (_row([inline(cell) for cell in row]) for row in rows)
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def fenced(text: str, language: str) -> str:
    """A block of code, with a fence longer than any inside it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}\n"
