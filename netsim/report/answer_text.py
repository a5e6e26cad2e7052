"""An answer as aligned columns."""

from __future__ import annotations

from netsim.report.answer import Answer
from netsim.report.printable import printable
from netsim.report.summary import Read, counted


def render(answer: Answer, read: Read) -> str:
    """What was asked, the rows, and how much was read."""
    lines = [printable(answer.says), ""]
    if answer.rows:
        cells = [[printable(cell) for cell in row] for row in (answer.header, *answer.rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines += [_line(row, widths) for row in cells]
        lines.append("")
    lines.append(f"{counted(len(answer.rows), 'row')}; read {read}")
    return "\n".join([*lines, ""])


def _line(cells: list[str], widths: list[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()
