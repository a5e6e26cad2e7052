"""A comparison as text for a terminal or a file."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.diff import Comparison, ExplainedDifference
from netsim.engine.matrix.diff import Change
from netsim.engine.matrix.listing import Pair
from netsim.report.diff.words import (
    describe_read,
    describe_verdict,
    join_differences,
    list_changes,
)
from netsim.report.list.ranges import join_ranges
from netsim.report.list.words import describe_pair, mark_ends
from netsim.report.style import Colour, Style, Terminal, style_lines
from netsim.report.wrapping import wrap
from netsim.words.printable import printable

_SIGNS = {Change.OPENED: "+", Change.CLOSED: "-", Change.CHANGED: "~"}


_STYLES = {
    Change.OPENED: Style.GOOD,
    Change.CLOSED: Style.BAD,
    Change.CHANGED: Style.WARN,
}


def render(comparison: Comparison, terminal: Terminal) -> str:
    """The verdict, each difference with its causes, and the workloads of one side only."""
    return "\n".join((*_lines(comparison, terminal), ""))


def _lines(comparison: Comparison, terminal: Terminal) -> Iterator[str]:
    width, colour = terminal.width, terminal.colour
    is_open = comparison.errors or comparison.differs or comparison.unevaluated
    verdict = wrap(printable(describe_verdict(comparison)), "", width, "  ")
    yield from style_lines(verdict, Style.WARN if is_open else Style.GOOD, colour)
    for fault in comparison.errors:
        yield from wrap(printable(str(fault)), "", width, "  ")
    if comparison.unmatched:
        yield ""
    for policy in comparison.unmatched:
        yield from wrap(printable(str(policy)), "", width, "  ")
    if comparison.cautions:
        yield ""
    for caution in comparison.cautions:
        yield from wrap(printable(f"! {caution}"), "", width, "    ")
    for explained in join_differences(comparison):
        yield ""
        yield from _difference(explained, width, colour)
    diff = comparison.diff
    yield from _workloads("added", diff.added, diff.of_added, width)
    yield from _workloads("removed", diff.removed, diff.of_removed, width)
    yield ""
    read = wrap(f"read {printable(describe_read(comparison))}", "", width, "  ")
    yield from style_lines(read, Style.FAINT, colour)


def _difference(explained: ExplainedDifference, width: int, colour: Colour) -> Iterator[str]:
    found = explained.difference
    source, destination, note = mark_ends(found.source, found.destination, found.parts)
    sign, word = _SIGNS[found.change], found.change.value
    ends = f"{printable(source)} => {printable(destination)}{note}"
    title = wrap(f"{sign} {word}  {ends}", "", width, "    ")
    yield from style_lines(title, _STYLES[found.change], colour)
    for label, ports in list_changes(found):
        yield from wrap(f"{label}: {ports}", "    ", width, "      ")
    if explained.stated:
        yield f"    {explained.stated.value}"
    for cause in explained.causes:
        yield from wrap(printable(str(cause)), "    ", width, "      ")


def _workloads(
    word: str, names: tuple[str, ...], pairs: tuple[Pair, ...], width: int
) -> Iterator[str]:
    if not names:
        return
    yield ""
    yield from wrap(f"Workloads {word}: {printable(', '.join(names))}", "", width, "  ")
    for pair in join_ranges(pairs):
        source, destination, ports = describe_pair(pair)
        text = f"{source} => {destination} : {ports}"
        yield from wrap(printable(text), "  ", width, "      ")
