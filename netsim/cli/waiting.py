"""A line for whoever waits at a terminal: a command still works, and for how long already.

Large inputs take minutes.  The line comes after a while, and goes with the first that is
written; files and pipes never see it.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, TextIO

from netsim.cli import settings

if TYPE_CHECKING:
    from threading import Event, Thread

FIRST, NEXT = 2.0, 1.0
"""Seconds until the line comes, and between its changes."""

_ERASE = "\r\x1b[K"
_CURRENT: ContextVar[_Line | None] = ContextVar("waiting", default=None)


@contextmanager
def watch() -> Iterator[None]:
    """Shows the line while a command works, on a terminal that can take it back."""
    stream = sys.stderr
    is_able = stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
    if not is_able or settings.is_quiet():
        yield
        return
    line = _Line(stream)
    token = _CURRENT.set(line)
    try:
        yield
    finally:
        line.end()
        _CURRENT.reset(token)


def end() -> None:
    """Takes the line away for good, as something else is about to be written."""
    line = _CURRENT.get()
    if line:
        line.end()


class _Line:
    """The line, which a thread of its own writes."""

    def __init__(self, stream: TextIO) -> None:
        from threading import Event, Thread

        self._stream = stream
        self._began = time.monotonic()
        self._ended: Event = Event()
        self._thread: Thread = Thread(target=self._write, daemon=True)
        self._thread.start()

    def end(self) -> None:
        if self._ended.is_set():
            return
        self._ended.set()
        self._thread.join()

    def _write(self) -> None:
        # A terminal that is gone ends the line, not the command.
        with suppress(OSError, ValueError):
            is_shown = False
            while not self._ended.wait(NEXT if is_shown else FIRST):
                seconds = int(time.monotonic() - self._began)
                self._stream.write(f"{_ERASE}still working: {seconds} s (Ctrl-C ends it)")
                self._stream.flush()
                is_shown = True
            if is_shown:
                self._stream.write(_ERASE)
                self._stream.flush()
