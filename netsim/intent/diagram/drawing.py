"""What every form of drawing is read into."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from netsim.intent.diagram.labels import Label
from netsim.intent.diagram.wording import check_arrow, check_cross
from netsim.intent.errors import IntentError
from netsim.model.flow import DocumentedFlow, Intent
from netsim.model.location import Location


class Drawing(Struct, frozen=True):
    """The flows of a drawing, and all names in it, each once, in reading order."""

    flows: tuple[DocumentedFlow, ...]
    names: tuple[str, ...]


class DrawingSource(Struct, frozen=True):
    """The lines of a drawing, and where in which file they stand."""

    lines: tuple[str, ...]
    file: str
    first_line: int

    def location(self, row: int) -> Location:
        """The place of a line, rows counted from 0."""
        return Location(self.file, self.first_line + row)

    def error(self, row: int, message: str) -> IntentError:
        """An error about a line, which is shown with it."""
        shown = self.lines[row].strip() if row < len(self.lines) else ""
        return IntentError(f"{message}: {shown!r}" if shown else message, self.location(row))


class Pen(Struct):
    """Collects flows while a drawing is read."""

    flows: list[DocumentedFlow] = field(default_factory=list)

    def arrow(self, source: str, destination: str, label: Label, location: Location) -> None:
        """An allowed flow."""
        check_arrow(label, location)
        self._add(source, destination, label, Intent.ALLOWED, location)

    def cross(self, source: str, destination: str, label: Label, location: Location) -> None:
        """A denied flow."""
        check_cross(label, location)
        self._add(source, destination, label, Intent.DENIED, location)

    def _add(
        self, source: str, destination: str, label: Label, intent: Intent, location: Location
    ) -> None:
        if fold(source) == fold(destination):
            what = f"an arrow from {source!r} to itself has no effect: no policy can deny it"
            raise IntentError(f"{what}; join two different names", location)
        self.flows.append(
            DocumentedFlow(
                source=source,
                destination=destination,
                ports=label.ports,
                intent=intent,
                location=location,
                claims=label.claims,
            )
        )

    def drawing(self, names: Iterable[str]) -> Drawing:
        """What was drawn; ``names`` are those of nodes, wherever their arrows are."""
        ends = (name for flow in self.flows for name in (flow.source, flow.destination))
        return Drawing(tuple(self.flows), distinct((*names, *ends)))


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once, as first written; letter case and spacing do not tell names apart."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(fold(name), name)
    return tuple(found.values())


def fold(name: str) -> str:
    """The form in which names are compared."""
    return " ".join(name.split()).casefold()
