"""Labels that change with each version: ``helm.sh/chart: quorum-8.8.0``, ``pod-template-hash``.

A selector that asks for one matches the pods of one version only.  While a rolling update
replaces the pods, those of the other version are left out.
"""

from __future__ import annotations

import re

HASHES = frozenset(
    (
        "pod-template-hash",
        "pod-template-generation",
        "controller-revision-hash",
        "rollouts-pod-template-hash",
        "controller-uid",
        "batch.kubernetes.io/controller-uid",
    )
)
"""Labels whose values controllers make anew for each version of a template, or each run."""

# Compiled when the first value has a digit, as few selectors ask for one.
_KEY = (
    r"(?i)version|revision|commit"
    r"|(^|[^a-z])(sha|git|build|release|tag|chart|date|image)([^a-z]|$)"
)
_NUMBERS = r"(^|[^0-9.])[0-9]+\.[0-9]+(\.[0-9]+)?([^0-9.]|$)"
_NAMED = r"([A-Za-z][\w-]*-)?v?[0-9]+\.[0-9]+\.[0-9]+([-+_][\w.+-]*)?"
_COMMIT = r"(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}"
_DATE = r"20[0-9]{2}[-_.]?[01][0-9][-_.]?[0-3][0-9]([-_.T]?[0-9]+)*"


def is_versioned(key: str, value: str) -> bool:
    """Whether a label surely gets another value with the next version.

    ``version: v1`` tells two workloads apart that run side by side, and stays.
    """
    if key in HASHES:
        return True
    if not any(character.isdigit() for character in value):
        return False
    if re.fullmatch(_NAMED, value):
        return True
    if not re.search(_KEY, key):
        return False
    return bool(
        re.search(_NUMBERS, value)
        or re.fullmatch(_COMMIT, value.rpartition("-")[2])
        or re.fullmatch(_DATE, value)
    )
