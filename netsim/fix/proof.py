"""Proof of a patch: applied, read again and judged again, before anybody sees it.

A patch is proven where, after it, its finding is gone, and nothing is worse: no documented
connection is broken, none is newly exposed or forbidden, and there is no new error, and if
possible no new warning.  Where a patch makes findings that have patches themselves, as a
default deny breaks what is documented, those are part of the fix, and all are proven together::

    exposed web -> db        remove the rule          breaks web -> api
                             allow web -> api alone   proven, both together
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum

from msgspec import Struct

from netsim.fix.workspace import Workspace
from netsim.judge.judgement import Judgement
from netsim.judge.worsening import find_worsenings
from netsim.model.edit import Patch, join
from netsim.model.finding import Finding, Severity

_PORTS = re.compile(r" (?:every port|(?:TCP|UDP|SCTP)\b.*)$")
_MOST_ROUNDS = 4
"""How often a fix may need further patches for what it breaks."""

_MOST_PATCHES = 24
_ORDER = tuple(Severity)

Trace = tuple[str, str | None, str, str]
"""A rule, a policy, a facet, and a pair of parties, a field or a message."""


_Counts = Counter[tuple[Trace, int]]
"""How often a state has what tells a finding from others, by how severe it is at least."""


class State(Struct, frozen=True):
    """A workspace, and what there is to say of it; ``fault`` is why it cannot be judged."""

    workspace: Workspace
    findings: tuple[Finding, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    fault: str = ""


Judge = Callable[[Workspace], State]


class Proven(Struct, frozen=True):
    """A finding, the patches that fix it together, and what is left then."""

    finding: Finding
    patches: tuple[Patch, ...]
    after: State


class Unproven(Struct, frozen=True):
    """A finding for which no patch holds, and what stands in the way of each."""

    finding: Finding
    reasons: tuple[str, ...]


class Strictness(Enum):
    """Which new findings count against a patch, beside connections that are worse."""

    NO_WARNING = frozenset((Severity.ERROR, Severity.WARNING))
    NO_ERROR = frozenset((Severity.ERROR,))


class Prover:
    """Proves patches for the findings of a state.

    What patches lead to is judged once, for whichever finding they are.
    """

    def __init__(self, judge: Judge, before: State) -> None:
        self._judge = judge
        self._before = before
        self._attempts: dict[tuple[Patch, ...], State | str] = {}

    @property
    def judged(self) -> int:
        """How many workspaces were judged, or could not be."""
        return len(self._attempts)

    def has_tried(self, finding: Finding) -> bool:
        """Whether all that a finding proposes was judged, for another one."""
        return all((patch,) in self._attempts for patch in finding.patches)

    def prove(self, finding: Finding) -> Proven | Unproven:
        """The first patch of a finding that holds, with all that has to go with it.

        One that makes no new warning is better than one that does.
        """
        reasons: dict[str, None] = {}
        for strictness in Strictness:
            for patch in finding.patches:
                found = self._follow(finding, patch, strictness)
                if isinstance(found, Proven):
                    return found
                if strictness is Strictness.NO_ERROR:
                    reasons[found] = None
        return Unproven(finding, tuple(reasons))

    def prove_together(self, findings: Sequence[Finding]) -> State | None:
        """The state after the first patches of some findings, if they hold together."""
        before = self._before
        state = self._attempt(before, (join(each.patches[0] for each in findings),))
        if isinstance(state, str):
            return None
        was, left = _count(before), _count(state)
        new = _list_new(before, state, Strictness.NO_WARNING)
        are_gone = all(_is_gone(each, was, left) for each in findings)
        return state if are_gone and not any(_describe_worse(before, state, new)) else None

    def _follow(self, finding: Finding, patch: Patch, strictness: Strictness) -> Proven | str:
        """A patch with the patches of what it makes worse; else what stands in the way."""
        before, worse = self._before, ""
        patches: tuple[Patch, ...] = (patch,)
        state = self._attempt(before, patches)
        while not isinstance(state, str):
            if not _is_gone(finding, _count(before), _count(state)):
                return worse or "the finding would stay"
            new = _list_new(before, state, strictness)
            worse = next(_describe_worse(before, state, new), "")
            if not worse:
                return Proven(finding, patches, state)
            more = [each.patches[0] for each in new if each.patches]
            if len(more) < len(new) or not more or len(more) > _MOST_PATCHES:
                return worse
            if len(patches) == _MOST_ROUNDS:
                return worse
            patches = (*patches, join(more))
            state = self._attempt(state, patches)
        return state

    def _attempt(self, state: State, patches: tuple[Patch, ...]) -> State | str:
        """What a state becomes with the last of some patches, which led to it; or why not.

        The places of a patch are those of the state in which it was proposed.
        """
        if patches not in self._attempts:
            workspace = state.workspace.apply(patches[-1])
            if isinstance(workspace, str):
                self._attempts[patches] = workspace
            else:
                judged = self._judge(workspace)
                self._attempts[patches] = judged.fault or judged
        return self._attempts[patches]


def _list_new(before: State, after: State, strictness: Strictness) -> list[Finding]:
    """The findings that count against a patch."""
    known = trace_all(before.findings)
    return [
        each
        for each in after.findings
        if each.severity in strictness.value and trace(each) - known
    ]


def _is_gone(finding: Finding, before: _Counts, after: _Counts) -> bool:
    """Whether a finding is gone or less severe: of those that look alike, one is enough.

    Two rules may each let through the same, and neither is mended by the fix of the other.
    """
    severity = _ORDER.index(finding.severity)
    return all(after[each, severity] < before[each, severity] for each in trace(finding))


def _count(state: State) -> _Counts:
    return Counter(
        (each, severity)
        for finding in state.findings
        for severity in range(_ORDER.index(finding.severity), len(_ORDER))
        for each in trace(finding)
    )


def find_gone(findings: Iterable[Finding], state: State) -> tuple[Finding, ...]:
    """Those of some findings that are not in a state, or are less severe there."""
    left: dict[Trace, int] = {}
    for each in state.findings:
        for own in trace(each):
            left[own] = min(left.get(own, len(_ORDER)), _ORDER.index(each.severity))
    return tuple(
        each
        for each in findings
        if all(left.get(o, len(_ORDER)) > _ORDER.index(each.severity) for o in trace(each))
    )


def put_slips_first(findings: Iterable[Finding]) -> list[Finding]:
    """Those without connections first: what a slip breaks and opens is mended with it."""
    return sorted(findings, key=lambda each: bool(each.flows))


def trace(finding: Finding) -> frozenset[Trace]:
    """What tells a finding from others, whatever else changes in the files."""
    own = (finding.rule, finding.policy, finding.facet)
    if finding.flows:
        pairs = (_PORTS.sub("", flow) for flow in finding.flows)
        return frozenset((*own, pair) for pair in pairs)
    # The message may count what a patch changes; where a policy has a field, that stays.
    return frozenset(((*own, finding.location.field if finding.policy else finding.message),))


def trace_all(findings: Iterable[Finding]) -> frozenset[Trace]:
    """What tells some findings from others."""
    return frozenset(each for finding in findings for each in trace(finding))


def _describe_worse(before: State, after: State, new: Sequence[Finding]) -> Iterator[str]:
    """What is worse than before, in words; ``new`` are the findings that count."""
    yield from map(str, find_worsenings(before.judgements, after.judgements))
    for finding in new:
        if not finding.flows:
            yield f"there would be {finding.rule}: {finding.message}"
