"""What a CI job of GitHub has besides its log: a summary, outputs, and annotations.

Elsewhere there is none of it, and nothing happens.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from netsim.cli import console


def is_on_github() -> bool:
    """Whether this is a job of GitHub, which reads commands from the log."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def add_summary(markdown: str) -> None:
    """Adds to the page that people see of the job."""
    _append("GITHUB_STEP_SUMMARY", f"{markdown}\n")


def add_outputs(outputs: Mapping[str, int]) -> None:
    """Tells the steps that come next."""
    _append("GITHUB_OUTPUT", "".join(f"{name}={each}\n" for name, each in outputs.items()))


def _append(variable: str, text: str) -> None:
    """What cannot be written is said, and ends nothing: the exit code is what counts."""
    file = os.environ.get(variable)
    if not file:
        return
    try:
        with Path(file).open("a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text)
    except OSError as error:
        console.note(f"{variable}: {file} cannot be written: {error.strerror}")
