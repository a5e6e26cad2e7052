"""Markdown: headings, fenced blocks, pipe tables, and the marks within a line.

Pipe tables are those of GitHub Flavored Markdown ("Tables (extension)").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from netsim.intent.diagram.drawing import fold

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})(.*)")
_LANGUAGE = re.compile(r"\{?\s*\.?([\w+-]+)")
_MARK = re.compile(r"[ \t]*[`~<#]")
"""How a fence, a comment or a heading begins; most lines are none of these."""
_COMMENT = re.compile(r"[ \t]*<!--")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*")
_PIPE = re.compile(r"(?<!\\)\|")
_ALIGNMENT = re.compile(r":?-+:?")
# What begins another block ends a table; so does an empty line.
_OTHER_BLOCK = re.compile(r" {0,3}(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])|[ \t]*$")
# As many backquotes close a span as open it (CommonMark, "Code spans").
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\(([^()]*)\)")
# An underscore inside a word is one: WARM_POOL_SIZE.
_EMPHASIS = re.compile(
    r"(\*{1,3})(?=\S)(.+?)(?<=\S)\1|(?<!\w)(_{1,3})(?=\S)(.+?)(?<=\S)\3(?!\w)"
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_LEADING_BOLD = re.compile(r"\s*(?:\*\*(.+?)\*\*|__(.+?)__)", re.DOTALL)
_STAND_IN = "\ufffc"


class Block(Struct, frozen=True):
    """A fenced block: its info string, its lines, and the line number of the first."""

    info: str
    lines: tuple[str, ...]
    first_line: int

    @property
    def language(self) -> str:
        """The first word of the info string, as in ``bash`` or ``{.bash}``; may be empty."""
        word = _LANGUAGE.match(self.info)
        return word[1].casefold() if word else ""


class Heading(Struct, frozen=True):
    """A heading, its level, and its line."""

    text: str
    level: int
    line: int


class Prose(Struct, frozen=True):
    """A line of text outside fenced blocks."""

    text: str
    line: int


Part = Heading | Block | Prose


class Section(Struct, frozen=True):
    """A heading and the parts below it, up to the next of its level."""

    heading: Heading
    parts: tuple[Part, ...]


@lru_cache(maxsize=1)
def split_parts(text: str) -> tuple[Part, ...]:
    """The document as a sequence of headings, fenced blocks and lines of prose.

    Comments are left out with all that is in them.  Mostly the document with the diagram is
    also the one that makes statements, and is read for either.
    """
    return tuple(_split_lines(text))


def _split_lines(text: str) -> Iterator[Part]:
    lines = text.splitlines()
    index = 0
    while index < len(lines):
        is_marked = _MARK.match(lines[index]) is not None
        fence = _FENCE.fullmatch(lines[index]) if is_marked else None
        if fence and not (fence[1][0] == "`" and "`" in fence[2]):
            end = _find_closing(lines, index + 1, fence[1])
            yield Block(fence[2].strip(), tuple(lines[index + 1 : end]), index + 2)
            index = end + 1
        elif is_marked and _COMMENT.match(lines[index]):
            index = _skip_comment(lines, index)
        else:
            heading = _HEADING.fullmatch(lines[index]) if is_marked else None
            yield _read_heading(heading, index) if heading else _read_line(lines, index)
            index += 1


def _find_closing(lines: list[str], start: int, fence: str) -> int:
    for index in range(start, len(lines)):
        stripped = lines[index].strip()
        if set(stripped) == {fence[0]} and len(stripped) >= len(fence):
            return index
    return len(lines)


def _skip_comment(lines: list[str], start: int) -> int:
    for index in range(start, len(lines)):
        if "-->" in lines[index]:
            return index + 1
    return len(lines)


def _read_heading(found: re.Match[str], index: int) -> Heading:
    return Heading(found[2] or "", len(found[1]), index + 1)


def _read_line(lines: list[str], index: int) -> Part:
    line = lines[index]
    following = _UNDERLINE.fullmatch(lines[index + 1]) if index + 1 < len(lines) else None
    if following and line.strip():
        return Heading(line.strip(), 1 if following[1][0] == "=" else 2, index + 1)
    return Prose(line, index + 1)


def find_sections(document: tuple[Part, ...], heading: str) -> tuple[Section, ...]:
    """Each heading of this text with all below it."""
    wanted = _fold_heading(heading)
    return tuple(
        Section(part, document[index + 1 : _find_section_end(document, index, part.level)])
        for index, part in enumerate(document)
        if isinstance(part, Heading) and _fold_heading(part.text) == wanted
    )


def _find_section_end(document: tuple[Part, ...], start: int, level: int) -> int:
    for index in range(start + 1, len(document)):
        part = document[index]
        if isinstance(part, Heading) and part.level <= level:
            return index
    return len(document)


def _fold_heading(text: str) -> str:
    return fold(text.strip("#*_` "))


class TableRow(Struct, frozen=True):
    """A row: its cells with the Markdown in them, and its line."""

    cells: tuple[str, ...]
    line: int

    def cell(self, column: int) -> str:
        """A cell; empty where the row is shorter than the table."""
        return self.cells[column] if column < len(self.cells) else ""


class MarkdownTable(Struct, frozen=True):
    """A header and the rows below it."""

    header: TableRow
    rows: tuple[TableRow, ...]

    def column(self, *words: str) -> int | None:
        """The first column whose header has all these words, apart from case and spacing."""
        for number, cell in enumerate(self.header.cells):
            letters = "".join(strip_marks(cell).split()).casefold()
            if all(word in letters for word in words):
                return number
        return None

    @property
    def titles(self) -> str:
        """The headers, for messages."""
        return ", ".join(strip_marks(cell) or "''" for cell in self.header.cells)


def find_tables(parts: Sequence[Part]) -> Iterator[MarkdownTable]:
    """The tables among parts of a document."""
    index = 0
    while index < len(parts):
        header = _read_header(parts, index)
        if header is None:
            index += 1
            continue
        end = _find_table_end(parts, index + 2)
        rows = tuple(_read_row(p) for p in parts[index + 2 : end] if isinstance(p, Prose))
        yield MarkdownTable(header, rows)
        index = end


def _read_header(parts: Sequence[Part], index: int) -> TableRow | None:
    """The header in front of a row of dashes, which has as many cells."""
    first, *rest = parts[index : index + 2]
    second = rest[0] if rest else None
    if not isinstance(first, Prose) or not isinstance(second, Prose) or "|" not in first.text:
        return None
    header, dashes = _read_row(first), _read_row(second)
    are_dashes = all(_ALIGNMENT.fullmatch(cell) for cell in dashes.cells)
    return header if are_dashes and len(dashes.cells) == len(header.cells) else None


def _find_table_end(parts: Sequence[Part], start: int) -> int:
    for index in range(start, len(parts)):
        part = parts[index]
        if not isinstance(part, Prose) or _OTHER_BLOCK.match(part.text):
            return index
    return len(parts)


def _read_row(prose: Prose) -> TableRow:
    text = prose.text.strip().removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    cells = tuple(cell.strip().replace("\\|", "|") for cell in _PIPE.split(text))
    return TableRow(cells, prose.line)


def find_code(text: str) -> tuple[str, ...]:
    """What stands in backquotes."""
    return tuple(found[2].strip() for found in _CODE.finditer(text))


def find_links(text: str) -> tuple[str, ...]:
    """The addresses of links, apart from what stands in backquotes."""
    return tuple(found[2].strip() for found in _LINK.finditer(text))


def strip_marks(text: str) -> str:
    """The text without backquotes, emphasis and the addresses of links, on one line."""
    spans = [found[2] for found in _CODE.finditer(text)]
    # Marks may surround code, and those inside it are none.
    unmarked = _unmark(_CODE.sub(_STAND_IN, text))
    for span in spans:
        unmarked = unmarked.replace(_STAND_IN, span, 1)
    return " ".join(unmarked.split())


def find_leading_bold(text: str) -> str | None:
    """The bold text that a text starts with."""
    found = _LEADING_BOLD.match(text)
    return strip_marks(found[1] or found[2]) if found else None


def _unmark(text: str) -> str:
    text = _LINK.sub(r"\1", text)
    text = _EMPHASIS.sub(lambda found: found[2] or found[4], text)
    return _ESCAPE.sub(r"\1", text)
