"""Placeholders such as ``${PORT}``, left for a later step to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from netsim.model.tree import Mapping, Scalar, Sequence, Tree

_SCRIPTS = frozenset(("command", "args"))
"""Fields that hold shell text, where the same notation is a variable of the shell."""

_PLACEHOLDER = re.compile(r"\$\{[^{}\s]+\}")


def has_placeholder(text: str) -> bool:
    """Whether a value still has to be filled in, so that it cannot be validated."""
    return "${" in text and _PLACEHOLDER.search(text) is not None


def placeholders(tree: Tree) -> dict[str, int]:
    """The distinct placeholders of a document, with the line of the first use."""
    found: dict[str, int] = {}
    for scalar in _scalars(tree):
        if "${" in scalar.text:
            for text in _PLACEHOLDER.findall(scalar.text):
                found.setdefault(text, scalar.line)
    return found


def _scalars(tree: Tree) -> Iterator[Scalar]:
    match tree:
        case Scalar():
            yield tree
        case Sequence():
            for item in tree.items:
                yield from _scalars(item)
        case Mapping():
            for key, entry in tree.entries.items():
                yield Scalar(key, entry.style, entry.line)
                if key not in _SCRIPTS:
                    yield from _scalars(entry.value)
