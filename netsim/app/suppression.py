"""Findings that a comment in the input suppresses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from netsim.loader.suppressions import Suppression
from netsim.model.finding import Diagnostic, Finding, Severity, Suppressed
from netsim.words.nearness import suggest


def suppress(
    findings: Iterable[Finding], comments: tuple[Suppression, ...]
) -> tuple[tuple[Finding, ...], tuple[Suppressed, ...]]:
    """Findings that stand, and those that are suppressed, with the reason."""
    standing: list[Finding] = []
    suppressed: list[Suppressed] = []
    for finding in findings:
        comment = next((c for c in comments if c.covers(finding.rule, finding.location)), None)
        if comment is None:
            standing.append(finding)
        else:
            suppressed.append(Suppressed(finding, comment.reason, comment.location))
    return tuple(standing), tuple(suppressed)


def warn_of_unknown_rules(
    comments: Iterable[Suppression], rules: Collection[str]
) -> Iterator[Diagnostic]:
    """Warnings about rules that comments name and that do not exist."""
    for comment in comments:
        for rule in comment.rules:
            if rule not in rules:
                message = f"there is no rule {rule} to suppress{suggest(rule, rules)}"
                yield _warn(comment, message)


def warn_of_idle_comments(
    comments: Iterable[Suppression],
    rules: Collection[str],
    suppressed: tuple[Suppressed, ...],
) -> Iterator[Diagnostic]:
    """Warnings about comments that suppress no finding, of rules that exist."""
    findings = [each.finding for each in suppressed]
    for comment in comments:
        known = [rule for rule in comment.rules if rule in rules]
        if known and not any(comment.covers(each.rule, each.location) for each in findings):
            message = f"this comment suppresses no finding of {', '.join(known)}: remove it"
            yield _warn(comment, message)


def _warn(comment: Suppression, message: str) -> Diagnostic:
    return Diagnostic(Severity.WARNING, message, comment.location)
