"""A drain as Markdown, for a comment on a change."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.drain import DrainResult
from netsim.report.drain.table import tabulate
from netsim.report.drain.words import describe_read, describe_verdict, list_assumptions
from netsim.report.markdown import inline
from netsim.report.style import Terminal
from netsim.report.table.markdown import write_markdown


def render(result: DrainResult, _: Terminal) -> str:
    """The verdict first, then the groups of pods."""
    return "\n".join(_blocks(result))


def _blocks(result: DrainResult) -> Iterator[str]:
    yield f"**{inline(describe_verdict(result))}**\n"
    if result.drain.fates:
        yield write_markdown(tabulate(result))
    notes = [f"- {inline(each)}" for each in list_assumptions(result)]
    if notes:
        yield "\n".join(notes) + "\n"
    yield f"Read {inline(describe_read(result))}.\n"
