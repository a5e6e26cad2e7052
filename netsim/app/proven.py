"""Findings with fixes that are proven: what ``check`` shows is what helps.

The patches of a finding are tried, each on the input as it was read.  The first that holds is
shown, with the diff of the files; where none does, the finding says what stands in the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from netsim.app.judge import Judge
from netsim.fix.proof import Proven, State, prove
from netsim.fix.wording import describe_patches
from netsim.fix.workspace import Workspace
from netsim.judge.judgement import Judgement
from netsim.model.finding import Finding, Severity

_MOST_OBJECTS = 1_500
"""Pods and policies that are judged again, over all proofs: each takes as long as a check."""

MOST_PROOFS = 12
_ALTERNATIVES = {"broken": "or document otherwise", "exposed": "or document the flow"}
"""What helps as well, where the documentation is wrong."""

_TOO_MANY = (
    "netsim fix proves a change: check proves a few only, as each takes as long as a check."
)
_REJECTED = "No change is shown, as none can be proven before all of the input is read."


def show_proven(
    judge: Judge,
    workspace: Workspace,
    findings: Sequence[Finding],
    judgements: tuple[Judgement, ...],
    objects: int,
) -> Iterator[Finding]:
    """The findings, each with a patch that is proven, or with the reason why there is none."""
    before = State(workspace, tuple(findings), judgements)
    left = min(MOST_PROOFS, _MOST_OBJECTS // max(objects, 1))
    for finding in findings:
        # What is no mistake gets advice; nobody has to paste anything.
        if not finding.patches or finding.severity is Severity.NOTE:
            yield finding
        elif left:
            left -= 1
            yield _show(judge, before, finding)
        else:
            yield _explain(finding, _TOO_MANY)


def show_unproven(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings where some of the input is missing, which makes every proof worthless."""
    for finding in findings:
        is_note = finding.severity is Severity.NOTE
        yield _explain(finding, _REJECTED) if finding.patches and not is_note else finding


def _explain(finding: Finding, why: str) -> Finding:
    """In words what to do, and why no change is shown."""
    return replace(finding, fix=f"{finding.fix} {why}")


def _show(judge: Judge, before: State, finding: Finding) -> Finding:
    found = prove(judge, before, finding)
    if not isinstance(found, Proven):
        reasons = "; ".join(found.reasons)
        return replace(finding, fix=f"No change that netsim knows helps: {reasons}.")
    after = found.after.workspace
    words, patch = describe_patches(found.patches)
    words += judge.describe_effect(before.workspace, after)
    if after.by_hand:
        words = f"{words} Do it by hand: {after.by_hand[0]}."
    if finding.rule in _ALTERNATIVES:
        words = f"{words.removesuffix('.')}, {_ALTERNATIVES[finding.rule]}."
    diff = "".join(each.diff for each in after.list_changes(before.workspace))
    return replace(finding, fix=words, patch=patch, diff=diff)
