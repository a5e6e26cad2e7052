"""A drain as Markdown, for a comment on a change."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.report.drain.report import DrainReport
from netsim.report.drain.text import rows
from netsim.report.markdown import inline, table


def render(report: DrainReport) -> str:
    """The verdict first, then the groups of pods."""
    return "\n".join(_blocks(report))


def _blocks(report: DrainReport) -> Iterator[str]:
    yield f"**{inline(report.verdict)}**\n"
    if report.drain.fates:
        header, *groups = rows(report)
        yield table(header, groups)
    if report.notes:
        yield "\n".join(f"- {inline(note)}" for note in report.notes) + "\n"
    yield f"Read {inline(report.read)}.\n"
