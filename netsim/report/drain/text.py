"""A drain as text for a terminal or a file."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.drain import DrainResult
from netsim.report.drain.table import tabulate
from netsim.report.drain.words import describe_read, describe_verdict, list_assumptions
from netsim.report.style import Terminal
from netsim.report.table.text import write_lines
from netsim.report.wrapping import wrap
from netsim.words.printable import printable


def render(result: DrainResult, terminal: Terminal) -> str:
    """The verdict, each group of pods, what was taken for granted, how much was read."""
    return "\n".join((*_lines(result, terminal.width), ""))


def _lines(result: DrainResult, width: int) -> Iterator[str]:
    yield from wrap(printable(describe_verdict(result)), "", width)
    yield ""
    if result.drain.fates:
        yield from write_lines(tabulate(result), width)
        yield ""
    notes = [*list_assumptions(result)]
    for note in notes:
        yield from wrap(f"- {printable(note)}", "", width, "  ")
    if notes:
        yield ""
    yield from wrap(f"read {describe_read(result)}", "", width)
