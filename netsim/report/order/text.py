"""``order`` for the terminal: the verdict, the steps as a table, then faults and advice."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest

from netsim.app.order import OrderResult
from netsim.model.finding import Severity
from netsim.report.order.words import (
    describe_columns,
    describe_read,
    describe_verdict,
    list_columns,
    list_rows,
)
from netsim.report.style import Colour, Style, Terminal, styled
from netsim.report.wrapping import wrap
from netsim.rollout.flaws import Flaw
from netsim.words.printable import printable

GAP = "  "
SEVERITIES = {
    Severity.ERROR: Style.BAD,
    Severity.WARNING: Style.WARN,
    Severity.NOTE: Style.NOTE,
}
NARROWEST = 10
LEAST = ((3, 9), (4, 9), (2, 20))
"""Columns in the order in which they give way, the states first, and how far."""

Cell = Sequence[str]


def render(result: OrderResult, terminal: Terminal) -> str:
    """The report, wrapped to the width of the terminal; ends with a line break."""
    width, colour = terminal.width, terminal.colour
    found = result.assessment
    style = Style.BAD if found.faults else Style.GOOD
    lines = [styled(line, style, colour) for line in wrap(describe_verdict(result), "", width)]
    lines += ["", *_table(result, width, colour), ""]
    for text in describe_columns(result):
        lines += _faint(text, width, colour)
    for finding in (*found.faults, *found.advice):
        lines += _finding(finding, width, colour)
    lines += ["", *_faint(describe_read(result), width, colour)]
    return "".join(f"{line}\n" for line in lines)


def _faint(text: str, width: int, colour: Colour) -> list[str]:
    return [styled(line, Style.FAINT, colour) for line in wrap(printable(text), "", width, GAP)]


def _table(result: OrderResult, width: int, colour: Colour) -> Iterator[str]:
    table: list[tuple[Cell, ...]] = [tuple((title,) for title in list_columns(result))]
    table += [((row.step,), row.applies, row.needs, *row.after) for row in list_rows(result)]
    grid = [[[printable(line) for line in cell] for cell in row] for row in table]
    sizes = _sizes(grid, width)
    for place, row in enumerate(grid):
        cells = [_lines(cell, size) for cell, size in zip(row, sizes, strict=True)]
        for texts in zip_longest(*cells, fillvalue=""):
            parts = (text.ljust(size) for text, size in zip(texts, sizes, strict=True))
            line = GAP.join(parts).rstrip()
            yield styled(line, Style.STRONG, colour) if place == 0 else line


def _sizes(grid: Sequence[Sequence[Cell]], width: int) -> list[int]:
    """What each column needs; what breaks at spaces gives way first, then the widest."""
    sizes = [max(map(len, chain(*column)), default=0) for column in zip(*grid, strict=True)]
    while sum(sizes) + len(GAP) * (len(sizes) - 1) > width:
        yielding = [place for place, least in LEAST if sizes[place:] and sizes[place] > least]
        place = yielding[0] if yielding else sizes.index(max(sizes))
        if sizes[place] <= NARROWEST and not yielding:
            break
        sizes[place] -= 1
    return sizes


def _lines(cell: Cell, size: int) -> list[str]:
    return [part for line in cell for part in _broken(line, size)]


def _broken(line: str, size: int) -> list[str]:
    """Broken at spaces, and after slashes where a path is too long for the column."""
    indent = " " * (len(line) - len(line.lstrip())) + GAP
    folder, slash, rest = line[:size].rpartition("/")
    if slash and len(line) > size and " " not in line.strip():
        return [f"{folder}/", *_broken(f"{indent}{rest}{line[size:]}", size)]
    return textwrap.wrap(line, size, subsequent_indent=indent, break_on_hyphens=False)


def _finding(finding: Flaw, width: int, colour: Colour) -> Iterator[str]:
    severity = styled(finding.severity.value, SEVERITIES[finding.severity], colour)
    yield ""
    yield f"{severity} {printable(finding.location.described)}"
    yield from wrap(printable(finding.message), GAP, width)
    for related in finding.related:
        text = f"see {related.location}: {related.message}"
        yield from wrap(printable(text), GAP, width)
    if finding.fix:
        yield from wrap(printable(f"fix: {finding.fix}"), GAP, width)
