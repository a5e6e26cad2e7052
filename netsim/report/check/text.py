"""``check`` for the terminal: the verdict, the matrix, then the findings.

Written without a layout library: one would take a fifth of the time a check takes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from netsim.app.causes import Cause
from netsim.app.check import CheckResult, Conclusion
from netsim.judge.judgement import Judgement
from netsim.model.finding import Finding, Severity, Suppressed
from netsim.report.check.words import (
    LEGEND,
    NEXT_STEP,
    choose_axes,
    describe_coverage,
    describe_pair,
    describe_unreached,
    describe_verdict,
    describe_withheld,
    list_claims,
    list_related,
)
from netsim.report.style import Colour, Style, Terminal, link_rule, styled
from netsim.report.wrapping import wrap
from netsim.words.lists import count_noun, join_first
from netsim.words.printable import printable

if TYPE_CHECKING:
    from netsim.app.posture import Posture

SEVERITIES = {
    Severity.ERROR: Style.BAD,
    Severity.WARNING: Style.WARN,
    Severity.NOTE: Style.NOTE,
}
CONCLUSIONS = {
    Conclusion.PASSED: Style.GOOD,
    Conclusion.NOT_COMPARED: Style.STRONG,
    Conclusion.FAILED: Style.BAD,
    Conclusion.INCONCLUSIVE: Style.WARN,
    Conclusion.BAD_INPUT: Style.BAD,
}
MARKS = {"✓": Style.GOOD, "!": Style.BAD, "✗": Style.BAD, "?": Style.WARN}
WIDEST_TITLE = 18
BRIEF_LINES = 3
"""Lines of what a note says."""
GAP = "  "

Cell = tuple[str, ...]
Row = tuple[Cell, ...]


def render(result: CheckResult, terminal: Terminal) -> str:
    """The report, wrapped to the width of the terminal; ends with a line break."""
    width, colour = terminal.width, terminal.colour
    lines = list(_verdict(result, width, colour))
    for system in result.systems or (result,):
        if system.parties:
            lines += _matrix(system, width, colour)
    if result.posture:
        lines += _posture(result.posture, width, colour)
        lines += _causes(result.posture.causes, width, colour)
    else:
        for finding in result.findings:
            lines += _finding(finding, width, colour)
    for suppressed in result.suppressed:
        lines += _suppressed(suppressed, width, colour)
    if result.posture and result.posture.next_step:
        lines += [
            "",
            *wrap(NEXT_STEP, "", width),
            f"{GAP}{printable(result.posture.next_step)}",
        ]
    lines += ["", *_faint(describe_coverage(result.coverage), width, colour)]
    for sentence in describe_withheld(result):
        lines += wrap(printable(sentence), "", width)
    return "".join(f"{line}\n" for line in lines)


def _verdict(result: CheckResult, width: int, colour: Colour) -> Iterator[str]:
    for line in textwrap.wrap(describe_verdict(result), width):
        yield styled(line, CONCLUSIONS[result.conclusion], colour)


def _faint(text: str, width: int, colour: Colour) -> list[str]:
    return [styled(line, Style.FAINT, colour) for line in wrap(text, "", width)]


def _matrix(result: CheckResult, width: int, colour: Colour) -> Iterator[str]:
    yield ""
    if result.is_one_of_several:
        yield from _faint(f"{result.coverage.scenario}:", width, colour)
    rows, titles = _grid(result), 1
    if _extent(rows) > width:
        rows, titles = _pairs(result), 2
    yield from _table(rows, colour)
    marks = {line[:1] for row in rows[1:] for cell in row[titles:] for line in cell}
    legend = ", ".join(f"{mark} {text}" for mark, text in LEGEND.items() if mark in marks)
    yield from _faint(legend, width, colour)
    yield from _faint(describe_unreached(result), width, colour)


def _grid(result: CheckResult) -> list[Row]:
    """A row for each source, a column for each destination."""
    sources, destinations = choose_axes(result)
    pairs = {(each.source, each.destination): each for each in result.judgements}
    head: Row = (("from \\ to",), *(_title(party.title) for party in destinations))
    body: list[Row] = [
        (
            _title(source.title),
            *(_cell(pairs.get((source, party))) for party in destinations),
        )
        for source in sources
    ]
    return [head, *body]


def _pairs(result: CheckResult) -> list[Row]:
    """A row for each pair: for terminals too narrow for the matrix."""
    head: Row = (("from",), ("to",), ("what",))
    busy = (j for j in result.judgements if j.allowed or j.documented or j.undecided)
    return [
        head,
        *((_title(j.source.title), _title(j.destination.title), _cell(j)) for j in busy),
    ]


def _title(title: str) -> Cell:
    return tuple(textwrap.wrap(title, WIDEST_TITLE, break_long_words=False))


def _cell(judgement: Judgement | None) -> Cell:
    return (*describe_pair(judgement), *(f"  ({claim})" for claim in list_claims(judgement)))


def _widths(rows: list[Row]) -> list[int]:
    columns = zip(*rows, strict=True)
    return [max(len(line) for each in column for line in each) for column in columns]


def _extent(rows: list[Row]) -> int:
    widths = _widths(rows)
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _table(rows: list[Row], colour: Colour) -> Iterator[str]:
    widths = _widths(rows)
    for place, row in enumerate(rows):
        for number in range(max(map(len, row))):
            texts = [each[number] if number < len(each) else "" for each in row]
            line = GAP.join(
                _paint(text, width, place, colour)
                for text, width in zip(texts, widths, strict=True)
            )
            yield line.rstrip()


def _paint(text: str, width: int, row: int, colour: Colour) -> str:
    padding = " " * (width - len(text))
    style = Style.STRONG if row == 0 else MARKS.get(text[:1])
    return (styled(text, style, colour) if style and text else text) + padding


def _finding(finding: Finding, width: int, colour: Colour) -> Iterator[str]:
    severity = styled(finding.severity.value, SEVERITIES[finding.severity], colour)
    rule = link_rule(finding.rule, colour)
    policy = f"{GAP}{printable(finding.policy)}" if finding.policy else ""
    yield ""
    yield f"{severity} {rule}{GAP}{printable(finding.location.described)}{policy}"
    yield from wrap(finding.message, GAP, width)
    for line in list_related(finding):
        yield from wrap(f"see {line}", GAP, width)
    if finding.fix:
        yield from wrap(f"fix: {finding.fix}", GAP, width)
    yield from (f"    {line}" for line in finding.patch.splitlines())


def _posture(posture: Posture, width: int, colour: Colour) -> Iterator[str]:
    """What the network is like, and what was not looked at."""
    from netsim.report.check.posture import describe_network, tabulate_isolation
    from netsim.report.table.text import write_lines

    if posture.network:
        yield ""
        head, *rows = write_lines(tabulate_isolation(posture.network), width)
        yield styled(head, Style.STRONG, colour)
        yield from rows
        for section in describe_network(posture.network):
            yield from wrap(printable(section.title), "", width, GAP)
            for line in section.lines:
                yield from wrap(printable(line), GAP, width, GAP * 2)
    if posture.limits:
        yield ""
    for limit in posture.limits:
        yield from wrap(printable(f"Unknown: {limit}"), "", width, GAP)


def _causes(causes: Sequence[Cause], width: int, colour: Colour) -> Iterator[str]:
    """What is wrong whole, and notes in brief."""
    for cause in causes:
        if cause.first.severity is not Severity.NOTE:
            yield from _cause(cause, width, colour)
    notes = [each for each in causes if each.first.severity is Severity.NOTE]
    if notes:
        yield ""
    for note in notes:
        yield from _brief(note, width, colour)


def _brief(cause: Cause, width: int, colour: Colour) -> Iterator[str]:
    """Where it is, and what is wrong there."""
    first = cause.first
    severity = styled(first.severity.value, SEVERITIES[first.severity], colour)
    rule = link_rule(first.rule, colour)
    others = len(cause.findings) - 1
    more = f", and {count_noun(others, 'other place')}" if others else ""
    yield f"{severity} {rule}{GAP}{printable(str(first.location))}{more}"
    yield from wrap(first.message, GAP, width, most=BRIEF_LINES)


def _cause(cause: Cause, width: int, colour: Colour) -> Iterator[str]:
    yield from _finding(cause.first, width, colour)
    yield from _also(cause, width)


def _also(cause: Cause, width: int) -> list[str]:
    """Where else the same cause makes a finding."""
    others = [str(each.location) for each in cause.findings[1:]]
    if not others:
        return []
    text = f"the same {count_noun(len(others), 'more time')}: {join_first(others)}"
    return wrap(printable(text), GAP, width, GAP * 2)


def _suppressed(suppressed: Suppressed, width: int, colour: Colour) -> Iterator[str]:
    finding = suppressed.finding
    yield ""
    policy = f"{GAP}{finding.policy}" if finding.policy else ""
    heading = f"suppressed {finding.rule}{GAP}{finding.location.described}{policy}"
    yield styled(printable(heading), Style.FAINT, colour)
    yield from wrap(finding.message, GAP, width)
    yield from wrap(f"reason: {suppressed.reason} (see {suppressed.location})", GAP, width)
