"""Where text goes: results to standard output or a file, everything else to standard error."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

from netsim.errors import NetsimError
from netsim.words.printable import printable, printable_lines

if TYPE_CHECKING:
    from netsim.report.render import Format, Result
    from netsim.report.style import Colour

BAD_INPUT = 2
"""The exit code for bad input, and where there is no answer."""

NARROWEST, WIDEST, UNKNOWN_WIDTH = 40, 120, 100


class OutputError(NetsimError):
    """The file that was asked for cannot be written."""


def prepare() -> None:
    """Makes both streams print any name, whatever the encoding of the terminal."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def width() -> int:
    """How wide prose may be: COLUMNS, else the terminal, else a default for files."""
    columns = shutil.get_terminal_size((UNKNOWN_WIDTH, 24)).columns
    return max(NARROWEST, min(columns, WIDEST))


def colour(output: Path | None) -> Colour:
    """Colours for a terminal, unless NO_COLOR is set (no-color.org)."""
    from netsim.report.style import Colour

    terminal = sys.stdout is not None and sys.stdout.isatty()
    plain = output is not None or not terminal or os.environ.get("NO_COLOR")
    return Colour.NEVER if plain else Colour.ALWAYS


def check(output: Path | None) -> None:
    """Whether a result can be written, before a long while is spent on it."""
    if output is None:
        return
    if output.is_dir():
        raise OutputError(f"{output}: cannot be written: it is a folder")
    if not output.parent.is_dir():
        raise OutputError(f"{output}: cannot be written: there is no folder {output.parent}")
    if not os.access(output if output.exists() else output.parent, os.W_OK):
        raise OutputError(f"{output}: cannot be written: not permitted")


def write_text(text: str, output: Path | None) -> None:
    """Writes a result to standard output, or to the file that was asked for."""
    if output is None:
        _print(text)
        return
    try:
        output.write_bytes(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise OutputError(f"{output}: cannot be written: {error.strerror}") from error


def write(result: Result, form: Format, output: Path | None) -> None:
    """Writes a result in a format, as wide and as colourful as its reader has it."""
    from netsim.report.render import render
    from netsim.report.style import Terminal

    write_text(render(result, form, Terminal(width(), colour(output))), output)


def _print(text: str) -> None:
    if sys.stdout is None:
        return
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
    try:
        sys.stderr.write(f"{printable_lines(printable(text))}\n")
        sys.stderr.flush()
    except OSError:
        # Nobody hears it; the exit code still tells.
        _abandon(sys.stderr)


def notes(*groups: Iterable[object]) -> None:
    """Writes a line for each remark and diagnostic to standard error."""
    for group in groups:
        for each in group:
            note(str(each))


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
