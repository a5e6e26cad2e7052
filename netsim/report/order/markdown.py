"""``order`` as Markdown, for a job summary or a comment."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.report.markdown import inline, table
from netsim.report.order.words import OrderReport, header, legend, read_text, rows, verdict
from netsim.rollout.flaws import Flaw


def render(report: OrderReport) -> str:
    """The verdict, the steps, faults and advice."""
    found = report.assessment
    parts = [f"**netsim order {inline(verdict(report))}**\n", _steps(report)]
    parts += [f"{inline(text)}\n" for text in legend(report)]
    parts += ["\n".join(_finding(finding)) for finding in (*found.faults, *found.advice)]
    parts.append(f"{inline(read_text(report))}\n")
    return "\n".join(parts)


def _steps(report: OrderReport) -> str:
    body = (
        [row.step, *("; ".join(c.strip() for c in cell) for cell in cells)]
        for row in rows(report)
        for cells in [(row.applies, row.needs, *row.after)]
    )
    return table(header(report), body)


def _finding(finding: Flaw) -> Iterator[str]:
    yield f"### {finding.severity.value}: {inline(str(finding.location))}\n"
    yield f"{inline(finding.message)}\n"
    for related in finding.related:
        yield f"- see {inline(str(related.location))}: {inline(related.message)}"
    if finding.related:
        yield ""
    yield f"{inline(finding.fix)}\n"
