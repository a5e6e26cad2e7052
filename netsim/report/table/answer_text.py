"""An answer as aligned columns; those that are too wide stand below, each on its line."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.report.summary import Read, counted
from netsim.report.table.answer import Answer
from netsim.report.wrapping import wrapped
from netsim.words.printable import printable

GAP = "  "
INDENT = "    "

Table = list[list[str]]


def render(answer: Answer, read: Read, width: int) -> str:
    """What was asked, the rows, and how much was read."""
    lines = [*wrapped(printable(answer.says), "", width), ""]
    if answer.rows:
        lines += [*body(_used(answer), width), ""]
    lines += wrapped(f"{counted(len(answer.rows), 'row')}; read {read}", "", width)
    return "\n".join([*lines, ""])


def _used(answer: Answer) -> Table:
    """Header and rows, without columns that are empty throughout."""
    used = [place for place in range(len(answer.header)) if any(r[place] for r in answer.rows)]
    return [[printable(row[p]) for p in used] for row in (answer.header, *answer.rows)]


def body(table: Table, width: int) -> Iterator[str]:
    """The lines of a table whose first row is the header; its cells are printable."""
    sizes = [max(map(len, column)) for column in zip(*table, strict=True)]
    fitting = _fitting(sizes, width)
    header = table[0]
    for row in table:
        cells = (cell.ljust(size) for cell, size in zip(row, sizes[:fitting], strict=False))
        yield GAP.join(cells).rstrip()
        for name, cell in zip(header[fitting:], row[fitting:], strict=True):
            if cell and row is not header:
                yield from wrapped(f"{name}: {cell}", INDENT, width, INDENT + GAP)


def _fitting(sizes: list[int], width: int) -> int:
    """How many columns fit beside each other; the first always does."""
    used, count = sizes[0], 1
    for size in sizes[1:]:
        used += len(GAP) + size
        if used > width:
            break
        count += 1
    return count
