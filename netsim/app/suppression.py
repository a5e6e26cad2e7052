"""Findings that a comment in the input suppresses."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import heappop, heappush

from netsim.loader.suppressions import Suppression
from netsim.model.finding import Diagnostic, Finding, Severity, Suppressed
from netsim.words.nearness import suggest


def suppress(
    findings: Iterable[Finding], comments: tuple[Suppression, ...]
) -> tuple[tuple[Finding, ...], tuple[Suppressed, ...]]:
    """Findings that stand, and those that are suppressed, with the reason.

    Of several comments that cover a finding the first counts; O(n log n).
    """
    known = tuple(findings)
    covering = _find_covering(known, comments)
    standing = tuple(each for place, each in enumerate(known) if place not in covering)
    suppressed = tuple(
        Suppressed(known[place], covering[place].reason, covering[place].location)
        for place in sorted(covering)
    )
    return standing, suppressed


def _find_covering(
    findings: Sequence[Finding], comments: Sequence[Suppression]
) -> dict[int, Suppression]:
    """The first comment that covers each finding, by the finding's index.

    Down the lines of a file, the comments that have begun are kept in the order of the input.
    """
    begun: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for order, comment in enumerate(comments):
        for rule in set(comment.rules):
            begun[comment.location.file, rule].append((comment.first_line, order))
    lines: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for place, finding in enumerate(findings):
        key = finding.location.file, finding.rule
        if key in begun:
            lines[key].append((finding.location.line, place))
    found: dict[int, Suppression] = {}
    for key, places in lines.items():
        waiting = sorted(begun[key], reverse=True)
        current: list[int] = []
        for line, place in sorted(places):
            while waiting and waiting[-1][0] <= line:
                heappush(current, waiting.pop()[1])
            while current and comments[current[0]].last_line < line:
                heappop(current)
            if current:
                found[place] = comments[current[0]]
    return found


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
    judged: frozenset[str],
    suppressed: tuple[Suppressed, ...],
) -> Iterator[Diagnostic]:
    """Warnings about comments that suppress no finding, of rules that exist.

    ``judged`` are the rules all of whose findings are known; about a comment that names
    another one nothing can be said.
    """
    lines: dict[tuple[str, str], list[int]] = defaultdict(list)
    for each in suppressed:
        lines[each.finding.location.file, each.finding.rule].append(each.finding.location.line)
    for known_lines in lines.values():
        known_lines.sort()
    for comment in comments:
        known = [rule for rule in comment.rules if rule in rules]
        if not known or not judged.issuperset(known):
            continue
        if not any(
            _covers_any(comment, lines.get((comment.location.file, r), ())) for r in known
        ):
            message = f"this comment suppresses no finding of {', '.join(known)}: remove it"
            yield _warn(comment, message)


def _covers_any(comment: Suppression, lines: Sequence[int]) -> bool:
    """Whether one of some lines, which are sorted, is among those of a comment."""
    place = bisect_left(lines, comment.first_line)
    return place < len(lines) and lines[place] <= comment.last_line


def _warn(comment: Suppression, message: str) -> Diagnostic:
    return Diagnostic(Severity.WARNING, message, comment.location)
