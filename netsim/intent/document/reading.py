"""A document's statements about the manifests beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from netsim.intent.document import markdown
from netsim.intent.document.apply_commands import read_all
from netsim.intent.document.excerpts import read_excerpts
from netsim.intent.document.order_list import read_steps
from netsim.intent.document.periods import read_periods
from netsim.intent.document.sections import Document
from netsim.intent.document.stated_tables import read_budgets, read_files
from netsim.intent.document.statements import (
    ApplyCommand,
    Excerpt,
    MadeObject,
    ObjectCommand,
    Statements,
)
from netsim.intent.errors import IntentError
from netsim.intent.scenario.bundle import DocumentReference, HeadingReference
from netsim.model.finding import Diagnostic

_Read = TypeVar("_Read")


def read_statements(text: str, file: str, reference: DocumentReference) -> Statements:
    """What a Markdown document states below the headings that the scenario names.

    Headings that are missing, and statements that cannot be read, are its ``problems``.
    """
    reader = _SectionReader(Document(markdown.split_parts(text), file))
    files, files_location = reader.read(read_files, reference.files) or (None, None)
    budgets, budgets_location = reader.read(read_budgets, reference.budgets) or (None, None)
    periods, periods_location = reader.read(read_periods, reference.warm_pool) or (None, None)
    steps = reader.read(read_steps, reference.order)
    said = read_all(reader.document)
    excerpts = [reader.read(read_excerpts, heading) or () for heading in reference.excerpts]
    return Statements(
        file,
        files,
        files_location,
        steps,
        budgets,
        budgets_location,
        periods,
        periods_location,
        _distinct(excerpts),
        tuple(each for each in said if isinstance(each, ApplyCommand)),
        tuple(each for each in said if isinstance(each, ObjectCommand)),
        tuple(each for each in said if isinstance(each, MadeObject)),
        tuple(sorted(reader.problems, key=lambda problem: problem.location)),
    )


def _distinct(excerpts: list[tuple[Excerpt, ...]]) -> tuple[Excerpt, ...]:
    """Each block once, where one of the headings stands below another."""
    found = {excerpt.location: excerpt for each in excerpts for excerpt in each}
    return tuple(found[location] for location in sorted(found))


class _SectionReader:
    """Reads part by part, so that one that is wrong does not hide the next."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Diagnostic] = []

    def read(
        self,
        read: Callable[[Document, HeadingReference], _Read],
        heading: HeadingReference | None,
    ) -> _Read | None:
        """What stands below a heading; None where none is named, or it cannot be read."""
        if heading is None:
            return None
        try:
            return read(self.document, heading)
        except IntentError as error:
            self.problems.extend(error.diagnostics)
            return None
