"""Paths to texts: files, folders and standard input."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from msgspec import Struct

from netsim.loader.tree.documents import Syntax, normalise
from netsim.model.finding import Diagnostic, Severity
from netsim.model.location import Location

STDIN = "-"
_STDIN_NAME = "<stdin>"
_SUFFIXES = frozenset((".yaml", ".yml", ".json"))


class Source(Struct, frozen=True):
    """A text and what it is called."""

    name: str
    text: str
    syntax: Syntax


def sources(paths: Sequence[str], stdin: TextIO | None) -> Iterator[Source | Diagnostic]:
    """The texts below the paths, each file once; errors for what cannot be read."""
    seen: set[Path] = set()
    stdin_read = False
    for path in paths:
        if path != STDIN:
            yield from _below(path, seen)
        elif not stdin_read:
            stdin_read = True
            yield _from_stdin(stdin)


def _below(text: str, seen: set[Path]) -> Iterator[Source | Diagnostic]:
    """A path, or what has the form of a git revision's and is no path."""
    path = Path(text)
    if is_ref(text) and not os.path.lexists(path):
        yield from _from_git(text)
        return
    if not path.is_dir():
        yield from _file(path, seen)
        return
    files = list(_manifests(path, set()))
    if not files:
        yield _error(path, "no manifest here: the folder holds no .yaml, .yml or .json file")
    for file in files:
        yield from _file(file, seen)


def _manifests(folder: Path, above: set[Path]) -> Iterator[Path]:
    """Manifests in a folder, sorted; folders already entered are links in a circle."""
    resolved = folder.resolve()
    if resolved in above:
        return
    above.add(resolved)
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        yield folder  # reading it as a file gives the error
        return
    for entry in entries:
        if entry.is_dir():
            if not entry.name.startswith("."):
                yield from _manifests(entry, above)
        elif entry.suffix.lower() in _SUFFIXES:
            yield entry


def _file(path: Path, seen: set[Path]) -> Iterator[Source | Diagnostic]:
    try:
        resolved = path.resolve()
        if resolved in seen:
            return
        seen.add(resolved)
        data = path.read_bytes()
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        yield _error(path, f"cannot be read: {reason}")
        return
    yield _source(str(path), path.suffix, data)


def is_ref(text: str) -> bool:
    """Whether a text has the form ``REVISION:PATH``."""
    revision, colon, _ = text.partition(":")
    return bool(colon and revision) and not revision.startswith(("-", "/", "."))


def _from_git(text: str) -> Iterator[Source | Diagnostic]:
    from netsim.loader.sources.git import GitError, blobs

    revision, _, _ = text.partition(":")
    try:
        for blob in blobs(text):
            yield _source(f"{revision}:{blob.path}", blob.path.suffix, blob.data)
    except GitError as error:
        yield _error(text, str(error))


def _source(name: str, suffix: str, data: bytes) -> Source:
    text = _decode(data)
    return Source(name, text, _syntax(text) if suffix.lower() == ".json" else Syntax.YAML)


def _from_stdin(stdin: TextIO | None) -> Source | Diagnostic:
    if stdin is None:
        return _error(_STDIN_NAME, "there is no standard input to read")
    try:
        buffer = getattr(stdin, "buffer", None)
        text = _decode(buffer.read()) if isinstance(buffer, io.BufferedIOBase) else stdin.read()
    except (OSError, ValueError) as error:
        return _error(_STDIN_NAME, f"cannot be read: {error}")
    text = normalise(text)
    return Source(_STDIN_NAME, text, _syntax(text))


def _decode(data: bytes) -> str:
    # Bytes that are not UTF-8 become lone surrogates, so that their line can be told.
    return normalise(data.decode("utf-8", "surrogateescape"))


def _syntax(text: str) -> Syntax:
    start = text.lstrip()[:2]
    return Syntax.JSON if start[:1] in ("{", "[") and start != "{{" else Syntax.YAML


def _error(path: Path | str, message: str) -> Diagnostic:
    return Diagnostic(Severity.ERROR, message, Location(str(path), 0))
