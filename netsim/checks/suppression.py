"""Findings that a comment in the input silences."""

from __future__ import annotations

from collections.abc import Iterable

from netsim.loader.suppressions import Suppression
from netsim.model.finding import Finding, Suppressed


def suppress(
    findings: Iterable[Finding], comments: tuple[Suppression, ...]
) -> tuple[tuple[Finding, ...], tuple[Suppressed, ...]]:
    """Findings that stand, and those that are silenced with the reason."""
    standing: list[Finding] = []
    silenced: list[Suppressed] = []
    for finding in findings:
        comment = next((c for c in comments if c.covers(finding.rule, finding.location)), None)
        if comment is None:
            standing.append(finding)
        else:
            silenced.append(Suppressed(finding, comment.reason, comment.location))
    return tuple(standing), tuple(silenced)
