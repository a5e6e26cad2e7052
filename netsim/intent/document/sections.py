"""The sections of a document that a scenario names, and what is expected below them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct

from netsim.intent.document import markdown
from netsim.intent.errors import IntentError
from netsim.intent.scenario.bundle import HeadingReference
from netsim.model.location import Location
from netsim.words.nearness import suggest

_Read = TypeVar("_Read")


class Expected(Struct, frozen=True):
    """What a section has to hold: a noun, such as ``table of files``, and how to write it."""

    noun: str
    fix: str


class Document(Struct, frozen=True):
    """A Markdown document, cut into its parts."""

    parts: tuple[markdown.Part, ...]
    file: str

    def location(self, line: int) -> Location:
        """A line of it."""
        return Location(self.file, line)

    def sections(self, heading: HeadingReference) -> tuple[markdown.Section, ...]:
        """The sections of this heading, without those inside another of them.

        Raises ``IntentError`` at the scenario's line where there is none.
        """
        found = markdown.find_sections(self.parts, heading.text)
        if not found:
            raise self._missing(heading)
        if len(found) == 1:
            return found
        inner = {part for section in found for part in section.parts}
        return tuple(section for section in found if section.heading not in inner)

    def only(
        self,
        heading: HeadingReference,
        expected: Expected,
        read: Callable[[markdown.Section], _Read | None],
    ) -> _Read:
        """What is read below a heading; ``read`` gives None where a section has nothing.

        Raises ``IntentError`` where the heading or what is expected below it is missing, and
        where it stands below several equal headings.
        """
        sections = self.sections(heading)
        found = [(s, each) for s in sections if (each := read(s)) is not None]
        if not found:
            raise self._empty(sections[0], heading, expected)
        if len(found) > 1:
            raise self._several([s.heading.line for s, _ in found], heading, expected)
        return found[0][1]

    def _missing(self, heading: HeadingReference) -> IntentError:
        titles = [part.text for part in self.parts if isinstance(part, markdown.Heading)]
        there = ", ".join(repr(title) for title in titles[:8]) or "none"
        hint = suggest(heading.text, titles) or f"; the headings there are: {there}"
        return IntentError(
            f"no heading {heading.text!r} in {self.file}{hint}", heading.location
        )

    def _empty(
        self, section: markdown.Section, heading: HeadingReference, expected: Expected
    ) -> IntentError:
        return IntentError(
            f"no {expected.noun} below the heading {heading.text!r}; {expected.fix}",
            self.location(section.heading.line),
        )

    def _several(
        self, lines: list[int], heading: HeadingReference, expected: Expected
    ) -> IntentError:
        places = f"{', '.join(map(str, lines[:-1]))} and {lines[-1]}"
        return IntentError(
            f"{len(lines)} headings {heading.text!r} have a {expected.noun}, on lines "
            f"{places}; give them different texts",
            self.location(lines[1]),
        )
