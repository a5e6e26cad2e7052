"""A comparison as Markdown, for a comment on a change."""

from __future__ import annotations

from functools import partial

from netsim.app.diff import Comparison, ExplainedDifference
from netsim.engine.matrix.listing import Pair
from netsim.report.budget import Section, fit, text
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
from netsim.words.lists import count_noun

_SHOWN = 5
"""Connections that are listed for one cause, where not all can be."""


def render(comparison: Comparison, terminal: Terminal) -> str:
    """The verdict first, then only what differs; shortened where there is a limit."""
    named = (*comparison.errors, *comparison.unmatched, *comparison.cautions)
    listed = "".join(f"- {inline(str(each))}\n" for each in named)
    differences = Section(
        (
            partial(_tabulate, comparison),
            partial(_list_causes, comparison, _SHOWN),
            partial(_list_causes, comparison, 0),
            str,
        ),
        "the connections",
    )
    diff = comparison.diff
    added, removed = ("added", diff.added), ("removed", diff.removed)
    workloads = Section(
        (
            partial(_write_workloads, (*added, diff.of_added), (*removed, diff.of_removed)),
            partial(_write_workloads, (*added, ()), (*removed, ())),
            str,
        ),
        "the workloads",
    )
    sections = (
        text(f"**{inline(describe_verdict(comparison))}**\n"),
        text(listed),
        differences,
        workloads,
        text(f"Read {inline(describe_read(comparison))}.\n"),
    )
    return fit(sections, (differences, workloads), terminal.limit)


def _tabulate(comparison: Comparison) -> str:
    if not comparison.explained:
        return ""
    header: tuple[str, ...] = ("", "from", "to", "ports", "because")
    if comparison.is_documented:
        header = (*header, "documented")
    return write_markdown(Table(header, tuple(map(_row, join_differences(comparison)))))


def _list_causes(comparison: Comparison, shown: int) -> str:
    """A line for each cause, with the first of what it makes differ."""
    groups: dict[str, list[ExplainedDifference]] = {}
    for each in join_differences(comparison):
        groups.setdefault(_describe_causes(each), []).append(each)
    lines: list[str] = []
    for because, differences in groups.items():
        number = count_noun(len(differences), "connection")
        lines.append(f"- {inline(because or 'No policy differs')}: {number}")
        for change, source, destination, ports, *_ in map(_row, differences[:shown]):
            lines.append(f"  - {change} {inline(f'{source} → {destination}: {ports}')}")
        if len(differences) > shown > 0:
            lines.append(f"  - and {len(differences) - shown} more")
    return "\n".join((*lines, ""))


def _describe_causes(explained: ExplainedDifference) -> str:
    return "; ".join(str(cause) for cause in explained.causes)


def _row(explained: ExplainedDifference) -> tuple[str, ...]:
    found = explained.difference
    ports = "; ".join(f"{label} {ports}" for label, ports in list_changes(found))
    because = _describe_causes(explained)
    stated = (explained.stated.value,) if explained.stated else ()
    source, destination, note = mark_ends(found.source, found.destination, found.parts)
    return found.change.value, source, destination, ports + note, because, *stated


def _write_workloads(*groups: tuple[str, tuple[str, ...], tuple[Pair, ...]]) -> str:
    parts: list[str] = []
    for word, names, pairs in groups:
        if names:
            parts.append(f"Workloads {word}: {inline(', '.join(names))}\n")
        if pairs:
            rows = tuple(describe_pair(pair) for pair in join_ranges(pairs))
            parts.append(write_markdown(Table(("from", "to", "ports"), rows)))
    return "\n".join(parts)
