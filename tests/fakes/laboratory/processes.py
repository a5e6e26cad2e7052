"""Processes of the machine, those in pods included, by a word of their command line."""

from __future__ import annotations

import time
from pathlib import Path


def with_argument(word: str) -> list[int]:
    """Those that have this as an argument, or in one."""
    return [
        int(folder.name)
        for folder in Path("/proc").iterdir()
        if folder.name.isdecimal() and word.encode() in _command_line(folder)
    ]


def wait_until_gone(word: str, seconds: float) -> None:
    """Waits until there is none; raises AssertionError if that takes longer."""
    end = time.monotonic() + seconds
    while found := with_argument(word):
        assert time.monotonic() < end, f"processes {found} still run"
        time.sleep(0.05)


def _command_line(folder: Path) -> bytes:
    try:
        return (folder / "cmdline").read_bytes()
    except OSError:
        return b""  # it has ended meanwhile
