"""Annotations: commands that GitHub Actions reads from the log of a step.

::

    ::error file=k8s/web.yaml,line=7,title=exposed::web -> db TCP 5432: allowed, but ...
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from netsim.model.finding import Severity
from netsim.model.location import Location
from netsim.report.repository import Repository
from netsim.words.printable import printable, printable_lines

_MOST = 10
"""GitHub shows as many annotations of a kind and step, and drops the others."""
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


class Annotation(Struct, frozen=True):
    """What is said at a place, or of everything."""

    severity: Severity
    location: Location | None
    title: str
    text: str


def write_annotations(annotations: Sequence[Annotation], rest: str) -> Iterator[str]:
    """A line for each, errors first; ``rest`` ends the sentence that counts those left out."""
    repository = Repository.find()
    for severity, command in _COMMANDS.items():
        own = [each for each in annotations if each.severity is severity]
        shown = own if len(own) <= _MOST else own[: _MOST - 1]
        yield from (_write(command, each, repository) for each in shown)
        if len(shown) < len(own):
            yield f"::{command} title=netsim::{len(own) - len(shown)} more, {rest}"


def _write(command: str, annotation: Annotation, repository: Repository) -> str:
    place, at = "", annotation.location
    if at is not None:
        place = f"file={_property(repository.path(at.file))},line={at.line or 1},"
    title = _property(annotation.title)
    return f"::{command} {place}title={title}::{_message(annotation.text)}"


def _message(text: str) -> str:
    """A text as the data of a command; line breaks stay, whatever else steers does not."""
    lines = (printable_lines(printable(line)) for line in text.splitlines())
    return "%0A".join(line.replace("%", "%25") for line in lines)


def _property(text: str) -> str:
    escaped = printable_lines(printable(text)).replace("%", "%25")
    return escaped.replace(":", "%3A").replace(",", "%2C")
