"""A comparison as text for a terminal or a file."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.engine.matrix.diff import Change
from netsim.engine.matrix.listing import Pair
from netsim.report.diff.comparison import Comparison, Explained, parts
from netsim.report.table.pairs_text import connection, ends
from netsim.report.wrapping import wrapped
from netsim.words.printable import printable

_SIGNS = {Change.OPENED: "+", Change.CLOSED: "-", Change.CHANGED: "~"}


def render(comparison: Comparison, width: int) -> str:
    """The verdict, each difference with its causes, and the workloads of one side only."""
    return "\n".join((*_lines(comparison, width), ""))


def _lines(comparison: Comparison, width: int) -> Iterator[str]:
    yield comparison.verdict
    for explained in comparison.explained:
        yield ""
        yield from _difference(explained, width)
    diff = comparison.diff
    yield from _workloads("added", diff.added, diff.of_added, width)
    yield from _workloads("removed", diff.removed, diff.of_removed, width)
    yield ""
    yield from wrapped(f"read {printable(comparison.read)}", "", width, "  ")


def _difference(explained: Explained, width: int) -> Iterator[str]:
    found = explained.difference
    source, destination = printable(found.source), printable(found.destination)
    sign, word = _SIGNS[found.change], found.change.value
    yield from wrapped(f"{sign} {word}  {source} => {destination}", "", width, "    ")
    for label, ports in parts(found):
        yield from wrapped(f"{label}: {ports}", "    ", width, "      ")
    for cause in explained.causes:
        yield from wrapped(printable(str(cause)), "    ", width, "      ")


def _workloads(
    word: str, names: tuple[str, ...], pairs: tuple[Pair, ...], width: int
) -> Iterator[str]:
    if not names:
        return
    yield ""
    yield from wrapped(f"Workloads {word}: {printable(', '.join(names))}", "", width, "  ")
    for pair in pairs:
        source, destination = ends(pair)
        yield from wrapped(
            f"{source} => {destination} : {connection(pair)}", "  ", width, "      "
        )
