"""A comparison as text for a terminal or a file."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.diff import Comparison, ExplainedDifference
from netsim.engine.matrix.diff import Change
from netsim.engine.matrix.listing import Pair
from netsim.report.diff.words import describe_read, describe_verdict, list_changes
from netsim.report.list.words import describe_pair, mark_ends
from netsim.report.style import Terminal
from netsim.report.wrapping import wrap
from netsim.words.printable import printable

_SIGNS = {Change.OPENED: "+", Change.CLOSED: "-", Change.CHANGED: "~"}


def render(comparison: Comparison, terminal: Terminal) -> str:
    """The verdict, each difference with its causes, and the workloads of one side only."""
    return "\n".join((*_lines(comparison, terminal.width), ""))


def _lines(comparison: Comparison, width: int) -> Iterator[str]:
    yield describe_verdict(comparison)
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
    for explained in comparison.explained:
        yield ""
        yield from _difference(explained, width)
    diff = comparison.diff
    yield from _workloads("added", diff.added, diff.of_added, width)
    yield from _workloads("removed", diff.removed, diff.of_removed, width)
    yield ""
    yield from wrap(f"read {printable(describe_read(comparison))}", "", width, "  ")


def _difference(explained: ExplainedDifference, width: int) -> Iterator[str]:
    found = explained.difference
    source, destination, note = mark_ends(found.source, found.destination, found.parts)
    sign, word = _SIGNS[found.change], found.change.value
    ends = f"{printable(source)} => {printable(destination)}{note}"
    yield from wrap(f"{sign} {word}  {ends}", "", width, "    ")
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
    for pair in pairs:
        source, destination, ports = describe_pair(pair)
        text = f"{source} => {destination} : {ports}"
        yield from wrap(printable(text), "  ", width, "      ")
