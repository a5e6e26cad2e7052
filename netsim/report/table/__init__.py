"""Every tabular answer: a header and rows of plain text, which each format writes.

``Table(("src", "dst"), [("a/web[Deployment]", "a/api[Deployment]")])``
"""

from __future__ import annotations

from msgspec import Struct


class Table(Struct, frozen=True):
    """A header and rows; cells are plain text, which writers make safe for their format."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def used(self) -> Table:
        """Without the columns that are empty throughout."""
        places = [n for n in range(len(self.header)) if any(row[n] for row in self.rows)]
        return Table(
            tuple(self.header[n] for n in places),
            tuple(tuple(row[n] for n in places) for row in self.rows),
        )
