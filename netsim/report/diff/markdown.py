"""A comparison as Markdown, for a comment on a change."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.engine.matrix.listing import Pair
from netsim.report.diff.comparison import Comparison, Explained, parts
from netsim.report.markdown import inline, table
from netsim.report.table.pairs_text import connection


def render(comparison: Comparison) -> str:
    """The verdict first, then only what differs."""
    return "\n".join(_blocks(comparison))


def _blocks(comparison: Comparison) -> Iterator[str]:
    yield f"**{inline(comparison.verdict)}**\n"
    if comparison.explained:
        header = ("", "from", "to", "ports", "because")
        yield table(header, map(_row, comparison.explained))
    diff = comparison.diff
    yield from _workloads("added", diff.added, diff.of_added)
    yield from _workloads("removed", diff.removed, diff.of_removed)
    yield f"Read {inline(comparison.read)}.\n"


def _row(explained: Explained) -> tuple[str, ...]:
    found = explained.difference
    ports = "; ".join(f"{label} {ports}" for label, ports in parts(found))
    because = "; ".join(str(cause) for cause in explained.causes)
    return found.change.value, found.source, found.destination, ports, because


def _workloads(word: str, names: tuple[str, ...], pairs: tuple[Pair, ...]) -> Iterator[str]:
    if not names:
        return
    yield f"Workloads {word}: {inline(', '.join(names))}\n"
    if pairs:
        rows = ((pair.source, pair.destination, connection(pair)) for pair in pairs)
        yield table(("from", "to", "ports"), rows)
