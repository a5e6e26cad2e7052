"""``order`` as Markdown, for a job summary or a comment."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.order import OrderResult
from netsim.report.markdown import inline
from netsim.report.order.words import (
    describe_columns,
    describe_read,
    describe_verdict,
    list_columns,
    list_rows,
)
from netsim.report.style import Terminal
from netsim.report.table import Table
from netsim.report.table.markdown import write_markdown
from netsim.rollout.flaws import Flaw


def render(result: OrderResult, _: Terminal) -> str:
    """The verdict, the steps, faults and advice."""
    found = result.assessment
    parts = [f"**netsim order {inline(describe_verdict(result))}**\n", _steps(result)]
    parts += [f"{inline(text)}\n" for text in describe_columns(result)]
    parts += ["\n".join(_finding(finding)) for finding in (*found.faults, *found.advice)]
    parts.append(f"{inline(describe_read(result))}\n")
    return "\n".join(parts)


def _steps(result: OrderResult) -> str:
    body = (
        (row.step, *("; ".join(c.strip() for c in cell) for cell in cells))
        for row in list_rows(result)
        for cells in [(row.applies, row.needs, *row.after)]
    )
    return write_markdown(Table(list_columns(result), tuple(body)))


def _finding(finding: Flaw) -> Iterator[str]:
    yield f"### {finding.severity.value}: {inline(str(finding.location))}\n"
    yield f"{inline(finding.message)}\n"
    for related in finding.related:
        yield f"- see {inline(str(related.location))}: {inline(related.message)}"
    if finding.related:
        yield ""
    yield f"{inline(finding.fix)}\n"
