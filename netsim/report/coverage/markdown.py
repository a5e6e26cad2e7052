"""``coverage`` as Markdown, for a job summary or a comment."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.coverage import CoverageResult
from netsim.report.coverage.words import (
    advise,
    describe_effect,
    describe_idle,
    describe_mutant,
    describe_read,
    describe_verdict,
    group_redundant,
    tabulate,
    title_idle,
)
from netsim.report.markdown import inline
from netsim.report.style import Terminal
from netsim.report.table import Table
from netsim.report.table.markdown import write_markdown


def render(result: CoverageResult, _: Terminal) -> str:
    """The score, the policies, the survivors, then what is folded away."""
    return "\n".join(_blocks(result))


def _blocks(result: CoverageResult) -> Iterator[str]:
    yield f"**netsim {inline(describe_verdict(result))}**\n"
    yield write_markdown(tabulate(result))
    if result.survivors:
        yield "### Nobody would notice\n"
        rows = (
            (str(t.mutant.location), describe_mutant(t), describe_effect(t), advise(t))
            for t in result.survivors
        )
        yield write_markdown(Table(("place", "change", "effect", "fix"), tuple(rows)))
    for title, places in group_redundant(result):
        yield from _folded(title, (f"{place} {text}" for place, text in places))
    if result.idle:
        idle = (f"{flow.location} {describe_idle(flow)}" for flow in result.idle)
        yield from _folded(title_idle(result), idle)
    yield f"{inline(describe_read(result))}\n"


def _folded(title: str, lines: Iterator[str]) -> Iterator[str]:
    yield f"<details><summary>{title}</summary>\n"
    yield "".join(f"- {inline(line)}\n" for line in lines)
    yield "</details>\n"
