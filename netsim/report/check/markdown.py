"""``check`` as Markdown: for a job summary or a comment."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING

from netsim.app.check import CheckResult
from netsim.judge.judgement import Judgement
from netsim.model.finding import Finding
from netsim.report.check.pairs import list_problems, summarise_pairs
from netsim.report.check.words import (
    NEXT_STEP,
    choose_axes,
    describe_coverage,
    describe_pair,
    describe_unreached,
    describe_verdict,
    describe_withheld,
    list_claims,
    list_related,
    point_above,
)
from netsim.report.markdown import fenced, inline
from netsim.report.style import Pairs, Terminal
from netsim.report.table import Table
from netsim.report.table.markdown import write_markdown

if TYPE_CHECKING:
    from netsim.app.causes import Cause
    from netsim.app.posture import Posture


def render(result: CheckResult, terminal: Terminal) -> str:
    """Verdict, findings, then the matrix."""
    shown: dict[Hashable, Finding] = {}
    pairs = terminal.pairs or Pairs.ALL
    verdict = describe_verdict(result)
    is_word = verdict.startswith(result.conclusion.value)
    heading = f"netsim check {verdict}" if is_word else f"netsim check: {verdict}"
    parts = [f"**{inline(heading)}**\n", *_unread(result)]
    if result.posture:
        parts += _posture(result.posture)
        parts += (_cause(each, shown) for each in result.posture.causes)
    else:
        parts += (_finding(each, shown) for each in result.findings)
    for suppressed in result.suppressed:
        where = inline(f"{suppressed.finding.rule} {suppressed.finding.location}")
        message, reason = inline(suppressed.finding.message), inline(suppressed.reason)
        parts.append(f"Suppressed: {where}: {message} (reason: {reason})\n")
    for system in result.systems or (result,):
        if system.parties and pairs is not Pairs.NONE:
            title = system.coverage.scenario if system.is_one_of_several else None
            parts += [f"{inline(title)}:\n"] if title else []
            parts += _pairs(system, pairs)
    if result.posture and result.posture.next_step:
        parts += [f"{NEXT_STEP}\n", fenced(result.posture.next_step, "bash") + "\n"]
    parts.append(f"{inline(describe_coverage(result.coverage))}\n")
    parts += (f"{inline(sentence)}\n" for sentence in describe_withheld(result))
    return "\n".join(parts)


def _unread(result: CheckResult) -> list[str]:
    faults = [f"- {inline(str(each))}" for each in result.diagnostics]
    return ["\n".join(faults) + "\n"] if faults else []


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


def _cause(cause: Cause, shown: dict[Hashable, Finding]) -> str:
    """The first of its findings, and where the others are."""
    others = [
        f"- the same at {inline(each.location.described)}: {inline(each.message)}"
        for each in cause.findings[1:]
    ]
    return "\n".join((*_lines(cause.first, shown), *(("", *others, "") if others else ())))


def _finding(finding: Finding, shown: dict[Hashable, Finding]) -> str:
    return "\n".join(_lines(finding, shown))


def _lines(finding: Finding, shown: dict[Hashable, Finding]) -> Iterator[str]:
    policy = f", policy {inline(finding.policy)}" if finding.policy else ""
    place = inline(finding.location.described)
    yield f"### {finding.severity.value}: {inline(finding.rule)}\n"
    yield f"{place}{policy}\n"
    yield f"{inline(finding.message)}\n"
    yield from (f"- see {inline(line)}" for line in list_related(finding))
    if above := point_above(finding, shown):
        yield f"\n{inline(above[0].upper() + above[1:])}\n"
        return
    if finding.fix:
        yield f"\n{inline(finding.fix)}\n"
    if finding.patch:
        yield fenced(finding.patch, "yaml")


def _cell(judgement: Judgement | None) -> str:
    return " ".join(
        ("; ".join(describe_pair(judgement)), *(f"({each})" for each in list_claims(judgement)))
    )


def _pairs(result: CheckResult, pairs: Pairs) -> Iterator[str]:
    if pairs is Pairs.ALL:
        yield _matrix(result)
        yield f"{inline(describe_unreached(result))}\n"
        return
    problems = list_problems(result)
    rows = ((each.source.title, each.destination.title, _cell(each)) for each in problems)
    if problems:
        yield write_markdown(Table(("from", "to", "what"), tuple(rows)))
    yield f"{inline(summarise_pairs(result, problems))}\n"


def _matrix(result: CheckResult) -> str:
    sources, destinations = choose_axes(result)
    pairs = {(each.source, each.destination): each for each in result.judgements}
    rows = (
        (source.title, *(_cell(pairs.get((source, party))) for party in destinations))
        for source in sources
    )
    header = ("from / to", *(party.title for party in destinations))
    return write_markdown(Table(header, tuple(rows)))
