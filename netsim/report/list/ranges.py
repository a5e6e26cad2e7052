"""Rows with addresses at one end, as people write them.

A list has a row for each range, as programs read them.  Rows that differ in the range only are
one for people: ``0.0.0.0-9.255.255.255`` and ``11.0.0.0-255.255.255.255`` are
``0.0.0.0/0 except 10.0.0.0/8``, and all addresses of both families ``any address``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

from msgspec.structs import replace

from netsim.engine.matrix.diff import Difference
from netsim.engine.matrix.listing import Pair, Part, Pods
from netsim.model.addresses import AddressSet, parse_addresses
from netsim.model.endpoint import EXTERNAL
from netsim.words.addresses import join_blocks, list_blocks

Row = TypeVar("Row", Pair, Difference)
Beside = TypeVar("Beside", bound=Hashable)


def join_ranges(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows, those alike but for their addresses as few as there are words for these."""
    return tuple(row for row, _ in join_alike((row, None) for row in rows))


def join_alike(
    rows: Iterable[tuple[Row, Beside]], together: int = 1
) -> Iterator[tuple[Row, Beside]]:
    """Rows with what is to be said beside each, which has to be alike, too.

    ``together`` is how many blocks one row may name.
    """
    areas: dict[tuple[Row, Beside], list[AddressSet]] = defaultdict(list)
    for row, beside in rows:
        areas[_without_range(row), beside].append(_find_range(row))
    for (row, beside), found in areas.items():
        blocks = list_blocks(AddressSet.union(found)) or ("",)
        for start in range(0, len(blocks), together):
            title = join_blocks(blocks[start : start + together])
            yield _with_title(row, title), beside


def _find_range(row: Row) -> AddressSet:
    """The addresses at one end; none where both are workloads."""
    ends = (end for end in (row.source, row.destination) if end.endswith(EXTERNAL))
    return AddressSet.union(parse_addresses(end.removesuffix(EXTERNAL)) for end in ends)


def _without_range(row: Row) -> Row:
    """A row whose range is left out, to be compared."""
    if not row.source.endswith(EXTERNAL) and not row.destination.endswith(EXTERNAL):
        return row
    return _with_title(row if isinstance(row, Pair) else replace(row, area=None), EXTERNAL)


def _with_title(row: Row, title: str) -> Row:
    """A row with a title in place of its addresses."""
    if row.source.endswith(EXTERNAL):
        parts = tuple(Part(Pods((title,)), part.destinations) for part in row.parts)
        return replace(row, source=title, parts=parts)
    if row.destination.endswith(EXTERNAL):
        parts = tuple(Part(part.sources, Pods((title,))) for part in row.parts)
        return replace(row, destination=title, parts=parts)
    return row


def show_end(title: str) -> str:
    """One end of a row: a workload as it is, a range as people write it."""
    if not title.endswith(EXTERNAL):
        return title
    return join_blocks(list_blocks(parse_addresses(title.removesuffix(EXTERNAL))))
