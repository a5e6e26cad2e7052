"""A review for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.review import Arrival, Group, ReviewResult, Verdict, Way
from netsim.model.finding import Finding, Severity
from netsim.report.check.words import describe_coverage
from netsim.report.review.words import (
    MEANINGS,
    WAYS,
    choose_way,
    count_changes,
    describe_arrivals,
    describe_base,
    describe_causes,
    describe_change,
    describe_documented,
    describe_redefined,
    describe_standing,
    describe_state,
    describe_verdict,
    is_alarming,
)
from netsim.report.style import Style, Terminal, styled
from netsim.report.wrapping import wrap
from netsim.words.printable import printable

_SIGNS = {Way.OPENS: "+", Way.CLOSES: "-", Way.UNSURE: "?"}
_STYLES = {Verdict.CLEAN: Style.GOOD, Verdict.WORSE: Style.BAD, Verdict.UNKNOWN: Style.WARN}
_SEVERITIES = {
    Severity.ERROR: Style.BAD,
    Severity.WARNING: Style.WARN,
    Severity.NOTE: Style.NOTE,
}
_SHOWN = 20
"""Connections that are listed for one cause."""


def render(result: ReviewResult, terminal: Terminal) -> str:
    """The verdict, each cause with its connections, the new findings, and the verdict again."""
    return "".join(f"{line}\n" for line in _lines(result, terminal))


def _lines(result: ReviewResult, terminal: Terminal) -> Iterator[str]:
    width = terminal.width
    yield from wrap(printable(describe_verdict(result)), "", width)
    for fault in result.errors:
        yield from wrap(printable(str(fault)), "", width, "  ")
    for way, heading in WAYS.items():
        groups = [each for each in result.groups if each.way is way]
        if groups:
            yield ""
            yield styled(heading, Style.STRONG, terminal.colour)
        for group in groups:
            yield from _group(group, terminal)
    for arrival in result.arrivals:
        yield ""
        told = f"Adds {arrival.workload}: {describe_arrivals([arrival])}"
        yield from wrap(printable(told), "", width, "  ")
        yield from _changes(arrival, terminal)
    for finding in result.added:
        yield ""
        yield from _finding(finding, terminal)
    yield from _rest(result, width)
    yield ""
    yield from wrap(printable(describe_base(result)), "", width, "  ")
    yield from wrap(printable(describe_coverage(result.now.coverage)), "", width, "  ")
    verdict = f"{result.verdict}: {MEANINGS[result.verdict]}"
    for line in wrap(verdict, "", width, "  "):
        yield styled(line, _STYLES[result.verdict], terminal.colour)


def _group(group: Group, terminal: Terminal) -> Iterator[str]:
    told = f"{describe_causes(group, str, '({})'.format)}: {count_changes(group)}"
    yield from wrap(printable(told), "  ", terminal.width, "    ")
    yield from _changes(group, terminal)


def _changes(of: Group | Arrival, terminal: Terminal) -> Iterator[str]:
    changes = sorted(of.changes, key=is_alarming, reverse=True)
    for change in changes[:_SHOWN]:
        way = choose_way(of, change)
        state = describe_state(change) if way is not Way.CLOSES else ""
        told = f"{_SIGNS[way]} {describe_change(change, way)}{f' ({state})' if state else ''}"
        yield from wrap(printable(told), "    ", terminal.width, "      ")
    if len(changes) > _SHOWN:
        yield f"    and {len(changes) - _SHOWN} more"


def _finding(finding: Finding, terminal: Terminal) -> Iterator[str]:
    severity = styled(finding.severity.value, _SEVERITIES[finding.severity], terminal.colour)
    rule = styled(finding.rule, Style.STRONG, terminal.colour)
    yield f"new {severity} {rule}  {printable(finding.location.described)}"
    yield from wrap(printable(finding.message), "  ", terminal.width)
    if finding.fix:
        yield from wrap(printable(f"fix: {finding.fix}"), "  ", terminal.width)
    yield from (f"    {line}" for line in finding.patch.splitlines())


def _rest(result: ReviewResult, width: int) -> Iterator[str]:
    lines = [
        *(f"Documents {describe_documented(e)} ({e.location})" for e in result.documented),
        *(f"Documents no more {describe_documented(e)}" for e in result.withdrawn),
        *filter(None, (describe_redefined(result),)),
        *(
            f"Suppresses {e.finding.rule} {e.finding.location}: {e.finding.message} "
            f"(reason: {e.reason})"
            for e in result.excused
        ),
    ]
    if result.comparison:
        lines += map(str, (*result.comparison.unmatched, *result.comparison.cautions))
    lines += filter(None, (describe_standing(result),))
    if lines:
        yield ""
    for line in lines:
        yield from wrap(printable(line), "", width, "  ")
