"""Reading what a path names, whatever that turns out to be: bounded in size and in time.

``read_bytes(Path("netpol.yaml"))`` is the content of a regular file.  Devices, sockets,
folders and files that are too large are refused.  A pipe is read where it was asked for, as
with ``netsim list <(kustomize build)``, until nobody writes to it any more.
"""

from __future__ import annotations

import os
import select
import stat
import time
from collections.abc import Iterator
from io import UnsupportedOperation
from pathlib import Path
from typing import TextIO

from netsim.errors import LoadError

LARGEST = 256 * 2**20
"""Bytes that one file may have; a cluster of 100,000 pods takes a third of it."""
FIRST_WRITER, NEXT_BYTES, WHOLE_PIPE = 5.0, 60.0, 600.0
"""Seconds that a pipe may have no writer, be silent, and take in all."""
_CHUNK = 2**20


class FileError(LoadError):
    """A file that cannot be read; the message says why, without its name."""


def read_bytes(path: Path) -> bytes:
    """The content of a regular file or of a pipe.  Raises :class:`FileError`."""
    try:
        # Without the flags a pipe that nobody writes to would not even open.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except (OSError, ValueError) as error:
        raise FileError(explain(error)) from error
    try:
        return _read(handle)
    except OSError as error:
        raise FileError(explain(error)) from error
    finally:
        os.close(handle)


def read_text(path: Path, encoding: str = "utf-8-sig") -> str:
    """The content of a file, which is UTF-8.  Raises :class:`FileError`."""
    return _decode(read_bytes(path), encoding)


def read_stdin(stdin: TextIO | None) -> bytes | str:
    """All of standard input.  Raises :class:`FileError`.

    Whoever types it has all the time there is; a program may be silent until it is done.
    """
    if stdin is None:
        raise FileError("there is no standard input to read")
    try:
        handle = _handle_of(stdin)
        if handle is not None and not os.isatty(handle):
            ends = time.monotonic() + WHOLE_PIPE
            return _gather(iter(lambda: _next_of_stdin(handle, ends), b""))
        data: bytes | str = getattr(stdin, "buffer", stdin).read(LARGEST + 1)
    except FileError:
        raise
    except (OSError, ValueError) as error:
        raise FileError(explain(error)) from error
    if len(data) > LARGEST:
        raise _too_large()
    return data


def _handle_of(stdin: TextIO) -> int | None:
    """The number of the open file; None for what is in memory."""
    try:
        return stdin.fileno()
    except UnsupportedOperation:
        return None


def _next_of_stdin(handle: int, ends: float) -> bytes:
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    if not poll.poll(max(0.0, ends - time.monotonic()) * 1000):
        raise FileError(f"cannot be read: it did not end in {WHOLE_PIPE:.0f} s")
    return os.read(handle, _CHUNK)


def read_stdin_text(stdin: TextIO | None) -> str:
    """All of standard input, which is UTF-8.  Raises :class:`FileError`."""
    data = read_stdin(stdin)
    return data if isinstance(data, str) else _decode(data, "utf-8-sig")


def refuse_special(path: Path) -> None:
    """Raises :class:`FileError` for what is no regular file, such as a pipe in a folder."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise FileError(explain(error)) from error
    if not stat.S_ISREG(mode):
        raise FileError(f"cannot be read: it is {_kind(mode)}, no regular file")


def explain(error: Exception) -> str:
    """Why a file cannot be read, in the words of the system."""
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}"
    return f"cannot be read: {error}"


def resolve(path: Path) -> Path:
    """A path without links, so that two names of one file are equal; never raises."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        # Links in a circle, and names that no file has: reading them says so.
        return Path.cwd() / path


def is_folder(path: Path) -> bool:
    """Whether a path names a folder, as far as that can be seen."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _read(handle: int) -> bytes:
    found = os.fstat(handle)
    if stat.S_ISFIFO(found.st_mode):
        return _read_pipe(handle)
    if stat.S_ISCHR(found.st_mode) and found.st_rdev == Path(os.devnull).stat().st_rdev:
        return b""
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        raise FileError(f"cannot be read: it is {_kind(found.st_mode)}, no regular file")
    if found.st_size > LARGEST:
        raise _too_large()
    # The size says nothing of files in /proc.
    return _gather(iter(lambda: os.read(handle, _CHUNK), b""))


def _read_pipe(handle: int) -> bytes:
    ends = time.monotonic() + WHOLE_PIPE
    return _gather(iter(lambda: _next_bytes(handle, ends), b""))


def _next_bytes(handle: int, ends: float) -> bytes:
    """What comes next; empty at the end.  A pipe that nobody has opened yet gives nothing."""
    opened = time.monotonic()
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    while True:
        if time.monotonic() > ends:
            raise FileError(f"cannot be read: the pipe did not end in {WHOLE_PIPE:.0f} s")
        try:
            data = os.read(handle, _CHUNK)
        except BlockingIOError:
            if not poll.poll(NEXT_BYTES * 1000):
                message = f"cannot be read: nothing came through the pipe in {NEXT_BYTES:.0f} s"
                raise FileError(message) from None
            continue
        events = poll.poll(0)
        if data or any(event & select.POLLHUP for _, event in events):
            return data
        if time.monotonic() - opened > FIRST_WRITER:
            raise FileError("cannot be read: it is a pipe, and nobody writes to it")
        poll.poll(50)


def _gather(parts: Iterator[bytes]) -> bytes:
    found: list[bytes] = []
    size = 0
    for part in parts:
        found.append(part)
        size += len(part)
        if size > LARGEST:
            raise _too_large()
    return b"".join(found)


def _too_large() -> FileError:
    return FileError(f"cannot be read: it has more than {LARGEST // 2**20} MiB")


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileError("cannot be read: it is not UTF-8") from error


def _kind(mode: int) -> str:
    return _KINDS.get(stat.S_IFMT(mode), "a file of another kind")


_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}
