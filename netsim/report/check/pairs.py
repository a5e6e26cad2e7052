r"""The pairs of ``check`` as rows of cells: those with a problem, or all of them.

A matrix that is wider than the terminal becomes a list of its pairs, and where that would be
long, a matrix of namespaces with counts::

    from \ to  shop    stage
    shop       ✓ 12    ·
    stage      ! 3     ✓ 8
"""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from netsim.app.check import CheckResult
from netsim.judge.judgement import Judgement, Standing
from netsim.judge.parties import Ground
from netsim.report.check.words import (
    DENIED,
    LEFT_OPEN,
    MARKS,
    UNJUDGED,
    choose_axes,
    describe_pair,
    limit_knowledge,
    list_busy,
    list_claims,
    mark_absent,
)
from netsim.words.lists import count_noun

MOST_PAIRS = 24
"""Pairs of a list, about a screen of them."""
MOST_ROWS = 40
"""Rows of two namespaces each."""
WIDEST_TITLE = 18
WIDEST_END = 40
GAP = "  "

Cell = tuple[str, ...]
Row = tuple[Cell, ...]


class Grid(Struct, frozen=True):
    """A head and rows of cells, of which the first ``titles`` name the ends.

    ``is_folded`` where rows are namespaces and cells count; ``left`` rows have no room.
    """

    rows: tuple[Row, ...]
    titles: int
    is_folded: bool = False
    left: int = 0

    @property
    def widths(self) -> list[int]:
        """What each column needs."""
        columns = zip(*self.rows, strict=True)
        return [max(len(line) for each in column for line in each) for column in columns]

    def fits(self, width: int) -> bool:
        """Whether the columns stand beside each other."""
        widths = self.widths
        return sum(widths) + len(GAP) * (len(widths) - 1) <= width

    @property
    def marks(self) -> frozenset[str]:
        """The marks that its cells begin with."""
        cells = (cell for row in self.rows[1:] for cell in row[self.titles :])
        return frozenset(line[:1] for cell in cells for line in cell)


def list_problems(result: CheckResult) -> list[Judgement]:
    """The pairs that are not as documented, the worst first."""
    found = [j for j in result.judgements if j.standing is not Standing.AS_DOCUMENTED]
    return sorted(found, key=lambda judgement: _ORDER[judgement.standing])


_ORDER = {standing: number for number, standing in enumerate(Standing)}


def arrange_problems(problems: Sequence[Judgement], width: int) -> Grid:
    """A row for each pair, or for each two namespaces where there are many."""
    return _list(problems, width) if len(problems) <= MOST_PAIRS else _fold(problems, width)


def arrange_all(result: CheckResult, width: int) -> Grid:
    """The matrix, or what has room in its place."""
    matrix = _cross(result)
    if matrix.fits(width):
        return matrix
    busy = list_busy(result)
    if len(busy) <= MOST_PAIRS:
        return _list(busy, width)
    closed = {each.place for each in result.parties if each.ground is Ground.GOVERNED}
    return _fold(busy, width, closed)


def _cross(result: CheckResult) -> Grid:
    """A row for each source, a column for each destination."""
    sources, destinations = choose_axes(result)
    pairs = {(each.source, each.destination): each for each in result.judgements}
    head: Row = (("from \\ to",), *(_title(party.title) for party in destinations))
    body: list[Row] = [
        (
            _title(source.title),
            *(
                _cell(pairs.get((source, party)), mark_absent(source, party))
                for party in destinations
            ),
        )
        for source in sources
    ]
    return Grid((head, *body), 1)


def _list(judgements: Iterable[Judgement], width: int) -> Grid:
    head: Row = (("from",), ("to",), ("what",))
    size = min(WIDEST_END, max(8, (width - 18) // 2))
    rows = (
        (_title(j.source.title, size), _title(j.destination.title, size), _cell(j))
        for j in judgements
    )
    return Grid((head, *rows), 2)


def _fold(
    judgements: Iterable[Judgement], width: int, closed: Collection[str] | None = None
) -> Grid:
    """How many pairs of two namespaces stand how: as a matrix, or as a list.

    Where there is no such pair, one with an end in ``closed`` is denied, and any other not
    judged; without ``closed``, nothing is said of it.
    """
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for each in judgements:
        counts[each.source.place, each.destination.place][_mark(each)] += 1
    sources, destinations = (dict.fromkeys(sorted(ends)) for ends in zip(*counts, strict=True))
    head: Row = (("from \\ to",), *(_title(name) for name in destinations))
    body: list[Row] = [
        (
            _title(source),
            *(
                _tally(counts[source, name])
                if (source, name) in counts
                else _mark_empty(closed, {source, name})
                for name in destinations
            ),
        )
        for source in sources
    ]
    matrix = Grid((head, *body), 1, is_folded=True)
    if matrix.fits(width):
        return matrix
    ends: Row = (("from",), ("to",), ("pairs",))
    size = min(WIDEST_END, max(8, (width - 12) // 2))
    pairs = sorted(counts, key=lambda pair: (min(map(_WORST.index, counts[pair])), pair))
    rows = [(_title(a, size), _title(b, size), _tally(counts[a, b])) for a, b in pairs]
    return Grid((ends, *rows[:MOST_ROWS]), 2, is_folded=True, left=len(rows[MOST_ROWS:]))


def _mark_empty(closed: Collection[str] | None, ends: set[str]) -> Cell:
    if closed is None:
        return ()
    return (UNJUDGED if ends.isdisjoint(closed) else DENIED,)


_WORST = tuple(dict.fromkeys((*(MARKS[standing] for standing in Standing), LEFT_OPEN)))
"""The marks, that of the worst first."""


def _mark(judgement: Judgement) -> str:
    """The mark of the worst that is to be said of a pair."""
    is_calm = judgement.standing is Standing.AS_DOCUMENTED
    return LEFT_OPEN if is_calm and judgement.left_open else MARKS[judgement.standing]


def _tally(counts: Counter[str]) -> Cell:
    """``! 3``: a mark and a count a line, the worst first."""
    return tuple(f"{mark} {counts[mark]}" for mark in _WORST if counts[mark])


def _title(title: str, width: int = WIDEST_TITLE) -> Cell:
    return tuple(textwrap.wrap(title, width, break_long_words=False))


def _cell(judgement: Judgement | None, absent: str = DENIED) -> Cell:
    return (
        *describe_pair(judgement, absent),
        *(f"  ({claim})" for claim in list_claims(judgement)),
    )


def summarise_pairs(result: CheckResult, problems: Sequence[Judgement]) -> str:
    """What passes, in a line."""
    calm = [j for j in list_busy(result) if j.standing is Standing.AS_DOCUMENTED]
    wide = sum(bool(judgement.left_open) for judgement in calm)
    other = "other " if problems else ""
    parts = [
        f"{count_noun(number, f'{other}pair connects', f'{other}pairs connect')} {how}"
        for number, how in (
            (len(calm) - wide, "as documented"),
            (wide, "as the scenario leaves open"),
        )
        if number
    ]
    known = limit_knowledge(result)
    if not parts:
        return "" if problems else f"no pair connects, as documented{known}"
    rest = "" if problems else ", and no other"
    return f"{' and '.join(parts)}{rest}{known} (--table all shows each)"
