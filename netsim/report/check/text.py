"""``check`` for the terminal: the verdict, the pairs, the findings, and the verdict again.

Written without a layout library: one would take a fifth of the time a check takes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING

from netsim.app.causes import Cause
from netsim.app.check import CheckResult, Conclusion
from netsim.model.finding import Finding, Severity, Suppressed
from netsim.report.check.pairs import (
    Grid,
    arrange_all,
    arrange_problems,
    list_problems,
    summarise_pairs,
)
from netsim.report.check.words import (
    LEGEND,
    NEXT_STEP,
    describe_coverage,
    describe_unreached,
    describe_verdict,
    describe_withheld,
    list_busy,
    list_related,
    point_above,
)
from netsim.report.style import Colour, Pairs, Style, Terminal, link_rule, styled
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
BRIEF_LINES = 3
"""Lines of what a note says."""
GAP = "  "


def render(result: CheckResult, terminal: Terminal) -> str:
    """The report, wrapped to the width of the terminal; ends with a line break."""
    width, colour = terminal.width, terminal.colour
    pairs = terminal.pairs or Pairs.PROBLEMS
    verdict = list(_verdict(result, width, colour))
    lines = [*verdict]
    for system in result.systems or (result,):
        if system.parties and pairs is not Pairs.NONE:
            lines += _pairs(system, terminal, pairs)
    if result.posture:
        lines += _posture(result.posture, width, colour)
        lines += _causes(result.posture.causes, width, colour)
    else:
        shown: dict[Hashable, Finding] = {}
        for finding in result.findings:
            lines += _finding(finding, width, colour, shown)
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
    lines += verdict
    return "".join(f"{line}\n" for line in lines)


def _verdict(result: CheckResult, width: int, colour: Colour) -> Iterator[str]:
    for line in wrap(describe_verdict(result), "", width):
        yield styled(line, CONCLUSIONS[result.conclusion], colour)


def _faint(text: str, width: int, colour: Colour) -> list[str]:
    return [styled(line, Style.FAINT, colour) for line in wrap(text, "", width)]


def _pairs(result: CheckResult, terminal: Terminal, pairs: Pairs) -> Iterator[str]:
    """The pairs that were asked for, and what passes in a line."""
    width, colour = terminal.width, terminal.colour
    yield ""
    if result.is_one_of_several:
        yield from _faint(f"{result.coverage.scenario}:", width, colour)
    if pairs is Pairs.ALL:
        if list_busy(result):
            yield from _grid(arrange_all(result, terminal.table_width), width, colour)
        yield from _faint(describe_unreached(result), width, colour)
        return
    problems = list_problems(result)
    if problems:
        yield from _grid(arrange_problems(problems, terminal.table_width), width, colour)
    yield from _faint(summarise_pairs(result, problems), width, colour)


def _grid(grid: Grid, width: int, colour: Colour) -> Iterator[str]:
    widths = grid.widths
    for place, row in enumerate(grid.rows):
        for number in range(max(map(len, row))):
            texts = [each[number] if number < len(each) else "" for each in row]
            cells = zip(texts, widths, strict=True)
            line = GAP.join(_paint(text, size, place, colour) for text, size in cells)
            yield line.rstrip()
    legend = [f"{mark} {text}" for mark, text in LEGEND.items() if mark in grid.marks]
    if grid.left:
        yield from _faint(f"and {grid.left} more rows", width, colour)
    if grid.is_folded:
        legend.append("numbers count pairs, and --format json lists each")
    yield from _faint(", ".join(legend), width, colour)


def _paint(text: str, width: int, row: int, colour: Colour) -> str:
    padding = " " * (width - len(text))
    style = Style.STRONG if row == 0 else MARKS.get(text[:1])
    return (styled(text, style, colour) if style and text else text) + padding


def _finding(
    finding: Finding, width: int, colour: Colour, shown: dict[Hashable, Finding]
) -> Iterator[str]:
    """A finding whole; ``shown`` are those whose change is written out, by that change."""
    severity = styled(finding.severity.value, SEVERITIES[finding.severity], colour)
    rule = link_rule(finding.rule, colour)
    policy = f"{GAP}{printable(finding.policy)}" if finding.policy else ""
    yield ""
    yield f"{severity} {rule}{GAP}{printable(finding.location.described)}{policy}"
    yield from wrap(finding.message, GAP, width)
    for line in list_related(finding):
        yield from wrap(f"see {line}", GAP, width)
    if above := point_above(finding, shown):
        yield from wrap(f"fix: {above}", GAP, width)
        return
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
    shown: dict[Hashable, Finding] = {}
    for cause in causes:
        if cause.first.severity is not Severity.NOTE:
            yield from _finding(cause.first, width, colour, shown)
            yield from _also(cause, width)
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
