"""Placeholders such as ``${APP}``: parts of a text that a later step fills in.

``web-${REGION}`` may turn out to be ``web-eu``, and can't be ``api-eu``.  One placeholder has
one value wherever it stands, so two equal texts are equal whatever that is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from netsim.model.truth import Truth

_PLACEHOLDER = re.compile(r"\$\{[^{}\s]+\}")


def has_placeholder(text: str) -> bool:
    """Whether a value still has to be filled in, so that it cannot be validated."""
    return "${" in text and _PLACEHOLDER.search(text) is not None


def find_placeholders(text: str) -> list[str]:
    """The placeholders of a text, in order."""
    return _PLACEHOLDER.findall(text) if "${" in text else []


def compare(one: str, other: str) -> Truth:
    """Whether two texts are equal once they are filled in; a placeholder may become empty."""
    if one == other:
        return Truth.YES
    if "${" not in one and "${" not in other:
        return Truth.NO
    return _compare_open(one, other)


@lru_cache(maxsize=4096)
def _compare_open(one: str, other: str) -> Truth:
    ours, theirs = _PLACEHOLDER.split(one), _PLACEHOLDER.split(other)
    if len(ours) > 1 and len(theirs) > 1:
        return Truth.MAYBE if _is_alike(ours, theirs) else Truth.NO
    if len(ours) == len(theirs):
        return Truth.NO
    parts, text = (ours, other) if len(ours) > 1 else (theirs, one)
    # No name and no label has a space, as the titles of pods that stand in for others have.
    found = re.fullmatch(r"\S*".join(map(re.escape, parts)), text)
    return Truth.MAYBE if found else Truth.NO


def _is_alike(ours: list[str], theirs: list[str]) -> bool:
    """Whether two texts begin and end in the same way, as far as either is written."""
    starts = ours[0].startswith(theirs[0]) or theirs[0].startswith(ours[0])
    return starts and (ours[-1].endswith(theirs[-1]) or theirs[-1].endswith(ours[-1]))
