"""The matrix of a review: who may reach whom now, what the change touches first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netsim.app.review import ReviewResult
from netsim.judge.judgement import Judgement
from netsim.judge.parties import Party
from netsim.report.check.words import (
    DENIED,
    LEGEND,
    choose_axes,
    describe_pair,
    list_claims,
    mark_absent,
)
from netsim.report.markdown import inline
from netsim.report.table import Table
from netsim.report.table.markdown import write_markdown

_MOST_TITLES = 15
"""Rows and columns of a grid in which a cell is still found."""

_MOST_PAIRS = 60


def write_grid(result: ReviewResult) -> str:
    """A grid of all parties, or of those that the change touches where these are too many."""
    sources, destinations = choose_axes(result.now)
    rows = _choose(sources, {source for source, _ in result.touched})
    columns = _choose(destinations, {destination for _, destination in result.touched})
    if not rows or not columns or max(len(rows), len(columns)) > _MOST_TITLES:
        return write_pairs(result)
    pairs = {(each.source, each.destination): each for each in result.now.judgements}
    cells = tuple(
        (
            row.title,
            *(
                _cell(result, pairs.get((row, column)), mark_absent(row, column))
                for column in columns
            ),
        )
        for row in rows
    )
    header = ("from / to", *(column.title for column in columns))
    left = len(sources) + len(destinations) - len(rows) - len(columns)
    told = f"{left} rows and columns that the change does not touch are left out.\n"
    table = write_markdown(Table(header, cells))
    return "\n".join((table, _explain_marks(cells), told if left else ""))


def write_pairs(result: ReviewResult) -> str:
    """A row for each pair that the change touches, the first of many."""
    touched = [
        each
        for each in result.now.judgements
        if (each.source.title, each.destination.title) in result.touched
    ]
    if not touched:
        return ""
    rows = tuple(
        (each.source.title, each.destination.title, _cell(result, each))
        for each in touched[:_MOST_PAIRS]
    )
    left = len(touched) - len(rows)
    rest = f"And {left} more pairs.\n" if left else ""
    table = write_markdown(Table(("from", "to", "now"), rows))
    return "\n".join((table, _explain_marks(rows), rest))


def _choose(parties: Sequence[Party], touched: set[str]) -> list[Party]:
    own = [each for each in parties if each.title in touched]
    others = [each for each in parties if each.title not in touched]
    return own + others if len(parties) <= _MOST_TITLES else own


def _cell(result: ReviewResult, judgement: Judgement | None, absent: str = DENIED) -> str:
    parts = [
        *describe_pair(judgement, absent),
        *(f"({each})" for each in list_claims(judgement)),
    ]
    ends = (judgement.source.title, judgement.destination.title) if judgement else None
    if ends in result.touched:
        parts.append("(changed)")
    return " ".join(parts)


def _explain_marks(rows: Iterable[Sequence[str]]) -> str:
    """What the marks mean that are in the cells."""
    marks = {word for row in rows for cell in row[1:] for word in cell.split()}
    return (
        inline(", ".join(f"{mark} {told}" for mark, told in LEGEND.items() if mark in marks))
        + "\n"
    )
