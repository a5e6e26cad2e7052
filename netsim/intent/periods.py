"""How often something runs, as prose and drawings say it: ``every 5 minutes``."""

from __future__ import annotations

import re

from netsim.intent import markdown
from netsim.intent.errors import IntentError, read_all
from netsim.intent.scenario_bundle import HeadingReference
from netsim.intent.sections import Document, Expected
from netsim.intent.statements import StatedPeriod
from netsim.model.location import Location

_EXPECTED = Expected("period", "say there how often it runs, as in 'every 5 minutes'")
_UNITS = {"minute": 1, "min": 1, "hour": 60, "hr": 60, "h": 60, "day": 1440, "week": 10080}
_WORDS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve"),
)
_NUMBERS = {word: number for number, word in enumerate(_WORDS, 1)} | {
    "other": 2,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
}
# Numbers may be set in bold or as code, and a line may end anywhere.
_PERIOD = re.compile(
    rf"\b(?:every|each)\s+(?:[*_`]*(\d{{1,9}}|{'|'.join(_NUMBERS)})[*_`]*[\s-]*)?"
    rf"({'|'.join(_UNITS)})s?\b",
    re.IGNORECASE,
)


def read_periods(
    document: Document, heading: HeadingReference
) -> tuple[tuple[StatedPeriod, ...], Location]:
    """Every period that is mentioned below the heading, also in drawings, and its line.

    Raises ``IntentErrors``.
    """
    return document.only(heading, _EXPECTED, lambda section: _periods(section, document))


def _periods(
    section: markdown.Section, document: Document
) -> tuple[tuple[StatedPeriod, ...], Location] | None:
    first, text = section.heading.line + 1, _text(section)
    found = read_all(
        lambda match: _period(
            match, document.location(first + text.count("\n", 0, match.start()))
        ),
        _PERIOD.finditer(text),
    )
    return (found, document.location(section.heading.line)) if found else None


def _text(section: markdown.Section) -> str:
    """What stands below a heading, each line where it is in the document."""
    lines: dict[int, str] = {}
    for part in section.parts:
        match part:
            case markdown.Prose():
                lines[part.line] = part.text
            case markdown.Block():
                lines |= dict(enumerate(part.lines, part.first_line))
            case markdown.Heading():
                # Nothing runs on from a paragraph over a heading.
                lines[part.line] = f"# {part.text}"
    numbers = range(section.heading.line + 1, max(lines, default=0) + 1)
    return "\n".join(lines.get(number, "") for number in numbers)


def _period(found: re.Match[str], location: Location) -> StatedPeriod:
    number, unit = (found[1] or "one").casefold(), found[2].casefold()
    count = _NUMBERS[number] if number in _NUMBERS else int(number)
    text = " ".join(found[0].split())
    if not 0 < count < 10_000:
        raise IntentError(f"{text!r} is no period; write such as 'every 5 minutes'", location)
    return StatedPeriod(count * _UNITS[unit], text, location)
