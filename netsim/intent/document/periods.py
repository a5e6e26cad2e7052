"""How often something runs, as prose and drawings say it: ``every 5 minutes``, ``hourly``."""

from __future__ import annotations

import re
from datetime import timedelta

from netsim.intent.document import markdown
from netsim.intent.document.sections import Document, Expected
from netsim.intent.document.statements import StatedPeriod
from netsim.intent.errors import IntentError, read_all
from netsim.intent.scenario.bundle import HeadingReference
from netsim.model.location import Location

_EXPECTED = Expected("period", "say there how often it runs, as in 'every 5 minutes'")
_UNITS = {
    **dict.fromkeys(("second", "sec"), timedelta(seconds=1)),
    **dict.fromkeys(("minute", "min"), timedelta(minutes=1)),
    **dict.fromkeys(("hour", "hr", "h"), timedelta(hours=1)),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_ADVERBS = {"hourly": "hour", "daily": "day", "weekly": "week"}
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
# Numbers may be set in bold or as code, and a line may end anywhere.  An adverb counts beside
# what it is about: a daily backup says nothing of the schedule.
_PERIOD = re.compile(
    rf"\b(?:every|each|once\s+an?|once\s+per)\s+"
    rf"(?:[*_`]*(\d{{1,9}}|{'|'.join(_NUMBERS)})[*_`]*[\s-]*)?"
    rf"({'|'.join(_UNITS)})s?\b"
    rf"|\b(?:runs?|running|scheduled)\s+[*_`]*({'|'.join(_ADVERBS)})\b",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[*_`]")


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
    number = (found[1] or "one").casefold()
    unit = (found[2] or _ADVERBS[found[3].casefold()]).casefold()
    count = _NUMBERS[number] if number in _NUMBERS else int(number)
    text = " ".join(_MARKS.sub("", found[0]).split())
    if not 0 < count < 10_000:
        raise IntentError(f"{text!r} is not a period; write it as 'every 5 minutes'", location)
    return StatedPeriod(count * _UNITS[unit], text, location)
