"""Folders with a few commands, as images have them."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

IMAGES: dict[str, dict[str, str]] = {
    "openbsd": {"sh": "dash", "nc": "nc.openbsd", "sleep": "sleep"},
    # Without sleep and timeout there is no watchdog, so what needs one must end by itself.
    "openbsd alone": {"sh": "dash", "nc": "nc.openbsd"},
    "openbsd, bash": {"sh": "bash", "nc": "nc.openbsd", "sleep": "sleep"},
    "openbsd, busybox": {"sh": "busybox", "nc": "nc.openbsd", "sleep": "busybox"},
    "traditional": {"sh": "dash", "nc": "nc.traditional", "sleep": "sleep"},
    "ncat": {"sh": "dash", "ncat": "ncat", "sleep": "sleep"},
    "traditional alone": {"sh": "dash", "nc": "nc.traditional"},
    # It leaves when its input ends, before an answer can come.
    "ncat alone": {"sh": "dash", "nc": "ncat"},
    "busybox": {"sh": "busybox", "nc": "busybox", "sleep": "busybox"},
    "busybox, timeout": {"sh": "busybox", "nc": "busybox", "timeout": "busybox"},
    "bash": {"sh": "dash", "bash": "bash"},
    "bash alone": {"sh": "bash", "bash": "bash"},
    "python3": {"sh": "dash", "python3": sys.executable},
}
_NO_UDP = ("busybox", "busybox, timeout", "ncat alone")


def image(folder: Path, commands: dict[str, str]) -> Path:
    """A folder with these commands; a test that needs what is not installed is skipped."""
    folder.mkdir(exist_ok=True)
    for name, program in commands.items():
        found = shutil.which(program)
        if found is None:
            pytest.skip(f"needs {program}")
        (folder / name).symlink_to(Path(found).resolve())
    return folder


def has_udp(name: str) -> bool:
    """Whether an image can send datagrams."""
    return name not in _NO_UDP
