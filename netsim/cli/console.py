"""Where text goes: results to standard output or a file, everything else to standard error."""

from __future__ import annotations

import errno
import io
import os
import shutil
import stat
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

import typer

from netsim.cli import settings, waiting
from netsim.errors import NetsimError
from netsim.words.lists import join_first
from netsim.words.printable import printable, printable_lines

if TYPE_CHECKING:
    from netsim.app.input import InputResult
    from netsim.report.render import Format, Result
    from netsim.report.style import Pairs, Terminal

BAD_INPUT = 2
"""The exit code for bad input, and where there is no answer."""

FIRST_READER = 5.0
"""Seconds that a pipe may have no reader."""

NARROWEST, WIDEST, WIDEST_HELP, UNKNOWN_WIDTH = 40, 120, 200, 100


class OutputError(NetsimError):
    """The file that was asked for cannot be written."""


def prepare() -> None:
    """Makes both streams print any name, whatever the encoding of the terminal."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def columns() -> int:
    """How wide tables may be: COLUMNS, else the terminal, else a default for files."""
    return max(NARROWEST, shutil.get_terminal_size((UNKNOWN_WIDTH, 24)).columns)


def width() -> int:
    """How wide prose may be, which is hard to read where lines are long."""
    return min(columns(), WIDEST)


def help_width() -> int:
    """How wide the help is, with a margin."""
    return min(columns(), WIDEST_HELP) - 1


def check(output: Path | None) -> None:
    """Whether a result can be written, before a long while is spent on it."""
    if output is None:
        return
    try:
        _check(output)
    except (OSError, ValueError, RuntimeError) as error:
        raise _unwritable(output, error) from error


def _check(output: Path) -> None:
    if output.is_dir():
        raise OutputError(f"{output}: cannot be written: it is a folder")
    if output.exists():
        place = output
    else:
        place = Path(os.path.realpath(output) if output.is_symlink() else output).parent
        if not place.is_dir():
            raise OutputError(f"{output}: cannot be written: there is no folder {place}")
    if not os.access(place, os.W_OK):
        raise OutputError(f"{output}: cannot be written: not permitted")


def write_text(text: str, output: Path | None) -> None:
    """Writes a result to standard output, or to the file that was asked for."""
    if output is None:
        _print(text)
        return
    try:
        _write_file(output, text.encode("utf-8", "backslashreplace"))
    except (OSError, ValueError, RuntimeError) as error:
        raise _unwritable(output, error) from error


def _write_file(output: Path, data: bytes) -> None:
    """Whole or not at all where a file is new, or a plain one that is only ours.

    Whatever else is there stays what it is, such as a device, a pipe or a link, and is written
    to as a shell does.
    """
    try:
        old = output.stat()
    except FileNotFoundError:
        old = None
    if old is not None and not _is_replaceable(output, old):
        with open(_open_existing(output, old), "wb") as stream:
            stream.write(data)
        return
    target = Path(os.path.realpath(output))
    from tempfile import mkstemp

    file, part = mkstemp(prefix=".netsim.", suffix=".part", dir=target.parent)
    try:
        with open(file, "wb") as stream:  # noqa: PTH123
            stream.write(data)
            if old is not None:
                os.fchmod(file, stat.S_IMODE(old.st_mode))
        Path(part).replace(target)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def _is_replaceable(output: Path, status: os.stat_result) -> bool:
    """Whether a new file in its place would have the same owner and lose no other name."""
    is_plain = stat.S_ISREG(status.st_mode) and not output.is_symlink()
    is_ours = (status.st_uid, status.st_gid) == (os.geteuid(), os.getegid())
    return is_plain and is_ours and status.st_nlink == 1 and os.access(output.parent, os.W_OK)


def _open_existing(output: Path, status: os.stat_result) -> int:
    """Opens what is there; a pipe waits a while for its reader."""
    flags = os.O_WRONLY | os.O_NOCTTY
    if not stat.S_ISFIFO(status.st_mode):
        return os.open(output, flags | (os.O_TRUNC if stat.S_ISREG(status.st_mode) else 0))
    ends = time.monotonic() + FIRST_READER
    while True:
        try:
            handle = os.open(output, flags | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            if time.monotonic() > ends:
                message = f"{output}: cannot be written: it is a pipe, and nobody reads from it"
                raise OutputError(message) from error
            time.sleep(0.05)
        else:
            os.set_blocking(handle, True)
            return handle


def _unwritable(output: Path, error: Exception) -> OutputError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return OutputError(f"{output}: cannot be written: {reason}")


def terminal(output: Path | None = None) -> Terminal:
    """How wide and colourful a text is, as its reader has the terminal and asks for it."""
    from netsim.report.style import Terminal

    colour, detail = settings.choose_colour(output), settings.current().detail
    return Terminal(width(), colour, columns=columns(), detail=detail)


def write(
    result: Result,
    form: Format,
    output: Path | None,
    limit: int = 0,
    pairs: Pairs | None = None,
) -> None:
    """Writes a result in a format, for its reader.

    ``limit`` is how many characters Markdown may have, and ``pairs`` are those to show of a
    comparison with the documentation.
    """
    from msgspec.structs import replace

    from netsim.report.render import render

    reader = replace(terminal(output), limit=limit, pairs=pairs)
    write_text(render(result, form, reader), output)


def _print(text: str) -> None:
    if sys.stdout is None:
        return
    waiting.end()
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough; the exit code still tells what was found.
        _abandon(sys.stdout)
    except OSError as error:
        _abandon(sys.stdout)
        raise OutputError(f"standard output cannot be written: {error.strerror}") from error


def note(text: str) -> None:
    """Writes a line to standard error, control characters made visible."""
    if sys.stderr is None:
        return
    waiting.end()
    try:
        sys.stderr.write(f"{printable_lines(printable(text))}\n")
        sys.stderr.flush()
    except OSError:
        # Nobody hears it; the exit code still tells.
        _abandon(sys.stderr)


def notes(*groups: Iterable[object]) -> None:
    """Writes a line for each remark and diagnostic to standard error, or for errors only."""
    for group in groups:
        for each in group:
            if not (settings.is_quiet() and _is_remark(each)):
                note(str(each))


def _is_remark(each: object) -> bool:
    """Whether it is no error: a note or a warning."""
    from netsim.app.notes import Note
    from netsim.model.finding import Diagnostic, Severity

    if isinstance(each, Diagnostic):
        return each.severity is not Severity.ERROR
    return isinstance(each, Note)


def remark(text: str) -> None:
    """Writes a line to standard error that is no error, unless nobody wants to know."""
    if not settings.is_quiet():
        note(text)


def conclude(result: InputResult, is_unknown_allowed: bool) -> None:
    """Ends the command where a result is not whole, and says because of what."""
    if result.errors:
        raise typer.Exit(BAD_INPUT)
    if not result.is_inconclusive or is_unknown_allowed:
        return
    if result.lacking:
        note(f"inconclusive: the input lacks {join_first(result.lacking)}")
    elif result.left_open:
        names = join_first(result.left_open)
        note(f"inconclusive: the answer depends on what is unknown of {names}")
    raise typer.Exit(BAD_INPUT)


def leave(code: int) -> NoReturn:
    """Ends the process at once: nothing is freed, and no thread that was told to end awaited.

    One that wakes while the interpreter ends in its own time can crash it, and the exit code
    would be that of the crash.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError):
                stream.flush()
    os._exit(code)


def abandon_output() -> None:
    """Gives standard output up, where something else failed to write to it."""
    _abandon(sys.stdout)


def _abandon(stream: TextIO) -> None:
    """Drops what is still buffered, so that the exit stays quiet."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(nowhere, stream.fileno())
