"""Paths to texts: files, folders and standard input."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import TextIO

from msgspec import Struct
from msgspec.structs import replace

from netsim.errors import LoadError
from netsim.loader.sources.files import (
    FileError,
    explain,
    is_folder,
    read_bytes,
    read_stdin,
    refuse_special,
    resolve,
)
from netsim.loader.tree.documents import Syntax, normalise
from netsim.model.finding import Diagnostic, Severity
from netsim.model.location import Location

STDIN = "-"
_STDIN_NAME = "<stdin>"
_SUFFIXES = frozenset((".yaml", ".yml", ".json"))
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""The names that Kustomize looks for in a folder, in its order."""


class Choice(Enum):
    """How a file came to be read."""

    NAMED = "named"
    """By its own name, or it is standard input: it is meant to hold manifests."""

    FOUND = "found"
    """It lies in a folder, with whatever else is there."""


class Origin(Enum):
    """What a text was taken from, which tells whether it can be written there again."""

    FILE = "a file"
    STDIN = "standard input"
    REVISION = "a git revision"
    RENDERED = "the output of a chart or a kustomization"


class Source(Struct, frozen=True):
    """A text and what it is called."""

    name: str
    text: str
    syntax: Syntax
    choice: Choice = Choice.NAMED
    origin: Origin = Origin.FILE


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
    if not text:
        # To the system it is the current folder, and hardly to whoever has not set $DIR.
        yield _error("''", "no path: the name is empty")
        return
    path = Path(text)
    if is_ref(text) and not os.path.lexists(path):
        yield from _from_git(text, seen)
        return
    if not is_folder(path):
        yield from _file(path, seen, Choice.NAMED)
        return
    found = list(_manifests(path, set()))
    if not found:
        yield _error(path, "no manifest here: the folder holds no .yaml, .yml or .json file")
    for each in found:
        if isinstance(each, Diagnostic):
            yield each
            continue
        try:
            refuse_special(each)
        except FileError as error:
            yield _error(each, str(error))
        else:
            yield from _file(each, seen, Choice.FOUND)


def _manifests(folder: Path, entered: set[Path]) -> Iterator[Path | Diagnostic]:
    """Manifests in a folder, sorted; folders already entered are links in a circle."""
    resolved = resolve(folder)
    if resolved in entered:
        return
    entered.add(resolved)
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        yield _error(folder, explain(error))
        return
    for entry in entries:
        is_manifest, is_hidden = _is_manifest(entry), entry.name.startswith(".")
        if is_hidden and not is_manifest:
            continue
        try:
            below = entry.is_dir()
            if entry.is_symlink():
                entry.stat()
        except OSError as error:
            # It may be a folder that holds anything.
            yield _error(entry, _explain_entry(entry, error))
            continue
        if below:
            if not is_hidden:
                yield from _manifests(entry, entered)
        elif is_manifest:
            yield entry


def _is_manifest(entry: Path) -> bool:
    return entry.suffix.lower() in _SUFFIXES or entry.name in KUSTOMIZATIONS


def _explain_entry(entry: Path, error: OSError) -> str:
    if entry.is_symlink():
        return f"cannot be read: a link that cannot be followed: {error.strerror}"
    return explain(error)


def _file(path: Path, seen: set[Path], choice: Choice) -> Iterator[Source | Diagnostic]:
    resolved = resolve(path)
    if resolved in seen:
        return
    seen.add(resolved)
    try:
        yield _source(str(path), path.suffix, read_bytes(path), choice)
    except FileError as error:
        yield _error(path, str(error))


def has_manifests(text: str) -> bool:
    """Whether a path, or a revision's, names a file or a folder that holds a manifest.

    What cannot be read may hold one.
    """
    path = Path(text)
    if is_ref(text) and not os.path.lexists(path):
        from netsim.loader.sources.git import NothingThereError, blobs

        try:
            return any(True for _ in blobs(text))
        except NothingThereError:
            return False
        except LoadError:
            return True
    if is_folder(path):
        return any(True for _ in _manifests(path, set()))
    return os.path.lexists(path)


def is_ref(text: str) -> bool:
    """Whether a text has the form ``REVISION:PATH``."""
    revision, colon, _ = text.partition(":")
    return bool(colon and revision) and not revision.startswith(("-", "/", "."))


def locate(name: str) -> str:
    """Where a path of the input is; that of a revision is where a checkout has it."""
    if not is_ref(name) or os.path.lexists(name):
        return name
    from netsim.loader.sources.git import GitError, find_in_checkout

    try:
        return find_in_checkout(name.partition(":")[2])
    except GitError:
        return name


def _from_git(text: str, seen: set[Path]) -> Iterator[Source | Diagnostic]:
    from netsim.loader.sources.git import GitError, Unreadable, blobs

    revision, _, _ = text.partition(":")
    try:
        for blob in blobs(text):
            name = f"{revision}:{blob.path}"
            if isinstance(blob, Unreadable):
                yield _error(name, f"cannot be read: {blob.reason}")
            elif Path(blob.origin) not in seen:
                seen.add(Path(blob.origin))
                choice = Choice.NAMED if blob.is_named else Choice.FOUND
                found = _source(name, blob.path.suffix, blob.data, choice)
                yield replace(found, origin=Origin.REVISION)
    except GitError as error:
        yield _error(text, str(error))


def _source(name: str, suffix: str, data: bytes, choice: Choice) -> Source:
    text = _decode(data)
    syntax = guess_syntax(suffix, text)
    return Source(name, text, syntax, choice)


def _from_stdin(stdin: TextIO | None) -> Source | Diagnostic:
    try:
        data = read_stdin(stdin)
    except FileError as error:
        return _error(_STDIN_NAME, str(error))
    text = normalise(data) if isinstance(data, str) else _decode(data)
    return Source(_STDIN_NAME, text, _guess(text), origin=Origin.STDIN)


def read_original(name: str) -> str:
    """The text of a file with its own line breaks and byte order mark.

    Bytes that are not UTF-8 are lone surrogates.  Raises :class:`FileError`.
    """
    return read_bytes(Path(name)).decode("utf-8", "surrogateescape")


def _decode(data: bytes) -> str:
    # Bytes that are not UTF-8 become lone surrogates, so that their line can be told.
    return normalise(data.decode("utf-8", "surrogateescape"))


def guess_syntax(suffix: str, text: str) -> Syntax:
    """The notation of a text, by the end of its name and by how it begins."""
    return _guess(text) if suffix.lower() == ".json" else Syntax.YAML


def _guess(text: str) -> Syntax:
    start = text.lstrip()[:2]
    return Syntax.JSON if start[:1] in ("{", "[") and start != "{{" else Syntax.YAML


def _error(path: Path | str, message: str) -> Diagnostic:
    return Diagnostic(Severity.ERROR, message, Location(str(path), 0))
