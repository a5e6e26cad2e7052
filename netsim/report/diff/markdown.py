"""A comparison as Markdown, for a comment on a change."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.diff import Comparison, ExplainedDifference
from netsim.engine.matrix.listing import Pair
from netsim.report.diff.words import (
    describe_read,
    describe_verdict,
    join_differences,
    list_changes,
)
from netsim.report.list.ranges import join_ranges
from netsim.report.list.words import describe_pair, mark_ends
from netsim.report.markdown import inline
from netsim.report.style import Terminal
from netsim.report.table import Table
from netsim.report.table.markdown import write_markdown


def render(comparison: Comparison, _: Terminal) -> str:
    """The verdict first, then only what differs."""
    return "\n".join(_blocks(comparison))


def _blocks(comparison: Comparison) -> Iterator[str]:
    yield f"**{inline(describe_verdict(comparison))}**\n"
    named = (*comparison.errors, *comparison.unmatched, *comparison.cautions)
    if named:
        yield "\n".join(f"- {inline(str(each))}" for each in named) + "\n"
    if comparison.explained:
        header: tuple[str, ...] = ("", "from", "to", "ports", "because")
        if comparison.is_documented:
            header = (*header, "documented")
        yield write_markdown(Table(header, tuple(map(_row, join_differences(comparison)))))
    diff = comparison.diff
    yield from _workloads("added", diff.added, diff.of_added)
    yield from _workloads("removed", diff.removed, diff.of_removed)
    yield f"Read {inline(describe_read(comparison))}.\n"


def _row(explained: ExplainedDifference) -> tuple[str, ...]:
    found = explained.difference
    ports = "; ".join(f"{label} {ports}" for label, ports in list_changes(found))
    because = "; ".join(str(cause) for cause in explained.causes)
    stated = (explained.stated.value,) if explained.stated else ()
    source, destination, note = mark_ends(found.source, found.destination, found.parts)
    return found.change.value, source, destination, ports + note, because, *stated


def _workloads(word: str, names: tuple[str, ...], pairs: tuple[Pair, ...]) -> Iterator[str]:
    if not names:
        return
    yield f"Workloads {word}: {inline(', '.join(names))}\n"
    if pairs:
        rows = tuple(describe_pair(pair) for pair in join_ranges(pairs))
        yield write_markdown(Table(("from", "to", "ports"), rows))
