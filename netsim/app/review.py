"""``review``: what a change of manifests and documents opens, closes, and makes worse.

``review(ReviewRequest(("manifests/",), base=BaseRevision("origin/main"))).verdict`` is
``Verdict.CLEAN`` where the change adds nothing that is undocumented, broken or found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from netsim.app.base import Base, BaseFolder, BaseRevision, find_base
from netsim.app.check import (
    CheckRequest,
    CheckResult,
    Conclusion,
    Examination,
    Proofs,
    examine,
    show_fixes,
)
from netsim.app.diff import Comparison, ExplainedDifference, LoadedSide, compare
from netsim.app.documentation import Discovery, LocatedDocumentation, discover
from netsim.app.documented_change import list_new, list_redefined
from netsim.app.documented_state import DocumentedState
from netsim.app.finding_change import divide_findings
from netsim.app.input import Diagnosed
from netsim.app.permalinks import Permalinks, find_permalinks
from netsim.engine.matrix.diff import Difference
from netsim.engine.matrix.diff_causes import Cause, Causes
from netsim.engine.naming.controller import Controller
from netsim.engine.policy.decision import NOTHING, Allowed
from netsim.errors import DocumentationError, LoadError, RequestError
from netsim.fix.proof import trace, trace_all
from netsim.loader.sources.files import FileError
from netsim.model.addresses import AddressSet, Family
from netsim.model.endpoint import EXTERNAL
from netsim.model.finding import Diagnostic, Finding, Severity, Suppressed
from netsim.model.flow import DocumentedFlow
from netsim.model.ports import PortSet
from netsim.rules.registry import UNDECIDED

if TYPE_CHECKING:
    from netsim.intent.scenario.scenario import Scenario


class ReviewRequest(CheckRequest, frozen=True, kw_only=True):
    """What was changed, against what, and what is documented in both states.

    ``repository`` is the address below which a forge shows files of a commit, such as
    ``https://github.com/owner/name/blob``.
    """

    base: BaseRevision | BaseFolder
    repository: str = ""


class Way(Enum):
    """What a change does to a connection."""

    OPENS = "opens"
    CLOSES = "closes"
    UNSURE = "may open or close"


class Verdict(Enum):
    """What a review comes to."""

    CLEAN = "clean"
    """The change adds nothing that is undocumented, broken or found."""

    WORSE = "worse"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return self.value


class Group(Struct, frozen=True):
    """All that one cause opens, or closes."""

    way: Way
    causes: tuple[Cause, ...]
    changes: tuple[ExplainedDifference, ...]


class Arrival(Struct, frozen=True):
    """A workload that the base lacks, and its connections."""

    workload: str
    changes: tuple[ExplainedDifference, ...]


class ReviewResult(Diagnosed, frozen=True, kw_only=True):
    """The difference that a change makes.

    ``added`` are the findings that the base has not, ``standing`` those that it has too,
    ``repaired`` those that it alone has.  ``documented`` and ``withdrawn`` are the flows that
    the change adds to the documentation, and takes out of it; ``redefined`` are the names and
    settings of the scenario that mean something else by it; ``excused`` are findings that it
    suppresses.  ``touched`` are the pairs of parties of which anything differs.  ``now`` is
    the check of what was changed; ``comparison`` is None where a side cannot be read at all.
    """

    base: Base
    now: CheckResult
    comparison: Comparison | None
    groups: tuple[Group, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    added: tuple[Finding, ...] = ()
    standing: tuple[Finding, ...] = ()
    repaired: tuple[Finding, ...] = ()
    documented: tuple[DocumentedFlow, ...] = ()
    withdrawn: tuple[DocumentedFlow, ...] = ()
    redefined: tuple[str, ...] = ()
    excused: tuple[Suppressed, ...] = ()
    touched: frozenset[tuple[str, str]] = frozenset()
    links: Permalinks | None = None

    @property
    def verdict(self) -> Verdict:
        """Whether the change adds anything that is wrong.

        Where the base cannot be read, a change that leaves nothing wrong adds nothing.
        """
        if self.now.errors or (self.errors and self.now.conclusion is not Conclusion.PASSED):
            return Verdict.UNKNOWN
        serious = [each for each in self.added if each.severity is not Severity.NOTE]
        is_worse = any(each.rule != UNDECIDED for each in serious)
        if is_worse or self.undocumented or self.ends_documentation:
            return Verdict.WORSE
        unevaluated = self.comparison and self.comparison.unevaluated
        unsure = (each for group in self.groups for each in group.changes)
        is_open = serious or unevaluated or any(map(may_open_undocumented, unsure))
        return Verdict.UNKNOWN if is_open else Verdict.CLEAN

    @property
    def ends_documentation(self) -> bool:
        """Whether nothing is documented any more: nobody would notice what comes next."""
        return bool(self.withdrawn) and self.now.coverage.scenario is None

    def count(self, way: Way) -> int:
        """How many connections a way is about; those of new workloads stand apart."""
        return sum(len(each.changes) for each in self.groups if each.way is way)

    @property
    def undocumented(self) -> int:
        """How many of the opened connections are documented nowhere.

        Those of new workloads count where there is documentation that could name them.
        """
        opened = (each for g in self.groups if g.way is Way.OPENS for each in g.changes)
        arrived = (each for arrival in self.arrivals for each in arrival.changes)
        return sum(map(is_undocumented, opened)) + sum(
            is_undocumented(each) for each in arrived if each.opening
        )


def find_opened(difference: Difference) -> PortSet:
    """What is surely allowed now and was not, be it over one address family."""
    was, is_ = difference.before, difference.now
    return PortSet.union(is_.over(each).sure - was.over(each).sure for each in Family)


def find_closed(difference: Difference) -> PortSet:
    """What was surely allowed and surely is not now, be it over one address family."""
    was, is_ = difference.before, difference.now
    return PortSet.union(was.over(each).sure - is_.over(each).possible for each in Family)


def is_undocumented(change: ExplainedDifference) -> bool:
    """Whether a part of what is opened is not documented."""
    return change.opening is not DocumentedState.DOCUMENTED


def may_open_undocumented(change: ExplainedDifference) -> bool:
    """Whether something may be open that was not, and is not documented."""
    return bool(change.difference.may_open) and is_undocumented(change)


def is_documented_here(change: ExplainedDifference) -> bool:
    """Whether the change itself documents what it opens: the rule comes with its excuse."""
    return (
        change.opening is DocumentedState.DOCUMENTED
        and change.opening_before is not DocumentedState.DOCUMENTED
    )


def review(request: ReviewRequest) -> ReviewResult:
    """Compares what was changed with its base, each with its own documentation.

    Raises :class:`RequestError` for a base that cannot be found.
    """
    if len(request.scenarios) > 1:
        raise RequestError(
            "give one scenario: a review is of one documented system", "scenario"
        )
    base = find_base(request.base, request.paths)
    scenario = request.scenario or next(iter(request.scenarios), None)
    asked = replace(request, paths=base.now, scenario=scenario, scenarios=())
    now = examine(replace(asked, proofs=Proofs.NONE))
    before, faults = _examine_base(asked, base, request.paths)
    comparison, unread = _compare(asked, base, before, now)
    errors = dict.fromkeys((*now.result.diagnostics, *before.loaded.errors, *unread, *faults))
    result = ReviewResult(
        tuple(errors),
        base=base,
        now=now.result,
        comparison=comparison,
        links=find_permalinks(request.repository, base.commit),
    )
    if comparison is None or comparison.errors:
        return result
    is_unread = now.described is None and bool(now.result.errors)
    found = divide_findings(before, now)
    every = now.result.findings
    added = show_fixes(asked, now.described, now.case, now.kept, every, found.added)
    return replace(
        result,
        groups=tuple(_group(comparison)),
        arrivals=tuple(_list_arrivals(comparison)),
        added=added,
        standing=found.standing,
        # What cannot be read says nothing, takes nothing back, and ends nothing.
        repaired=() if is_unread else found.repaired,
        excused=tuple(_list_excused(before.result, now.result)),
        documented=tuple(list_new(before.described, now.described)),
        withdrawn=() if is_unread else tuple(list_new(now.described, before.described)),
        redefined=tuple(list_redefined(before.described, now.described)),
        touched=_find_touched(before.result, now.result),
    )


def _examine_base(
    asked: ReviewRequest, base: Base, paths: tuple[str, ...]
) -> tuple[Examination, tuple[Diagnostic, ...]]:
    """The state before, with its own documentation, if it had one that can be read."""
    scenario = asked.scenario
    faults: tuple[Diagnostic, ...] = ()
    is_searched = not scenario and asked.discovery is Discovery.NEAR
    try:
        scenario = discover(paths, base.texts) if is_searched else scenario
    except DocumentationError as error:
        faults = tuple(_warn(error.diagnostics))
    if scenario and not _is_there(scenario, base):
        scenario = None
    found = examine(
        replace(
            asked,
            paths=base.before,
            scenario=scenario,
            discovery=Discovery.NONE,
            texts=base.texts,
            proofs=Proofs.NONE,
        )
    )
    if scenario and found.described is None:
        wrong = (each for each in found.result.errors if each not in found.loaded.errors)
        faults = tuple(_warn(wrong))
    return found, faults


def _is_there(file: str, base: Base) -> bool:
    try:
        base.texts.read(Path(file))
    except FileError:
        return False
    return True


def _warn(wrong: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """What is wrong with the documentation before: the change cannot be blamed for it."""
    for each in wrong:
        message = f"before the change: {each.message}; all that is documented now counts as new"
        yield Diagnostic(Severity.WARNING, message, each.location)


def _compare(
    asked: ReviewRequest, base: Base, before: Examination, now: Examination
) -> tuple[Comparison | None, tuple[Diagnostic, ...]]:
    """The connections that differ; else why that is not known."""
    was, is_ = (
        LoadedSide(title, each.loaded, asked.conventions(_get_scenario(each.described)))
        for title, each in ((base.title, before), (", ".join(asked.paths), now))
    )
    controller = asked.controller or Controller()
    try:
        found = compare(was, is_, controller, now.described, described_before=before.described)
    except LoadError as error:
        return None, error.diagnostics
    return found, ()


def _get_scenario(described: LocatedDocumentation | None) -> Scenario | None:
    return described.scenario if described else None


def _group(comparison: Comparison) -> list[Group]:
    """By way and cause: those first that open most without documentation."""
    found: dict[tuple[Way, frozenset[Cause]], list[ExplainedDifference]] = {}
    for each in _split_ways(comparison):
        found.setdefault((each.way, frozenset(each.change.causes)), []).append(each.change)
    groups = [
        Group(way, changes[0].causes, tuple(_join_areas(changes)))
        for (way, _), changes in found.items()
    ]
    ways = list(Way)
    return sorted(
        groups,
        key=lambda each: (
            ways.index(each.way),
            -sum(map(is_undocumented, each.changes)),
            -len(each.changes),
        ),
    )


def _join_areas(changes: Iterable[ExplainedDifference]) -> Iterator[ExplainedDifference]:
    """One change of all addresses that differ in the same way, such as of both families."""
    outside: dict[tuple[object, ...], list[ExplainedDifference]] = {}
    for each in changes:
        found = each.difference
        if found.area is None:
            yield each
            continue
        ends = (
            None if end.endswith(EXTERNAL) else end for end in (found.source, found.destination)
        )
        what = found.before, found.now, found.parts
        outside.setdefault((*ends, *what, each.opening, each.opening_before), []).append(each)
    for alike in outside.values():
        area = AddressSet.union(e.difference.area for e in alike if e.difference.area)
        yield replace(alike[0], difference=replace(alike[0].difference, area=area))


class _Split(Struct, frozen=True):
    way: Way
    change: ExplainedDifference


def _split_ways(comparison: Comparison) -> Iterator[_Split]:
    """Each way with its own causes: what opens a port does not tell why another is closed."""
    causes = Causes(*comparison.sides)
    for each in comparison.explained:
        found = each.difference
        opened, closed = find_opened(found), find_closed(found)
        if not opened and not closed:
            yield _Split(Way.UNSURE, each)
            continue
        if not opened or not closed:
            yield _Split(Way.OPENS if opened else Way.CLOSES, each)
            continue
        opening = replace(found, before=NOTHING, now=Allowed(opened, opened))
        yield _Split(Way.OPENS, replace(each, causes=causes.of(opening)))
        closing = replace(found, before=Allowed(closed, closed), now=NOTHING)
        yield _Split(Way.CLOSES, replace(each, causes=causes.of(closing)))


def _list_arrivals(comparison: Comparison) -> Iterator[Arrival]:
    """Each connection once, with the first of its workloads."""
    left = list(comparison.arrivals)
    for workload in comparison.diff.added:
        own = [
            each
            for each in left
            if workload in (each.difference.source, each.difference.destination)
        ]
        left = [each for each in left if each not in own]
        yield Arrival(workload, tuple(_join_areas(own)))


def _list_excused(before: CheckResult, now: CheckResult) -> Iterator[Suppressed]:
    known = trace_all(each.finding for each in before.suppressed)
    for each in now.suppressed:
        if trace(each.finding) - known:
            yield each


def _find_touched(before: CheckResult, now: CheckResult) -> frozenset[tuple[str, str]]:
    was, is_ = (
        {
            (each.source.title, each.destination.title): (
                each.allowed,
                each.documented,
                each.standing,
            )
            for each in side.judgements
        }
        for side in (before, now)
    )
    return frozenset(ends for ends, state in is_.items() if was.get(ends) != state)
