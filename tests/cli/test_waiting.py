"""The line for whoever waits at a terminal, and the end that Ctrl-C makes."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from netsim.cli import console, settings, waiting
from netsim.report.style import Detail
from tests.cli.command import MANIFESTS, environment


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    found = Screen()
    monkeypatch.setattr(waiting, "FIRST", 0.01)
    monkeypatch.setattr(waiting, "NEXT", 0.01)
    monkeypatch.setenv("TERM", "xterm")
    return found


def wait_for_line(screen: Screen) -> None:
    ends = time.monotonic() + 5
    while "still working" not in screen.getvalue():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_the_line_comes_and_goes(screen: Screen) -> None:
    with redirect_stderr(screen), waiting.watch():
        wait_for_line(screen)
    assert screen.getvalue().endswith("\r\x1b[K")


def test_nothing_is_written_into_the_line(screen: Screen) -> None:
    with redirect_stderr(screen), waiting.watch():
        wait_for_line(screen)
        console.note("a note")
        time.sleep(0.05)
    assert screen.getvalue().endswith("\r\x1b[Ka note\n")


def test_what_is_quick_needs_no_line(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "FIRST", 60)
    with redirect_stderr(screen), waiting.watch():
        pass
    assert screen.getvalue() == ""


@pytest.mark.parametrize("where", ["pipe", "dumb", "quiet"])
def test_where_there_is_no_line(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    if where == "pipe":
        monkeypatch.setattr(screen, "isatty", lambda: False)
    if where == "dumb":
        monkeypatch.setenv("TERM", "dumb")
    if where == "quiet":
        asked = settings.Settings(detail=Detail.VERDICT)
        monkeypatch.setattr(settings, "current", lambda: asked)
    with redirect_stderr(screen), waiting.watch():
        time.sleep(0.05)
    assert screen.getvalue() == ""


def test_ctrl_c_ends_a_command_without_a_word(tmp_path: Path) -> None:
    """While it waits for its input, which never comes."""
    pipe = tmp_path / "policies.yaml"
    os.mkfifo(pipe)
    started = subprocess.Popen(
        [sys.executable, "-m", "netsim", "list", str(pipe)],
        cwd=MANIFESTS,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    # It opens once the command reads it.
    with pipe.open("w"):
        started.send_signal(signal.SIGINT)
        out, err = started.communicate(timeout=20)
    assert (started.returncode, out, err) == (130, b"", b"")
