"""``fix``: what makes ``check`` pass, or as much of it as can be proven.

``fix(FixRequest(("manifests/",)))`` has one diff with a hunk for each fix, and the findings for
which nothing was proven, with what stands in the way.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from enum import Enum

from msgspec import Struct

from netsim.app.documentation import (
    Discovery,
    find_documentation,
    report_foreign,
)
from netsim.app.input import STDIN, Diagnosed, InputRequest, Read, count_read
from netsim.app.judge import Judge
from netsim.app.repair import Fixed, Repair
from netsim.errors import DocumentationError
from netsim.fix.diff import Rewrite
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
    repair = Repair(judge, state, request.asks_for)
    return FixResult(
        diagnostics,
        fixed=tuple(repair.fixed),
        left=tuple(Left(each, repair.explain(each)) for each in repair.state.findings),
        changes=repair.state.workspace.list_changes(workspace),
        read=read,
    )


def find_unwritable(paths: Sequence[str]) -> str | None:
    """Why a path cannot be written to: it is a git revision, or standard input."""
    for path in paths:
        if path == STDIN:
            return "standard input cannot be changed: name the files"
        if is_ref(path) and not os.path.lexists(path):
            return f"{path} is a git revision, which cannot be changed: name the files"
    return None
