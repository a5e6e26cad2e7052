"""Proof of a patch: applied, read again and judged again, before anybody sees it.

A patch is proven where, after it, its finding is gone, and nothing is worse: no documented
connection is broken, none is newly exposed, forbidden or undecided, and no rule finds anything
that it did not find before.  Where a patch makes findings that have patches themselves, as a
default deny breaks what is documented, those are part of the fix, and all are proven together::

    exposed web -> db        remove the rule          breaks web -> api
                             allow web -> api alone   proven, both together
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from netsim.fix.workspace import Workspace
from netsim.judge.judgement import Judgement
from netsim.model.edit import Patch
from netsim.model.finding import Finding
from netsim.model.ports import PortSet
from netsim.words.ports import describe_flow

_PORTS = re.compile(r" (?:every port|(?:TCP|UDP|SCTP)\b.*)$")
_MOST_ROUNDS = 4
"""How often a fix may need further patches for what it breaks."""

_MOST_PATCHES = 24

Trace = tuple[str, str | None, str]
"""A rule, a policy, and a pair of parties, or what else tells findings apart."""


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


def prove(judge: Judge, before: State, finding: Finding) -> Proven | Unproven:
    """The first patch of a finding that holds, with all that has to go with it."""
    reasons: dict[str, None] = {}
    for patch in finding.patches:
        found = _follow(judge, before, finding, patch)
        if isinstance(found, Proven):
            return found
        reasons[found] = None
    return Unproven(finding, tuple(reasons))


def _follow(judge: Judge, before: State, finding: Finding, patch: Patch) -> Proven | str:
    """A patch with the patches of what it makes worse; else what stands in the way."""
    patches = [patch]
    workspace = before.workspace.apply(patch)
    for _ in range(_MOST_ROUNDS):
        if isinstance(workspace, str):
            return workspace
        after = judge(workspace)
        if after.fault:
            return after.fault
        if trace(finding) & trace_all(after.findings):
            return "the finding would stay"
        worse = next(describe_worse(before, after), None)
        if worse is None:
            return Proven(finding, tuple(patches), after)
        known = trace_all(before.findings)
        new = [each for each in after.findings if trace(each) - known]
        more = [each.patches[0] for each in new if each.patches]
        if len(more) < len(new) or not more or len(patches) + len(more) > _MOST_PATCHES:
            return worse
        patches += more
        for each in more:
            workspace = each if isinstance(workspace, str) else workspace.apply(each)
    return worse


def trace(finding: Finding) -> frozenset[Trace]:
    """What tells a finding from others, whatever else changes in the files."""
    if finding.flows:
        pairs = (_PORTS.sub("", flow) for flow in finding.flows)
        return frozenset((finding.rule, finding.policy, pair) for pair in pairs)
    return frozenset(((finding.rule, finding.policy, finding.message),))


def trace_all(findings: tuple[Finding, ...]) -> frozenset[Trace]:
    """What tells some findings from others."""
    return frozenset(each for finding in findings for each in trace(finding))


def describe_worse(before: State, after: State) -> Iterator[str]:
    """What is worse than before, in words."""
    yield from _describe_pairs(before, after)
    known = trace_all(before.findings)
    for finding in after.findings:
        if not finding.flows and trace(finding) - known:
            yield f"{finding.rule}: {finding.message}"


def _describe_pairs(before: State, after: State) -> Iterator[str]:
    was = {(each.source.title, each.destination.title): each for each in before.judgements}
    for each in after.judgements:
        pair = each.source.title, each.destination.title
        old = was.get(pair)
        for word in ("forbidden", "exposed", "broken", "undecided"):
            had: PortSet = getattr(old, word) if old else PortSet.empty()
            ports: PortSet = getattr(each, word) - had
            if ports:
                yield f"{describe_flow(*pair, ports)} would be {word}"
