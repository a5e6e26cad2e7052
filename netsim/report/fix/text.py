"""``fix`` as ``patch`` and ``git apply`` read it: a diff, with comments above its parts."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.fix import FixResult
from netsim.app.repair import Fixed
from netsim.report.fix.words import (
    describe_finding,
    describe_verdict,
    list_reasons,
    list_serious,
)
from netsim.report.style import Colour, Style, Terminal, styled
from netsim.report.wrapping import wrap
from netsim.words.printable import printable

_STYLES = {"+": Style.GOOD, "-": Style.BAD, "@": Style.NOTE, "#": Style.FAINT}


def render(result: FixResult, terminal: Terminal) -> str:
    """The diff of each fix below its finding, then what is left."""
    lines = _list_lines(result, terminal.width)
    return "".join(f"{_style(line, terminal.colour)}\n" for line in lines)


def _style(line: str, colour: Colour) -> str:
    """Added and removed lines as a diff has them; comments are faint."""
    style = _STYLES.get(line[:1])
    return styled(line, style, colour) if style and line.strip() else line


def _list_lines(result: FixResult, width: int) -> Iterator[str]:
    yield from _comment(describe_verdict(result), width)
    for fixed in result.fixed:
        yield "#"
        yield from _describe_fixed(fixed, width)
    for left in list_serious(result):
        yield "#"
        finding = left.finding
        yield from _comment(f"left: {describe_finding(finding)}", width)
        yield from _comment(finding.message, width)
        for reason in list_reasons(left):
            yield from _comment(reason, width)


def _describe_fixed(fixed: Fixed, width: int) -> Iterator[str]:
    finding = fixed.finding
    yield from _comment(describe_finding(finding), width)
    yield from _comment(finding.message, width)
    for other in fixed.also:
        yield from _comment(f"with it: {describe_finding(other)}", width)
    yield from _comment(f"fix: {fixed.words}", width)
    for change in fixed.changes:
        yield from change.diff.rstrip("\n").split("\n")


def _comment(text: str, width: int) -> Iterator[str]:
    return (f"# {line}".rstrip() for line in wrap(printable(text), "", width - 2))
