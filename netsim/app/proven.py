"""Findings with fixes that are proven: what ``check`` shows is what helps.

The patches of a finding are tried, each on the input as it was read.  The first that holds is
shown, with the diff of the files; where none does, the finding says what stands in the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from netsim.app.judge import Judge
from netsim.fix.proof import Proven, Prover, State, Unproven, find_gone, put_slips_first
from netsim.fix.wording import describe_patches
from netsim.fix.workspace import Workspace
from netsim.model.finding import Finding, Severity

_MOST_OBJECTS = 3_000
"""Pods and policies that are judged again, over all proofs: each takes as long as a check."""

MOST_PROOFS = 12
_ALTERNATIVES = {"broken": "or document otherwise", "exposed": "or document the flow"}
"""What helps as well, where the documentation is wrong."""

_TOO_MANY = (
    "netsim fix proves a change: check proves a few only, as each takes as long as a check."
)
_REJECTED = "No change is shown, as none can be proven before all of the input is read."


def show_proven(
    judge: Judge, before: State, findings: Sequence[Finding], objects: int
) -> tuple[Finding, ...]:
    """Findings of a state, each with a patch that is proven, or with why there is none.

    A proof shows which others are gone with its finding.  They have the same change, and need
    no proof of their own.  ``objects`` is how many are judged for each.
    """
    prover = Prover(judge, before)
    proofs, most = 0, _MOST_OBJECTS // max(objects, 1)
    shown: dict[Finding, Finding] = {}
    fixable = put_slips_first(filter(_takes_patch, findings))
    for finding in fixable:
        if finding in shown:
            continue
        if not prover.has_tried(finding):
            if proofs == MOST_PROOFS or prover.judged >= most:
                shown[finding] = _explain(finding, _TOO_MANY)
                continue
            proofs += 1
        found = prover.prove(finding)
        if isinstance(found, Unproven):
            reasons = "; ".join(found.reasons)
            words = f"No change that netsim knows helps: {reasons}."
            shown[finding] = replace(finding, fix=words)
            continue
        gone = {finding, *find_gone(fixable, found.after)} - shown.keys()
        shown |= dict(_show(judge, before.workspace, found, gone))
    return tuple(shown.get(each, each) for each in findings)


def _takes_patch(finding: Finding) -> bool:
    """What is no mistake gets advice; nobody has to paste anything."""
    return bool(finding.patches) and finding.severity is not Severity.NOTE


def show_unproven(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings where some of the input is missing, which makes every proof worthless."""
    for finding in findings:
        yield _explain(finding, _REJECTED) if _takes_patch(finding) else finding


def _explain(finding: Finding, why: str) -> Finding:
    """In words what to do, and why no change is shown."""
    return replace(finding, fix=f"{finding.fix} {why}")


def _show(
    judge: Judge, before: Workspace, found: Proven, gone: Iterable[Finding]
) -> Iterator[tuple[Finding, Finding]]:
    """Findings, and each with what mends them all."""
    after = found.after.workspace
    words, patch = describe_patches(found.patches)
    words += judge.describe_effect(before, after)
    if after.by_hand:
        words = f"{words} Do it by hand: {after.by_hand[0]}."
    diff = "".join(each.diff for each in after.list_changes(before))
    for finding in gone:
        other = _ALTERNATIVES.get(finding.rule)
        own = f"{words.removesuffix('.')}, {other}." if other else words
        yield finding, replace(finding, fix=own, patch=patch, diff=diff)
