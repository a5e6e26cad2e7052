"""What a document states, found without a scenario that names its headings.

A table with the columns Service, Min Available and Max Unavailable below "Disruption budgets"
is a table of budgets, so that heading is the one to write in a scenario.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from netsim.intent.diagram.reading import Diagram, read_diagram
from netsim.intent.document import markdown
from netsim.intent.document.excerpts import read_excerpts
from netsim.intent.document.order_list import read_steps
from netsim.intent.document.periods import read_periods
from netsim.intent.document.sections import Document
from netsim.intent.document.stated_tables import read_budgets, read_files
from netsim.intent.errors import IntentError
from netsim.intent.scenario.bundle import HeadingReference
from netsim.model.location import Location

_ORDERING = re.compile(
    r"\b(order|deploy\w*|install\w*|apply\w*|roll-?out|set-?up|bootstrap\w*)\b", re.IGNORECASE
)
"""What a heading above a deployment order says; other numbered lists are instructions."""

_POOLED = re.compile(r"\b(pool\w*|standby|warm\w*|waiting|idle|spare)\b", re.IGNORECASE)
"""What a heading above the period of a warm pool says."""


class DrawnSection(Struct, frozen=True):
    """A heading with a diagram below it."""

    heading: str
    diagram: Diagram


class RecognisedHeadings(Struct, frozen=True):
    """The headings of what a document states; None where it states no such thing."""

    files: str | None = None
    order: str | None = None
    budgets: str | None = None
    warm_pool: str | None = None
    excerpts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.files or self.order or self.budgets or self.warm_pool or self.excerpts)


def recognise_diagrams(text: str, file: str) -> tuple[DrawnSection, ...]:
    """The headings right above a diagram that draws at least one flow; O(headings x text)."""
    found: list[DrawnSection] = []
    for heading in _list_headings(text):
        try:
            diagram = read_diagram(text, file, heading)
        except IntentError:
            continue
        same = [each for each in found if each.diagram.location == diagram.location]
        # Of headings one below the other, the innermost is last.
        found = [each for each in found if each not in same]
        if diagram.flows:
            found.append(DrawnSection(heading, diagram))
    return tuple(found)


def recognise_headings(text: str, file: str) -> RecognisedHeadings:
    """The innermost heading of each statement that can be read; the first where several do."""
    document = Document(markdown.split_parts(text), file)
    return RecognisedHeadings(
        files=next(_find_readable(document, read_files), None),
        order=next(
            (each for each in _find_readable(document, read_steps) if _ORDERING.search(each)),
            None,
        ),
        budgets=next(_find_readable(document, read_budgets), None),
        warm_pool=next(
            (each for each in _find_readable(document, read_periods) if _POOLED.search(each)),
            None,
        ),
        excerpts=tuple(
            dict.fromkeys(
                heading
                for heading in _find_readable(document, read_excerpts)
                if _POOLED.search(heading)
                or any(
                    _has_kind(excerpt.tree)
                    for excerpt in read_excerpts(
                        document, HeadingReference(heading, Location(file, 0))
                    )
                )
            )
        ),
    )


def list_budgeted(text: str, file: str, heading: str) -> tuple[str, ...]:
    """The services of the table of budgets below a heading that was recognised."""
    document = Document(markdown.split_parts(text), file)
    rows, _ = read_budgets(document, HeadingReference(heading, Location(file, 0)))
    return tuple(row.service for row in rows)


def _has_kind(tree: object) -> bool:
    from netsim.model.tree import Mapping

    return isinstance(tree, Mapping) and tree.get("kind") is not None


def _list_headings(text: str) -> tuple[str, ...]:
    parts = markdown.split_parts(text)
    headings = (part.text for part in parts if isinstance(part, markdown.Heading))
    return tuple(dict.fromkeys(filter(None, (each.strip() for each in headings))))


def _find_readable(
    document: Document, read: Callable[[Document, HeadingReference], object]
) -> Iterator[str]:
    """The headings with a statement right below, which also reads in the whole document."""
    for own in _split_by_heading(document):
        heading = own.parts[0]
        if not isinstance(heading, markdown.Heading) or not heading.text.strip():
            continue
        reference = HeadingReference(heading.text, Location(document.file, heading.line))
        try:
            read(own, reference)
            read(document, reference)
        except IntentError:
            continue
        yield heading.text


def _split_by_heading(document: Document) -> Iterator[Document]:
    starts = [
        index for index, part in enumerate(document.parts) if isinstance(part, markdown.Heading)
    ]
    for start, end in zip(starts, [*starts[1:], len(document.parts)], strict=True):
        yield Document(document.parts[start:end], document.file)
