"""The diagram of a document: found under its heading, read in whichever form it has."""

from __future__ import annotations

import re

from msgspec import Struct

from netsim.intent.diagram.drawing import Drawing, DrawingSource
from netsim.intent.document import markdown
from netsim.intent.errors import IntentError
from netsim.model.flow import DocumentedFlow
from netsim.model.location import Location
from netsim.model.policies import Direction
from netsim.words.nearness import suggest


class DefaultDeny(Struct, frozen=True):
    """A sentence beside the diagram that says that a direction is denied by default."""

    direction: Direction
    location: Location


class Diagram(Struct, frozen=True):
    """What a document draws; ``location`` is the first line of the drawing."""

    flows: tuple[DocumentedFlow, ...] = ()
    names: tuple[str, ...] = ()
    location: Location = Location("", 0)
    default_denies: tuple[DefaultDeny, ...] = ()


_DRAWN = re.compile(r"[─-╿]|[→←↔⇒⟶▶►]|->|\+--")
_TEXT_INFO = {"", "text", "txt", "plain", "plaintext", "ascii", "diagram"}
_DEFAULT_DENY = re.compile(
    r"\bdefault\b.*\bden(y|ies|ied)\b|\bden(y|ies|ied)\b.*\bdefault\b", re.IGNORECASE
)


def read_diagram(text: str, file: str, heading: str) -> Diagram:
    """Read the first drawing below a heading of a Markdown document.

    Raises ``IntentError`` where the heading or the drawing is missing, where several equal
    headings have one, or at the line of the drawing that cannot be read.
    """
    document = markdown.split_parts(text)
    sections = markdown.find_sections(document, heading)
    if not sections:
        raise _no_heading(document, file, heading)
    # A section inside another of the same heading has the drawing in common with it.
    drawn: dict[markdown.Block, markdown.Section] = {}
    for section in sections:
        blocks = _drawn_together(section)
        if len(blocks) > 1:
            raise _second(blocks[1], file, heading)
        if blocks:
            drawn.setdefault(blocks[0], section)
    if not drawn:
        raise _no_diagram(sections[0], file, heading)
    if len(drawn) > 1:
        raise _several(tuple(drawn.values()), file, heading)
    block, section = next(iter(drawn.items()))
    return _diagram(block, section, file)


def _drawn_together(section: markdown.Section) -> list[markdown.Block]:
    """The first drawing of a section, and those that follow it without a new heading."""
    found: list[markdown.Block] = []
    for part in section.parts:
        if found and isinstance(part, markdown.Heading):
            break
        if isinstance(part, markdown.Block) and (_is_mermaid(part) or _is_drawn(part)):
            found.append(part)
    return found


def _second(block: markdown.Block, file: str, heading: str) -> IntentError:
    return IntentError(
        f"a second diagram below the heading {heading!r}: draw all flows in one, or put a "
        "heading above this one",
        Location(file, block.first_line),
    )


def _no_diagram(section: markdown.Section, file: str, heading: str) -> IntentError:
    return IntentError(
        f"no diagram below the heading {heading!r}; put a fenced block with a box drawing or "
        "a mermaid flowchart there",
        Location(file, section.heading.line),
    )


def _several(sections: tuple[markdown.Section, ...], file: str, heading: str) -> IntentError:
    lines = [str(section.heading.line) for section in sections]
    return IntentError(
        f"{len(lines)} headings {heading!r} have a diagram, on lines {', '.join(lines[:-1])} "
        f"and {lines[-1]}; give them different texts",
        Location(file, sections[1].heading.line),
    )


def _no_heading(document: tuple[markdown.Part, ...], file: str, heading: str) -> IntentError:
    titles = [part.text for part in document if isinstance(part, markdown.Heading)]
    there = ", ".join(repr(title) for title in titles[:8]) or "none"
    hint = suggest(heading, titles) or f"; the headings here are: {there}"
    return IntentError(f"no heading {heading!r} in the document{hint}", Location(file, 0))


def _is_mermaid(block: markdown.Block) -> bool:
    return re.match(r"\{?\.?mermaid\b", block.info, re.IGNORECASE) is not None


def _is_drawn(block: markdown.Block) -> bool:
    return block.info.casefold() in _TEXT_INFO and any(map(_DRAWN.search, block.lines))


def _mermaid(source: DrawingSource) -> Drawing:
    from netsim.intent.diagram.mermaid import read_mermaid

    return read_mermaid(source)


def _ascii(source: DrawingSource) -> Drawing:
    from netsim.intent.diagram.ascii import read_ascii

    return read_ascii(source)


def _diagram(block: markdown.Block, section: markdown.Section, file: str) -> Diagram:
    source = DrawingSource(block.lines, file, block.first_line)
    drawing = _mermaid(source) if _is_mermaid(block) else _ascii(source)
    denies = [
        deny
        for part in section.parts
        if isinstance(part, markdown.Prose)
        for deny in _denies(part, file)
    ]
    return Diagram(drawing.flows, drawing.names, source.location(0), tuple(denies))


def _denies(prose: markdown.Prose, file: str) -> list[DefaultDeny]:
    if not _DEFAULT_DENY.search(prose.text):
        return []
    words = prose.text.casefold()
    named = [direction for direction in Direction if direction.word in words]
    where = Location(file, prose.line)
    return [DefaultDeny(direction, where) for direction in named or Direction]
