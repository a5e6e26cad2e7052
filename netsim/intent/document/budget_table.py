"""The table of disruption budgets: per service how many pods stay, or may be missing."""

from __future__ import annotations

import re

from msgspec import Struct

from netsim.intent.document import markdown
from netsim.intent.document.inline import plain
from netsim.intent.document.markdown_tables import Row, Table, tables
from netsim.intent.document.sections import Document, Expected
from netsim.intent.document.statements import StatedBudget
from netsim.intent.errors import IntentError, read_all
from netsim.intent.scenario.bundle import HeadingReference
from netsim.model.disruption import Amount, Unit
from netsim.model.location import Location

_EXPECTED = Expected(
    "table of budgets",
    "put a table with the columns Service, Min Available and Max Unavailable there",
)
_AMOUNT = re.compile(r"([0-9]{1,9})\s*(%?)")
_NOTHING = frozenset(("", "n/a", "na", "none", "-", "–", "—"))


class _Columns(Struct, frozen=True):
    service: int
    min_available: int
    max_unavailable: int


def read_budgets(
    document: Document, heading: HeadingReference
) -> tuple[tuple[StatedBudget, ...], Location]:
    """The rows of the table below the heading, and its line.

    Raises ``IntentErrors`` with every cell that is neither an amount nor empty.
    """
    table, columns = document.only(heading, _EXPECTED, _table)
    rows = read_all(lambda row: _budget(document, row, columns), table.rows)
    return rows, document.location(table.header.line)


def _table(section: markdown.Section) -> tuple[Table, _Columns] | None:
    for table in tables(section.parts):
        service = table.column("service")
        least, most = table.column("min", "available"), table.column("max", "unavailable")
        if service is not None and least is not None and most is not None:
            return table, _Columns(service, least, most)
    return None


def _budget(document: Document, row: Row, columns: _Columns) -> StatedBudget:
    place = document.location(row.line)
    service = plain(row.cell(columns.service))
    if not service:
        raise IntentError("a row without a service; name the one whose pods are meant", place)
    cells = (row.cell(columns.min_available), row.cell(columns.max_unavailable))
    least, most = read_all(lambda cell: _amount(plain(cell), place), cells)
    if least and most:
        raise IntentError(
            f"{service}: minAvailable and maxUnavailable exclude each other in a budget; "
            "write N/A for one of them",
            place,
        )
    return StatedBudget(service, least, most, place)


def _amount(text: str, place: Location) -> Amount | None:
    if text.casefold() in _NOTHING:
        return None
    found = _AMOUNT.fullmatch(text)
    if not found:
        message = f"{text!r} is no amount of pods; write a number, a percentage or N/A"
        raise IntentError(message, place)
    number, unit = int(found[1]), Unit.PERCENT if found[2] else Unit.PODS
    if unit is Unit.PERCENT and number > 100:
        raise IntentError(f"{text!r} is more than 100%", place)
    return Amount(number, unit)
