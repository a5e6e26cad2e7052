"""A drain as text for a terminal or a file."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.drain import DrainResult
from netsim.drain.drain import DrainOutcome
from netsim.report.drain.table import tabulate
from netsim.report.drain.words import describe_read, describe_verdict, list_assumptions
from netsim.report.style import Style, Terminal, style_lines, styled
from netsim.report.table.text import write_lines
from netsim.report.wrapping import wrap
from netsim.words.printable import printable

_STYLES = {
    DrainOutcome.BLOCKED: Style.BAD,
    DrainOutcome.UNKNOWN: Style.WARN,
    DrainOutcome.OUTAGE: Style.WARN,
    DrainOutcome.FINISHES: Style.GOOD,
    DrainOutcome.UNTOUCHED: Style.GOOD,
}


def render(result: DrainResult, terminal: Terminal) -> str:
    """The verdict, each group of pods, what was taken for granted, how much was read."""
    return "\n".join((*_lines(result, terminal), ""))


def _lines(result: DrainResult, terminal: Terminal) -> Iterator[str]:
    width, colour = terminal.width, terminal.colour
    verdict = wrap(printable(describe_verdict(result)), "", width)
    yield from style_lines(verdict, _STYLES[result.drain.outcome], colour)
    yield ""
    if result.drain.fates:
        head, *rows = write_lines(tabulate(result), width)
        yield styled(head, Style.STRONG, colour)
        yield from rows
        yield ""
    notes = [*list_assumptions(result)]
    for note in notes:
        yield from wrap(f"- {printable(note)}", "", width, "  ")
    if notes:
        yield ""
    read = wrap(f"read {describe_read(result)}", "", width)
    yield from style_lines(read, Style.FAINT, colour)
