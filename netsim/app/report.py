"""``report``: a check as one page, with the reasons of every pair.

``report(ReportRequest(("manifests/",)))`` is what the page shows; nothing is judged anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from netsim.app.check import (
    CheckRequest,
    CheckResult,
    Examination,
    examine_systems,
    merge_results,
)
from netsim.app.graph import draw_allowed, draw_case
from netsim.app.grid import Grid, lay_out_documented, lay_out_workloads
from netsim.app.picture import Collapse, Picture, fold
from netsim.app.quotes import Quote, Quotes
from netsim.engine.matrix.diff import Side
from netsim.engine.naming.controller import Controller
from netsim.model.finding import Diagnostic
from netsim.model.location import Location


class ReportRequest(CheckRequest, frozen=True, kw_only=True):
    """What to report on, against what; all that ``check`` takes."""

    @property
    def keeps_input(self) -> bool:
        """Always: the page quotes them."""
        return True


class Drawing(Struct, frozen=True):
    """The picture of one system, with the name that its grid has."""

    name: str
    picture: Picture


class ReportResult(Struct, frozen=True, kw_only=True):
    """What a check found, and for each pair what decides it.

    ``grids`` are one for each documented system, or that of the workloads, and so are
    ``drawings``.  ``quotes`` are the lines of the policies and rules that decide anything, by
    the places that are cited.
    """

    check: CheckResult
    grids: tuple[Grid, ...]
    drawings: tuple[Drawing, ...]
    quotes: dict[Location, Quote]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What rejected a document, so that the report lacks what it says."""
        return self.check.errors


def report(request: ReportRequest) -> ReportResult:
    """Checks the manifests, and gathers what explains the result.

    Raises :class:`RequestError` as :func:`netsim.app.check.check` does.
    """
    examinations = examine_systems(request)
    result = merge_results([each.result for each in examinations])
    grids = tuple(_lay_out(examinations, result))
    return ReportResult(
        check=result,
        grids=grids,
        drawings=tuple(_draw(request, examinations)),
        quotes=_quote(examinations, grids),
    )


def _lay_out(examinations: list[Examination], result: CheckResult) -> Iterator[Grid]:
    findings = {finding.bare: place for place, finding in enumerate(result.findings)}
    for each in examinations:
        own = each.result
        if own.coverage.is_compared:
            grid = lay_out_documented(each, findings, _name(each))
        else:
            # Any document that was rejected may be a policy that changes every cell.
            grid = None if own.errors else lay_out_workloads(each.case.evaluator)
        if grid:
            yield grid


def _name(examination: Examination) -> str:
    """The scenario, or the diagram without one."""
    coverage = examination.result.coverage
    return coverage.scenario or coverage.diagram or ""


def _draw(request: ReportRequest, examinations: Iterable[Examination]) -> Iterator[Drawing]:
    for each in examinations:
        case, unread = each.case, len(each.result.errors)
        if case.is_documented:
            yield Drawing(_name(each), fold(draw_case(case, unread), Collapse.AUTO))
        elif case.resources.pods and not unread:
            conventions = case.evaluator.selection.conventions
            controller = request.controller or Controller()
            side = Side.of(case.resources, conventions, controller)
            yield Drawing("", fold(draw_allowed(side), Collapse.AUTO))


def _quote(examinations: Iterable[Examination], grids: Iterable[Grid]) -> dict[Location, Quote]:
    """The rules and selectors of all that a grid cites, and each peer of these rules."""
    cited = {
        item.location
        for grid in grids
        for sides in grid.sides.values()
        for own in sides
        for side in own
        for answer in side.answers
        for step in answer.steps
        for item in (*step.rules, *step.policies)
    }
    found: dict[Location, Quote | None] = {}
    for each in examinations:
        if each.kept is None:
            continue
        quotes = Quotes(each.kept)
        for policy in each.case.resources.policies:
            if policy.location in cited:
                found[policy.location] = quotes.find(policy.subject.location)
            for rule in policy.rules:
                if rule.location in cited:
                    places = (rule.location, *(peer.location for peer in rule.peers))
                    found |= {place: quotes.find(place) for place in places}
    return {place: quote for place, quote in found.items() if quote}
