"""The table of files: what stands beside a document, one row a file or folder."""

from __future__ import annotations

from netsim.intent.document import markdown
from netsim.intent.document.inline import code_spans, plain
from netsim.intent.document.markdown_tables import Row, Table, tables
from netsim.intent.document.sections import Document, Expected
from netsim.intent.document.statements import StatedFile
from netsim.intent.errors import IntentError, read_all
from netsim.intent.scenario.bundle import HeadingReference
from netsim.model.location import Location

_EXPECTED = Expected("table of files", "put a table with the columns File and Purpose there")
_HEADERS = ("file", "path", "manifest")


def read_files(
    document: Document, heading: HeadingReference
) -> tuple[tuple[StatedFile, ...], Location]:
    """The rows of the first table below the heading that has a column of files, and its line.

    A cell names files in backquotes, or one without them; a link is named by its text.
    Raises ``IntentErrors``.
    """
    table, column = document.only(heading, _EXPECTED, _table)
    rows = read_all(lambda row: _files(document, row, column), table.rows)
    files = tuple(file for row in rows for file in row)
    return files, document.location(table.header.line)


def _table(section: markdown.Section) -> tuple[Table, int] | None:
    for table in tables(section.parts):
        for word in _HEADERS:
            column = table.column(word)
            if column is not None:
                return table, column
    return None


def _files(document: Document, row: Row, column: int) -> tuple[StatedFile, ...]:
    cell, place = row.cell(column), document.location(row.line)
    names = [name for name in code_spans(cell) if name and not name.count(" ")]
    if not names and plain(cell) and " " not in plain(cell):
        names = [plain(cell)]
    if not names:
        raise IntentError(
            f"{plain(cell)!r} names no file; write it in backquotes, as `network-policy.yaml`, "
            "and a folder with a slash at its end",
            place,
        )
    return tuple(StatedFile(name, place) for name in names)
