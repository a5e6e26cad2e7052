"""The deployment order: a numbered list, one step an item.

A step applies what it names in backquotes, where that ends in .yaml, .yml or .json, or in a
slash for a folder, and has no space in it; what its links lead to, where nothing is in
backquotes; and what ``kubectl apply -f`` gets in a block of
shell commands that belongs to the item.  Its title is the bold text it starts with, or else
all text before the first backquote, bracket, colon or dash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field

from netsim.intent.document import markdown
from netsim.intent.document.apply_commands import read_commands
from netsim.intent.document.markdown import (
    find_code,
    find_leading_bold,
    find_links,
    strip_marks,
)
from netsim.intent.document.sections import Document, Expected
from netsim.intent.document.statements import Step
from netsim.intent.errors import IntentError, read_all
from netsim.intent.scenario.bundle import HeadingReference
from netsim.model.location import Location

_EXPECTED = Expected(
    "numbered list", "put the steps there, as '1. **RuntimeClass** (`a.yaml`)'"
)
_ITEM = re.compile(r"( {0,3})(\d{1,9})[.)](?:[ \t]+|$)(.*)")
_PATH = re.compile(r"\.|[^\s:]*(?:\.ya?ml|\.json|[^\s:]/)", re.IGNORECASE)
_TITLE_END = re.compile(r"[`(\[:]|\s[-–—]\s")


class _Item(Struct):
    number: int
    line: int
    indent: int
    lines: list[str]
    blocks: list[markdown.Block] = field(default_factory=list)


def read_steps(document: Document, heading: HeadingReference) -> tuple[Step, ...]:
    """The items of the list below the heading, numbered as a reader sees them.

    Raises ``IntentErrors``, also where a second list follows without a heading of its own.
    """
    items = document.only(heading, _EXPECTED, lambda section: _items(section, document))
    return read_all(lambda item: _step(item, document), items)


def _items(section: markdown.Section, document: Document) -> list[_Item] | None:
    items: list[_Item] = []
    inside = False
    for part in section.parts:
        match part:
            case markdown.Heading() if items:
                break
            case markdown.Block() if inside and _is_indented(part):
                items[-1].blocks.append(part)
            case markdown.Prose() if found := _own(part.text, items[-1:] if inside else []):
                place = document.location(part.line)
                _check_one_list(items, int(found[2]), place, inside=inside)
                number = items[-1].number + 1 if items else int(found[2])
                items.append(_Item(number, part.line, found.start(3), [found[3]]))
                inside = True
            case markdown.Prose() if inside:
                inside = _is_inside(part.text, items[-1])
                if inside:
                    items[-1].lines.append(part.text)
    return items or None


def _own(text: str, around: list[_Item]) -> re.Match[str] | None:
    """The start of an item; one indented as far as the text of another is part of that."""
    found = _ITEM.fullmatch(text)
    nested = found and any(len(found[1]) >= item.indent for item in around)
    return None if nested else found


def _is_inside(text: str, item: _Item) -> bool:
    """Whether a line belongs to the item: after an empty line it has to be indented."""
    return not text.strip() or text.startswith((" ", "\t")) or bool(item.lines[-1].strip())


def _is_indented(block: markdown.Block) -> bool:
    """Whether a fenced block belongs to an item, and not to the text after the list."""
    return all(line.startswith((" ", "\t")) for line in block.lines if line.strip())


def _check_one_list(items: list[_Item], number: int, place: Location, *, inside: bool) -> None:
    if items and not inside and number != items[-1].number + 1:
        raise IntentError(
            f"a second numbered list follows the one that ends with {items[-1].number}; "
            "number the steps through, or put a heading above this one",
            place,
        )


def _step(item: _Item, document: Document) -> Step:
    text = "\n".join(item.lines)
    place = document.location(item.line)
    title = find_leading_bold(text) or strip_marks(_TITLE_END.split(text, maxsplit=1)[0])
    if not title and not strip_marks(text):
        raise IntentError(f"step {item.number} is empty; say what is deployed", place)
    paths = tuple(dict.fromkeys((*_paths(text), *_list_applied(item, document))))
    return Step(item.number, title or strip_marks(text), paths, place)


def _paths(text: str) -> Iterator[str]:
    """In backquotes, or else what a link leads to."""
    for span in find_code(text) or find_links(text):
        if _PATH.fullmatch(span):
            yield span


def _list_applied(item: _Item, document: Document) -> Iterator[str]:
    for command in read_commands(Document(tuple(item.blocks), document.file)):
        yield from command.paths
