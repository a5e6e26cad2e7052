"""Changed texts to files: each file at once, or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from netsim.errors import NetsimError
from netsim.fix.diff import Rewrite
from netsim.loader.sources.files import FileError, explain, read_bytes


class WriteError(NetsimError):
    """A file that is not changed, and why."""


def write_changes(changes: Sequence[Rewrite]) -> None:
    """Writes files; whoever reads one meanwhile sees the old text or the new one.

    Raises :class:`WriteError` before any file is written, where one of them says something
    else than when it was read, and where a file cannot be written.
    """
    for change in changes:
        _refuse_changed(change)
    for change in changes:
        _write(Path(change.file), change.after)


def _refuse_changed(change: Rewrite) -> None:
    path = Path(change.file)
    if not change.before and not os.path.lexists(path):
        return
    try:
        text = read_bytes(path).decode("utf-8", "surrogateescape")
    except FileError as error:
        raise WriteError(f"{path}: {error}; no file was changed") from error
    if text != change.before:
        raise WriteError(f"{path} has changed since it was read; no file was changed")


def _write(path: Path, text: str) -> None:
    """By way of a file beside it; a link stays one, and the file keeps its mode."""
    real = path.resolve()
    try:
        handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
    except OSError as error:
        raise WriteError(f"{path}: {explain(error)}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))
        mode = real.stat().st_mode if real.exists() else 0o666 & ~_read_umask()
        Path(name).chmod(mode & 0o7777)
        Path(name).replace(real)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise WriteError(f"{path}: {explain(error)}") from error
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _read_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
