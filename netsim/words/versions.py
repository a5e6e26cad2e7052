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

_KEY = re.compile(
    r"version|revision|commit|(^|[^a-z])(sha|git|build|release|tag|chart|date|image)([^a-z]|$)",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"(^|[^0-9.])[0-9]+\.[0-9]+(\.[0-9]+)?([^0-9.]|$)")
_NAMED = re.compile(r"([A-Za-z][\w-]*-)?v?[0-9]+\.[0-9]+\.[0-9]+([-+_][\w.+-]*)?")
_COMMIT = re.compile(r"(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}")
_DATE = re.compile(r"20[0-9]{2}[-_.]?[01][0-9][-_.]?[0-3][0-9]([-_.T]?[0-9]+)*")


def is_versioned(key: str, value: str) -> bool:
    """Whether a label surely gets another value with the next version.

    ``version: v1`` tells two workloads apart that run side by side, and stays.
    """
    if key in HASHES or _NAMED.fullmatch(value):
        return True
    if not _KEY.search(key):
        return False
    return bool(
        _NUMBERS.search(value)
        or _COMMIT.fullmatch(value)
        or _COMMIT.fullmatch(value.rpartition("-")[2])
        or _DATE.fullmatch(value)
    )
