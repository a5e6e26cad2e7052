"""Paths to texts: files, folders and standard input."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from netsim.loader.documents import Syntax, normalised
from netsim.model.finding import Diagnostic, Severity
from netsim.model.location import Location

STDIN = "-"
_STDIN_NAME = "<stdin>"
_SUFFIXES = frozenset((".yaml", ".yml", ".json"))


@dataclass(frozen=True, slots=True)
class Source:
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
            yield from _below(Path(path), seen)
        elif not stdin_read:
            stdin_read = True
            yield _from_stdin(stdin)


def _below(path: Path, seen: set[Path]) -> Iterator[Source | Diagnostic]:
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
    may_be_json = path.suffix.lower() == ".json"
    text = _decoded(data)
    yield Source(str(path), text, _syntax(text) if may_be_json else Syntax.YAML)


def _from_stdin(stdin: TextIO | None) -> Source | Diagnostic:
    if stdin is None:
        return _error(_STDIN_NAME, "there is no standard input to read")
    try:
        buffer = getattr(stdin, "buffer", None)
        text = (
            _decoded(buffer.read()) if isinstance(buffer, io.BufferedIOBase) else stdin.read()
        )
    except (OSError, ValueError) as error:
        return _error(_STDIN_NAME, f"cannot be read: {error}")
    text = normalised(text)
    return Source(_STDIN_NAME, text, _syntax(text))


def _decoded(data: bytes) -> str:
    # Bytes that are not UTF-8 become lone surrogates, so that their line can be told.
    return normalised(data.decode("utf-8", "surrogateescape"))


def _syntax(text: str) -> Syntax:
    start = text.lstrip()[:2]
    return Syntax.JSON if start[:1] in ("{", "[") and start != "{{" else Syntax.YAML


def _error(path: Path | str, message: str) -> Diagnostic:
    return Diagnostic(Severity.ERROR, message, Location(str(path), 0))
