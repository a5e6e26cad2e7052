"""Text to documents: one broken document never hides the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from netsim.errors import TreeError
from netsim.loader.registry import Scope, is_skippable
from netsim.loader.template_kinds import may_hold_template
from netsim.model.tree import Tree

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNREADABLE = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""What YAML forbids (1.2.2, section 5.1); bytes that are not UTF-8 come as lone surrogates."""

_MARKER = re.compile(r"^---(?=[ \t\n]|\Z)", re.MULTILINE)
_PREAMBLE = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n|%[^\n]*\n)*\Z")
_KIND = re.compile(r"^kind:[ \t]+[\"']?([A-Za-z0-9]+)[\"']?[ \t]*(?:#.*)?$", re.MULTILINE)
_API_VERSION = re.compile(
    r"^apiVersion:[ \t]+[\"']?([A-Za-z0-9./-]+)[\"']?[ \t]*(?:#.*)?$", re.MULTILINE
)
_KIND_ENTRY = re.compile(r"^[\"']?kind[\"']?[ \t]*:", re.MULTILINE)
_API_VERSION_ENTRY = re.compile(r"^[\"']?apiVersion[\"']?[ \t]*:", re.MULTILINE)

HELM_HINT = "; this looks like a Helm template: render it first (helm template)"


class Syntax(Enum):
    """The notation of a text."""

    YAML = "YAML"
    JSON = "JSON"


class Chunk(Struct, frozen=True):
    """A part of a text that is parsed alone: usually one document."""

    text: str
    first_line: int
    last_line: int


class Parsed(Struct, frozen=True):
    """A document that could be read; its lines count from ``first_line`` of the file."""

    tree: Tree
    chunk: Chunk

    @property
    def line(self) -> int:
        """Where it begins in the file."""
        return self.tree.line + self.chunk.first_line - 1


class Skipped(Struct, frozen=True):
    """A document of a kind that netsim does not use, which was not parsed."""

    kind: str
    line: int


class Broken(Struct, frozen=True):
    """A document that cannot be read, with the line of the file and the reason."""

    line: int
    message: str


Document = Parsed | Skipped | Broken


def normalise(text: str) -> str:
    """The text with line feeds only and without a byte order mark."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.removeprefix("\ufeff")


def chunks(text: str) -> list[Chunk]:
    """The text cut at every ``---`` in column 0.

    Comments and ``%`` directives before the first document stay with it.
    """
    starts = [match.start() for match in _MARKER.finditer(text)]
    if starts and _PREAMBLE.fullmatch(text[: starts[0]]):
        starts[0] = 0
    elif not starts or starts[0] > 0:
        starts.insert(0, 0)
    found: list[Chunk] = []
    line = 1
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        part = text[start:end]
        breaks = part.count("\n")
        last = line + breaks - (1 if part.endswith("\n") else 0)
        found.append(Chunk(part, line, max(line, last)))
        line += breaks
    return found


def documents(text: str, syntax: Syntax, scope: Scope = Scope.NETWORK) -> Iterator[Document]:
    """The documents of a text; empty ones and those of comments alone are left out."""
    if syntax is Syntax.JSON:
        yield from read_chunk(Chunk(text, 1, text.count("\n") + 1), syntax)
        return
    for chunk in chunks(text):
        skipped = skip(chunk, scope)
        if skipped:
            yield skipped
        else:
            yield from read_chunk(chunk, syntax)


def skip(chunk: Chunk, scope: Scope) -> Skipped | None:
    """What a YAML document is that need not be parsed, as nothing in it can matter."""
    if scope is not Scope.NETWORK:
        return None
    text = chunk.text
    match, versions = _KIND.search(text), _API_VERSION.findall(text)
    if not match or len(versions) != len(_API_VERSION_ENTRY.findall(text)) or len(versions) > 1:
        return None
    kind, api_version = match[1], "".join(versions)
    if not is_skippable(kind, api_version) or len(_KIND_ENTRY.findall(text)) > 1:
        return None
    if may_hold_template(kind, api_version, text):
        return None
    return Skipped(match[1], chunk.first_line + text.count("\n", 0, match.start(1)))


def guess_kind(chunk: Chunk) -> tuple[str, str] | None:
    """``apiVersion`` and kind of a YAML document, as they seem to be before it is parsed."""
    kind, version = _KIND.search(chunk.text), _API_VERSION.search(chunk.text)
    return (version[1], kind[1]) if kind and version else None


def find_unreadable(text: str) -> re.Match[str] | None:
    """The first character that no document may have."""
    # Compiling the wide class takes longer than reading a small file.
    return (_CONTROL if text.isascii() else re.compile(_UNREADABLE)).search(text)


def read_chunk(chunk: Chunk, syntax: Syntax) -> Iterator[Document]:
    """The documents of a part of a text."""
    wrong = find_unreadable(chunk.text)
    if wrong:
        line = chunk.first_line + chunk.text.count("\n", 0, wrong.start())
        yield Broken(line, _unreadable(wrong.group()))
        return
    try:
        for tree in _trees(chunk.text, syntax):
            if tree is not None:
                yield Parsed(tree, chunk)
    except TreeError as error:
        yield _broken(error, chunk)


def _trees(text: str, syntax: Syntax) -> Iterator[Tree | None]:
    if syntax is Syntax.JSON:
        from netsim.loader.tree import json as json_tree

        return json_tree.trees(text)
    from netsim.loader.tree import yaml as yaml_tree

    return yaml_tree.trees(text)


def _unreadable(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"byte 0x{code - 0xDC00:02x} is not UTF-8: save the file in the encoding UTF-8"
    return f"control character U+{code:04X}: remove it"


def _broken(error: TreeError, chunk: Chunk) -> Broken:
    offset = chunk.first_line - 1
    message = error.message
    if error.other is not None:
        message += f" (the other is on line {error.other + offset})"
    if "{{" in chunk.text:
        message += HELM_HINT
    # What is missing at the end is noticed on the line after it.
    return Broken(min(error.line + offset, chunk.last_line), message)
