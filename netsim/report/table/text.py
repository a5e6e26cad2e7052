"""A table as aligned columns; those that are too wide stand below, each on its line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netsim.report.table import Table
from netsim.report.wrapping import wrap
from netsim.words.printable import printable

GAP = "  "
INDENT = "    "


def write_lines(table: Table, width: int) -> Iterator[str]:
    """The header and the rows."""
    header, *rows = [[printable(cell) for cell in row] for row in (table.header, *table.rows)]
    sizes = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    count = _count_fitting(sizes, width)
    yield _line(header, sizes[:count])
    for row in rows:
        yield _line(row, sizes[:count])
        for name, cell in zip(header[count:], row[count:], strict=True):
            if cell:
                yield from wrap(f"{name}: {cell}", INDENT, width, INDENT + GAP)


def _line(row: Sequence[str], sizes: Sequence[int]) -> str:
    cells = (cell.ljust(size) for cell, size in zip(row, sizes, strict=False))
    return GAP.join(cells).rstrip()


def _count_fitting(sizes: Sequence[int], width: int) -> int:
    """How many columns fit beside each other; the first always does."""
    used, count = sizes[0], 1
    for size in sizes[1:]:
        used += len(GAP) + size
        if used > width:
            break
        count += 1
    return count
