"""Tables of a document that state something: which files there are, and the budgets.

``| `web.yaml` | front end |`` states a file, ``| Web | 1 | N/A |`` a budget.
"""

from __future__ import annotations

import re

from msgspec import Struct

from netsim.intent.document import markdown
from netsim.intent.document.markdown import (
    MarkdownTable,
    TableRow,
    find_code,
    find_tables,
    strip_marks,
)
from netsim.intent.document.sections import Document, Expected
from netsim.intent.document.statements import StatedBudget, StatedFile
from netsim.intent.errors import IntentError, read_all
from netsim.intent.scenario.bundle import HeadingReference
from netsim.model.disruption import Amount, Unit
from netsim.model.location import Location

_EXPECTED_FILES = Expected(
    "table of files", "put a table with the columns File and Purpose there"
)
_FILE_HEADERS = ("file", "path", "manifest")


def read_files(
    document: Document, heading: HeadingReference
) -> tuple[tuple[StatedFile, ...], Location]:
    """The rows of the first table below the heading that has a column of files, and its line.

    A cell names files in backquotes, or one without them; a link is named by its text.
    Raises ``IntentErrors``.
    """
    table, column = document.only(heading, _EXPECTED_FILES, _find_files_table)
    rows = read_all(lambda row: _read_file_names(document, row, column), table.rows)
    files = tuple(file for row in rows for file in row)
    return files, document.location(table.header.line)


def _find_files_table(section: markdown.Section) -> tuple[MarkdownTable, int] | None:
    for table in find_tables(section.parts):
        for word in _FILE_HEADERS:
            column = table.column(word)
            if column is not None:
                return table, column
    return None


def _read_file_names(document: Document, row: TableRow, column: int) -> tuple[StatedFile, ...]:
    cell, place = row.cell(column), document.location(row.line)
    names = [name for name in find_code(cell) if name and not name.count(" ")]
    if not names and strip_marks(cell) and " " not in strip_marks(cell):
        names = [strip_marks(cell)]
    if not names:
        raise IntentError(
            f"{strip_marks(cell)!r} names no file; write it in backquotes, as "
            "`network-policy.yaml`, and a folder with a slash at its end",
            place,
        )
    return tuple(StatedFile(name, place) for name in names)


_EXPECTED_BUDGETS = Expected(
    "table of budgets",
    "put a table with the columns Service, Min Available and Max Unavailable there",
)
_AMOUNT = re.compile(r"([0-9]{1,9})\s*(%?)")
_NOTHING = frozenset(("", "n/a", "na", "none", "-", "–", "—"))


_SERVICE_HEADERS = ("service", "component", "workload", "deployment", "name")


class _BudgetColumns(Struct, frozen=True):
    service: int
    min_available: int
    max_unavailable: int


def read_budgets(
    document: Document, heading: HeadingReference
) -> tuple[tuple[StatedBudget, ...], Location]:
    """The rows of the table below the heading, and its line.

    Raises ``IntentErrors`` with every cell that is neither an amount nor empty.
    """
    table, columns = document.only(heading, _EXPECTED_BUDGETS, _find_budget_table)
    rows = read_all(lambda row: _read_budget(document, row, columns), table.rows)
    return rows, document.location(table.header.line)


def _find_budget_table(
    section: markdown.Section,
) -> tuple[MarkdownTable, _BudgetColumns] | None:
    for table in find_tables(section.parts):
        named = (table.column(word) for word in _SERVICE_HEADERS)
        service = next((column for column in named if column is not None), None)
        least, most = table.column("min", "available"), table.column("max", "unavailable")
        if service is not None and least is not None and most is not None:
            return table, _BudgetColumns(service, least, most)
    return None


def _read_budget(document: Document, row: TableRow, columns: _BudgetColumns) -> StatedBudget:
    place = document.location(row.line)
    service = strip_marks(row.cell(columns.service))
    if not service:
        raise IntentError("a row without a service; name the one whose pods are meant", place)
    cells = (row.cell(columns.min_available), row.cell(columns.max_unavailable))
    least, most = read_all(lambda cell: _parse_amount(strip_marks(cell), place), cells)
    if least and most:
        raise IntentError(
            f"{service}: a budget has minAvailable or maxUnavailable, not both; "
            "write N/A for one of them",
            place,
        )
    return StatedBudget(service, least, most, place)


def _parse_amount(text: str, place: Location) -> Amount | None:
    if text.casefold() in _NOTHING:
        return None
    found = _AMOUNT.fullmatch(text)
    if not found:
        message = f"{text!r} is not an amount of pods; write a number, a percentage or N/A"
        raise IntentError(message, place)
    number, unit = int(found[1]), Unit.PERCENT if found[2] else Unit.PODS
    if unit is Unit.PERCENT and number > 100:
        raise IntentError(f"{text!r} is more than 100%", place)
    return Amount(number, unit)
