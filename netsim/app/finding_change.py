"""Which findings a change adds, which it ends, and which were there before and still are.

A finding is the same where its rule, policy and connections are, whatever lines, places in a
list and names of policies moved; it is another one where it got graver, or more ports have it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from netsim.app.check import Examination
from netsim.engine.policy.statement import state
from netsim.fix.proof import Trace, trace, trace_all
from netsim.judge.worsening import find_worsenings
from netsim.model.finding import Finding, Severity
from netsim.model.resources import Resources

_GRAVITY = tuple(Severity)


class FindingChange(Struct, frozen=True):
    """The findings of two states."""

    added: tuple[Finding, ...]
    standing: tuple[Finding, ...]
    repaired: tuple[Finding, ...]


def divide_findings(before: Examination, now: Examination) -> FindingChange:
    """Tells the findings of two states apart.  O(findings)."""
    renamed = _find_renamed(before.loaded.resources, now.loaded.resources)
    old = [_rename(each, renamed) for each in before.result.findings]
    known = _weigh(old)
    worsenings = find_worsenings(before.result.judgements, now.result.judgements)
    worse = {(each.word, f"{each.source} -> {each.destination}") for each in worsenings}
    left = trace_all(now.result.findings)
    gone = [each for each in old if not trace(each) & left]
    come: list[Finding] = []
    for finding in now.result.findings:
        own, gravity = trace(finding), _GRAVITY.index(finding.severity)
        is_known = all(known.get(each, len(_GRAVITY)) <= gravity for each in own)
        if not is_known or any((finding.rule, pair) in worse for *_, pair in own):
            come.append(finding)
    # What stands elsewhere in a list now neither came nor went.
    moved = Counter(f.fingerprint for f in gone) & Counter(f.fingerprint for f in come)
    added = tuple(_leave_out(come, moved))
    is_new = frozenset(added)
    return FindingChange(
        added,
        tuple(each for each in now.result.findings if each not in is_new),
        tuple(_leave_out(gone, moved)),
    )


def _leave_out(findings: list[Finding], moved: Counter[str]) -> Iterator[Finding]:
    left = moved.copy()
    for each in findings:
        left[each.fingerprint] -= 1
        if left[each.fingerprint] < 0:
            yield each


def _weigh(findings: list[Finding]) -> dict[Trace, int]:
    """How grave each is, at most."""
    found: dict[Trace, int] = {}
    for each in findings:
        for own in trace(each):
            gravity = _GRAVITY.index(each.severity)
            found[own] = min(found.get(own, gravity), gravity)
    return found


def _find_renamed(before: Resources, now: Resources) -> dict[str, str]:
    """The names that policies have now which said the same under another one."""
    was, is_ = ({each.title: each for each in side.policies} for side in (before, now))
    come = {state(each): title for title, each in is_.items() if title not in was}
    return {
        title: come[said]
        for title, each in was.items()
        if title not in is_ and (said := state(each)) in come
    }


def _rename(finding: Finding, renamed: dict[str, str]) -> Finding:
    return replace(finding, policy=renamed.get(finding.policy or "", finding.policy))
