"""``fix``: what makes ``check`` pass, or as much of it as can be proven.

``fix(FixRequest(("manifests/",)))`` has one diff with a hunk for each fix, and the findings for
which nothing was proven, with what stands in the way.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import Enum

from msgspec import Struct

from netsim.app.documentation import (
    Discovery,
    find_documentation,
    report_foreign,
)
from netsim.app.input import STDIN, Diagnosed, InputRequest, Read, count_read
from netsim.app.judge import Judge
from netsim.errors import DocumentationError
from netsim.fix.diff import Rewrite
from netsim.fix.proof import (
    Proven,
    Prover,
    State,
    Trace,
    Unproven,
    find_gone,
    put_slips_first,
    trace,
)
from netsim.fix.wording import describe_patches
from netsim.fix.workspace import open_workspace
from netsim.loader.registry import Scope
from netsim.loader.sources.sources import is_ref
from netsim.model.finding import Finding, Severity


class FixRequest(InputRequest, frozen=True, kw_only=True):
    """What to fix, against what; ``scenario`` None is the one file in ``scenarios/``.

    ``rules`` are the only ones whose findings are fixed, notes as well; where there is none,
    errors and warnings of all rules are.
    """

    scenario: str | None = None
    discovery: Discovery = Discovery.NEAR
    rules: tuple[str, ...] = ()

    def asks_for(self, finding: Finding) -> bool:
        """Whether a finding is to be fixed, if something is proven to help."""
        if self.rules:
            return finding.rule in self.rules
        return finding.severity is not Severity.NOTE


class Verdict(Enum):
    """What a run of ``fix`` comes to."""

    DONE = "done"
    """With the changes, ``check`` has no error and no warning."""

    LEFT = "left"
    """Some are left."""

    BAD_INPUT = "bad input"

    def __str__(self) -> str:
        return self.value


class Fixed(Struct, frozen=True):
    """A finding that is gone after a change, the words for it, and the change of the files.

    ``also`` are the others that are gone with it.
    """

    finding: Finding
    words: str
    changes: tuple[Rewrite, ...]
    also: tuple[Finding, ...] = ()


class Left(Struct, frozen=True):
    """A finding that stays, and why nothing was changed for it."""

    finding: Finding
    reasons: tuple[str, ...] = ()


class FixResult(Diagnosed, frozen=True, kw_only=True):
    """The fixes in the order in which they were made, and all that they change together."""

    fixed: tuple[Fixed, ...]
    left: tuple[Left, ...]
    changes: tuple[Rewrite, ...]
    read: Read

    @property
    def verdict(self) -> Verdict:
        """Whether ``check`` passes with the changes."""
        if self.errors:
            return Verdict.BAD_INPUT
        serious = [each for each in self.left if each.finding.severity is not Severity.NOTE]
        return Verdict.LEFT if serious else Verdict.DONE


def fix(request: FixRequest) -> FixResult:
    """Proves fixes one after the other, each in what those before it have left.

    Changes no file.  What is rejected makes every proof worthless: nothing is fixed then.
    """
    described = find_documentation(request.scenario, request.paths, request.discovery)
    if described and described.problems:
        raise DocumentationError(*described.problems)
    scenario = described.scenario if described else None
    judge = Judge(request, described)
    workspace = open_workspace(request.read(scenario, Scope.BUNDLE))
    loaded = workspace.load()
    read = count_read(loaded)
    diagnostics = (
        *report_foreign(request.scenario, request.paths, request.discovery),
        *loaded.diagnostics,
    )
    if loaded.errors:
        return FixResult(diagnostics, fixed=(), left=(), changes=(), read=read)
    state = judge(workspace)
    if state.fault:
        raise DocumentationError(*judge.problems)
    fixed, failed, state = _repair(request, judge, state)
    return FixResult(
        diagnostics,
        fixed=tuple(fixed),
        left=tuple(_list_left(request, judge, state, failed)),
        changes=state.workspace.list_changes(workspace),
        read=read,
    )


_Failed = dict[tuple[frozenset[Trace], str], Proven | Unproven]


def _identify(finding: Finding) -> tuple[frozenset[Trace], str]:
    """What tells a finding from others whose rule lets through the same."""
    return trace(finding), finding.location.field


def _repair(
    request: FixRequest, judge: Judge, state: State
) -> tuple[list[Fixed], _Failed, State]:
    """All fixes that hold; each is made before the next is proven.

    With them, what came of the others in the state that the fixes have left.
    """
    fixed: list[Fixed] = []
    done: Counter[frozenset[Trace]] = Counter()
    alike = Counter(trace(each) for each in state.findings)
    failed: _Failed = {}
    retried = 0
    prover = Prover(judge, state)
    while True:
        waiting = [
            each
            for each in state.findings
            if each.patches
            and done[trace(each)] < max(1, alike[trace(each)])
            and _identify(each) not in failed
            and request.asks_for(each)
        ]
        finding = next(iter(put_slips_first(waiting)), None)
        if finding is None and len(fixed) > retried:
            # What did not hold may do so in what the fixes since have left.
            failed, retried = {}, len(fixed)
            continue
        if finding is None:
            return fixed, failed, state
        found = prover.prove(finding)
        if isinstance(found, Unproven) or found.after.workspace.by_hand:
            failed[_identify(finding)] = found
            continue
        # Two fixes may each make the warning that the other one removes.
        done[trace(finding)] += 1
        words, _ = describe_patches(found.patches)
        words += judge.describe_effect(state.workspace, found.after.workspace)
        changes = found.after.workspace.list_changes(state.workspace)
        serious = [each for each in state.findings if each.severity is not Severity.NOTE]
        gone = find_gone(serious, found.after)
        also = tuple(each for each in gone if each != finding)
        fixed.append(Fixed(finding, words, changes, also))
        state = found.after
        prover = Prover(judge, state)


def _list_left(
    request: FixRequest, judge: Judge, state: State, failed: _Failed
) -> Iterator[Left]:
    prover = Prover(judge, state)
    for finding in state.findings:
        found = failed.get(_identify(finding))
        if found is None or found.finding != finding:
            is_tried = finding.patches and request.asks_for(finding)
            found = prover.prove(finding) if is_tried else None
        if isinstance(found, Proven):
            yield Left(finding, found.after.workspace.by_hand)
        else:
            yield Left(finding, found.reasons if found else ())


def find_unwritable(paths: Sequence[str]) -> str | None:
    """Why a path cannot be written to: it is a git revision, or standard input."""
    for path in paths:
        if path == STDIN:
            return "standard input cannot be changed: name the files"
        if is_ref(path) and not os.path.lexists(path):
            return f"{path} is a git revision, which cannot be changed: name the files"
    return None
