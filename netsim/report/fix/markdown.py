"""``fix`` as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.fix import FixResult
from netsim.report.fix.words import (
    describe_finding,
    describe_verdict,
    list_reasons,
    list_serious,
)
from netsim.report.markdown import fenced, inline
from netsim.report.style import Terminal


def render(result: FixResult, terminal: Terminal) -> str:  # noqa: ARG001 - as all formats
    """A section for each fix, then what is left."""
    return "\n".join(_list_parts(result)).rstrip("\n") + "\n"


def _list_parts(result: FixResult) -> Iterator[str]:
    yield f"**{inline(describe_verdict(result))}**\n"
    for fixed in result.fixed:
        finding = fixed.finding
        yield f"### {inline(finding.rule)}\n"
        yield f"{inline(str(finding.location))}: {inline(finding.message)}\n"
        yield f"{inline(fixed.words)}\n"
        yield from (f"- with it: {inline(describe_finding(each))}" for each in fixed.also)
        yield fenced("".join(each.diff for each in fixed.changes).rstrip("\n"), "diff")
        yield ""
    for left in list_serious(result):
        finding = left.finding
        yield f"### left: {inline(finding.rule)}\n"
        yield f"{inline(str(finding.location))}: {inline(finding.message)}\n"
        yield from (f"- {inline(reason)}" for reason in list_reasons(left))
        yield ""
