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
from netsim.model.edit import Patch, join
from netsim.model.finding import Finding, Severity
from netsim.model.ports import PortSet
from netsim.words.ports import describe_flow

_PORTS = re.compile(r" (?:every port|(?:TCP|UDP|SCTP)\b.*)$")
_MOST_ROUNDS = 4
"""How often a fix may need further patches for what it breaks."""

_MOST_PATCHES = 24
_ORDER = tuple(Severity)

Trace = tuple[str, str | None, str, str]
"""A rule, a policy, a facet, and a pair of parties, a field or a message."""


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
    """Proves patches for the findings of a state; what one patch leads to is judged once."""

    def __init__(self, judge: Judge, before: State) -> None:
        self._judge = judge
        self._before = before
        self._attempts: dict[Patch, State | str] = {}

    def has_tried(self, finding: Finding) -> bool:
        """Whether all that a finding proposes was judged, for another one."""
        return self._attempts.keys() >= set(finding.patches)

    def prove(self, finding: Finding) -> Proven | Unproven:
        """The first patch of a finding that holds, with all that has to go with it.

        One that makes no new warning is better than one that does.
        """
        judge, before = self._judge, self._before
        reasons: dict[str, None] = {}
        for strictness in Strictness:
            for patch in finding.patches:
                if patch not in self._attempts:
                    self._attempts[patch] = _attempt(judge, before, patch)
                state = self._attempts[patch]
                found = _follow(judge, before, finding, patch, state, strictness)
                if isinstance(found, Proven):
                    return found
                if strictness is Strictness.NO_ERROR:
                    reasons[found] = None
        return Unproven(finding, tuple(reasons))


def _attempt(judge: Judge, before: State, patch: Patch) -> State | str:
    """The state after a patch; else why there is none.

    The places of a patch are those of the state in which it was proposed.
    """
    workspace = before.workspace.apply(patch)
    if isinstance(workspace, str):
        return workspace
    state = judge(workspace)
    return state.fault or state


def _follow(
    judge: Judge,
    before: State,
    finding: Finding,
    patch: Patch,
    state: State | str,
    strictness: Strictness,
) -> Proven | str:
    """A patch with the patches of what it makes worse; else what stands in the way.

    ``state`` is what the patch alone leads to.
    """
    known = trace_all(before.findings)
    patches, worse = [patch], ""
    while not isinstance(state, str):
        if not _is_gone(finding, before, state):
            return worse or "the finding would stay"
        new = [
            each
            for each in state.findings
            if each.severity in strictness.value and trace(each) - known
        ]
        worse = next(_describe_worse(before, state, new), "")
        if not worse:
            return Proven(finding, tuple(patches), state)
        more = [each.patches[0] for each in new if each.patches]
        if len(more) < len(new) or not more or len(more) > _MOST_PATCHES:
            return worse
        if len(patches) == _MOST_ROUNDS:
            return worse
        patches.append(join(more))
        state = _attempt(judge, state, patches[-1])
    return state


def _is_gone(finding: Finding, before: State, after: State) -> bool:
    """Whether a finding is gone or less severe: of those that look alike, one is enough.

    Two rules may each let through the same, and neither is mended by the fix of the other.
    """
    own, was = trace(finding), _count(before, finding)
    left = _count(after, finding)
    return all(left[each] < was[each] for each in own)


def _count(state: State, finding: Finding) -> Counter[Trace]:
    """How often a state has what tells a finding from others, as severe or more."""
    severity = _ORDER.index(finding.severity)
    own = trace(finding)
    return Counter(
        each
        for other in state.findings
        if _ORDER.index(other.severity) <= severity
        for each in own & trace(other)
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
    yield from _describe_pairs(before, after)
    for finding in new:
        if not finding.flows:
            yield f"there would be {finding.rule}: {finding.message}"


def _describe_pairs(before: State, after: State) -> Iterator[str]:
    was = {(each.source.title, each.destination.title): each for each in before.judgements}
    for each in after.judgements:
        pair = each.source.title, each.destination.title
        old = was.get(pair)
        for word in ("forbidden", "exposed", "broken"):
            had: PortSet = getattr(old, word) if old else PortSet.empty()
            ports: PortSet = getattr(each, word) - had
            if ports:
                yield f"{describe_flow(*pair, ports)} would be {word}"
