"""``fix`` as ``patch`` and ``git apply`` read it: a diff, with comments above its parts."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.fix import Fixed, FixResult
from netsim.report.fix.words import describe_verdict, list_reasons, list_serious
from netsim.report.style import Terminal
from netsim.report.wrapping import wrap
from netsim.words.printable import printable


def render(result: FixResult, terminal: Terminal) -> str:
    """The diff of each fix below its finding, then what is left."""
    return "".join(f"{line}\n" for line in _list_lines(result, terminal.width))


def _list_lines(result: FixResult, width: int) -> Iterator[str]:
    yield from _comment(describe_verdict(result), width)
    for fixed in result.fixed:
        yield "#"
        yield from _describe_fixed(fixed, width)
    for left in list_serious(result):
        yield "#"
        finding = left.finding
        place = f"left: {finding.severity.value} {finding.rule} {finding.location}"
        yield from _comment(place, width)
        yield from _comment(finding.message, width)
        for reason in list_reasons(left):
            yield from _comment(reason, width)


def _describe_fixed(fixed: Fixed, width: int) -> Iterator[str]:
    finding = fixed.finding
    yield from _comment(f"{finding.severity.value} {finding.rule} {finding.location}", width)
    yield from _comment(finding.message, width)
    yield from _comment(f"fix: {fixed.words}", width)
    for change in fixed.changes:
        yield from change.diff.rstrip("\n").split("\n")


def _comment(text: str, width: int) -> Iterator[str]:
    return (f"# {line}".rstrip() for line in wrap(printable(text), "", width - 2))
