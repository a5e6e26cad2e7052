"""``check`` as Markdown: for a job summary or a comment."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from netsim.app.check import CheckResult
from netsim.judge.judgement import Judgement
from netsim.model.finding import Finding, Suppressed
from netsim.report.budget import Form, Section, fit, text
from netsim.report.check.pairs import list_problems, summarise_pairs
from netsim.report.check.words import (
    DENIED,
    NEXT_STEP,
    choose_axes,
    describe_coverage,
    describe_pair,
    describe_unreached,
    describe_verdict,
    describe_withheld,
    list_busy,
    list_claims,
    list_related,
    mark_absent,
    point_above,
)
from netsim.report.markdown import fenced, inline
from netsim.report.style import Pairs, Terminal
from netsim.report.table import Table
from netsim.report.table.markdown import write_markdown

if TYPE_CHECKING:
    from netsim.app.causes import Cause
    from netsim.app.posture import Posture


_FEW = 20
"""Lines that are shown of what is too long."""


def render(result: CheckResult, terminal: Terminal) -> str:
    """Verdict, findings, then the matrix; shortened where there is a limit."""
    verdict = describe_verdict(result)
    is_word = verdict.startswith(result.conclusion.value)
    heading = f"netsim check {verdict}" if is_word else f"netsim check: {verdict}"
    faults = [f"- {inline(str(each))}" for each in result.diagnostics]
    unread = Section((partial(_join, faults), partial(_join_few, faults)), "what was not read")
    findings = _section_of_findings(result)
    excuses = [*map(_suppressed, result.suppressed)]
    suppressed = Section((partial("\n".join, excuses), str), "what is suppressed")
    pairs = _section_of_pairs(result, terminal.pairs or Pairs.ALL)
    sections = (
        text(f"**{inline(heading)}**\n"),
        unread,
        text("\n".join(_posture(result.posture) if result.posture else ())),
        findings,
        suppressed,
        pairs,
        text("\n".join(_foot(result))),
    )
    return fit(sections, (pairs, findings, suppressed, unread), terminal.limit)


def _section_of_findings(result: CheckResult) -> Section:
    """Whole, without fixes, a line each, a few lines, and the counts that the verdict has."""
    forms: Iterable[Form]
    if result.posture:
        causes = result.posture.causes
        depths = (Depth.FIX, Depth.NAME)
        forms = (partial(_write_causes, causes, depth) for depth in depths)
        listed = [cause.first for cause in causes]
    else:
        forms = (partial(_write_findings, result.findings, depth) for depth in Depth)
        listed = list(result.findings)
    return Section((*forms, partial(_join_few, [*map(_name, listed)]), str), "the findings")


def _section_of_pairs(result: CheckResult, pairs: Pairs) -> Section:
    """The matrix, its pairs as a list, those with a problem, or none of them."""
    if pairs is Pairs.NONE:
        return text("")
    writers = (_write_matrix, _write_busy) if pairs is Pairs.ALL else ()
    forms = (partial(_write_systems, result, each) for each in (*writers, _write_problems))
    return Section((*forms, str), "the pairs")


def _foot(result: CheckResult) -> Iterator[str]:
    if result.posture and result.posture.next_step:
        yield f"{NEXT_STEP}\n"
        yield f"{fenced(result.posture.next_step, 'bash')}\n"
    yield f"{inline(describe_coverage(result.coverage))}\n"
    yield from (f"{inline(sentence)}\n" for sentence in describe_withheld(result))


def _join(lines: Sequence[str]) -> str:
    return "\n".join((*lines, "")) if lines else ""


def _join_few(lines: Sequence[str]) -> str:
    left = len(lines) - _FEW
    return _join([*lines[:_FEW], *((f"- and {left} more",) if left > 0 else ())])


def _suppressed(suppressed: Suppressed) -> str:
    where = inline(f"{suppressed.finding.rule} {suppressed.finding.location}")
    message, reason = inline(suppressed.finding.message), inline(suppressed.reason)
    return f"Suppressed: {where}: {message} (reason: {reason})\n"


def _posture(posture: Posture) -> Iterator[str]:
    from netsim.report.check.posture import describe_network, tabulate_isolation

    if posture.network:
        yield write_markdown(tabulate_isolation(posture.network))
        lines = []
        for section in describe_network(posture.network):
            lines.append(f"- {inline(section.title)}\n")
            lines += (f"  - {inline(line)}\n" for line in section.lines)
        yield "".join(lines)
    if posture.limits:
        yield "".join(f"- Unknown: {inline(each)}\n" for each in posture.limits)


class Depth(Enum):
    """How much of a finding is written."""

    FIX = "with its fix"
    PLACES = "with the places that have to do with it"
    NAME = "in a line"


def _write_causes(causes: Sequence[Cause], depth: Depth) -> str:
    shown: dict[Hashable, Finding] = {}
    return "\n".join(_cause(each, depth, shown) for each in causes)


def _write_findings(findings: Sequence[Finding], depth: Depth) -> str:
    shown: dict[Hashable, Finding] = {}
    if depth is Depth.NAME:
        return _join([_name(each) for each in findings])
    return "\n".join("\n".join(_lines(each, depth, shown)) for each in findings)


def _name(finding: Finding) -> str:
    place, message = inline(str(finding.location)), inline(finding.message)
    return f"- {finding.severity.value} {inline(finding.rule)} {place}: {message}"


def _cause(cause: Cause, depth: Depth, shown: dict[Hashable, Finding]) -> str:
    """The first of its findings, and where the others are."""
    others = [
        f"- the same at {inline(each.location.described)}: {inline(each.message)}"
        for each in cause.findings[1:]
    ]
    if depth is Depth.NAME:
        return _join([_name(cause.first), *(f"  {each}" for each in others[:_FEW])])
    own = _lines(cause.first, depth, shown)
    return "\n".join((*own, *(("", *others, "") if others else ())))


def _lines(finding: Finding, depth: Depth, shown: dict[Hashable, Finding]) -> Iterator[str]:
    policy = f", policy {inline(finding.policy)}" if finding.policy else ""
    place = inline(finding.location.described)
    yield f"### {finding.severity.value}: {inline(finding.rule)}\n"
    yield f"{place}{policy}\n"
    yield f"{inline(finding.message)}\n"
    yield from (f"- see {inline(line)}" for line in list_related(finding))
    if depth is not Depth.FIX:
        return
    if above := point_above(finding, shown):
        yield f"\n{inline(above[0].upper() + above[1:])}\n"
        return
    if finding.fix:
        yield f"\n{inline(finding.fix)}\n"
    if finding.patch:
        yield fenced(finding.patch, "yaml")


def _write_systems(result: CheckResult, write: Callable[[CheckResult], str]) -> str:
    parts = []
    for system in result.systems or (result,):
        if system.parties:
            title = system.coverage.scenario if system.is_one_of_several else None
            parts += [f"{inline(title)}:\n"] if title else []
            parts.append(write(system))
    return "\n".join(parts)


def _write_matrix(result: CheckResult) -> str:
    sources, destinations = choose_axes(result)
    pairs = {(each.source, each.destination): each for each in result.judgements}
    rows = tuple(
        (
            source.title,
            *(
                _cell(pairs.get((source, party)), mark_absent(source, party))
                for party in destinations
            ),
        )
        for source in sources
    )
    header = ("from / to", *(party.title for party in destinations))
    table = write_markdown(Table(header, rows)) if rows else ""
    return f"{table}\n{inline(describe_unreached(result))}\n"


def _write_busy(result: CheckResult) -> str:
    return _tabulate(list_busy(result))


def _write_problems(result: CheckResult) -> str:
    problems = list_problems(result)
    return f"{_tabulate(problems)}\n{inline(summarise_pairs(result, problems))}\n"


def _tabulate(judgements: Sequence[Judgement]) -> str:
    rows = ((each.source.title, each.destination.title, _cell(each)) for each in judgements)
    return write_markdown(Table(("from", "to", "what"), tuple(rows))) if judgements else ""


def _cell(judgement: Judgement | None, absent: str = DENIED) -> str:
    return " ".join(
        (
            "; ".join(describe_pair(judgement, absent)),
            *(f"({each})" for each in list_claims(judgement)),
        )
    )
