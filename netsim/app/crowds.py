"""Notes of the same rule, joined where there are too many to read.

On a repository that nobody prepared, forty notes hide the three that matter.  Of more than ten,
those of a rule that has several become one, with the other places::

    shop/deny is redundant with shop/all for all known pods; 11 more of these are listed
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec.structs import replace

from netsim.model.finding import Finding, Related, Severity

MOST_NOTES = 10
"""So many are read."""


def join_notes(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings; notes of the rule that has most are joined first, until few are left."""
    notes = [each for each in findings if each.severity is Severity.NOTE]
    excess, crowded = len(notes) - MOST_NOTES, set()
    for rule, number in Counter(each.rule for each in notes).most_common():
        if excess <= 0 or number < 2:
            break
        crowded.add(rule)
        excess -= number - 1
    firsts = {each.rule: each for each in reversed(notes) if each.rule in crowded}
    joined = {
        rule: _join(first, [each for each in notes if each.rule == rule and each is not first])
        for rule, first in firsts.items()
    }
    return tuple(
        joined[each.rule] if each is firsts.get(each.rule) else each
        for each in findings
        if each.severity is not Severity.NOTE
        or each.rule not in crowded
        or each is firsts[each.rule]
    )


def _join(first: Finding, others: Sequence[Finding]) -> Finding:
    places = tuple(Related(each.location, each.message) for each in others)
    return replace(
        first,
        message=f"{first.message}; {len(others)} more of these are listed",
        related=(*first.related, *places),
    )
