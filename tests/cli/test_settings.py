"""Colours, and how much is said: what is asked of every command."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from netsim.cli.main import COMMANDS
from tests.cli.command import MANIFESTS, environment, netsim

ESCAPE = "\x1b["
CHECK = ("check", "posture", "--no-scenario")
FORCED, PLAIN = {"FORCE_COLOR": "1"}, {"NO_COLOR": "1"}


@pytest.mark.parametrize(
    ("arguments", "env", "is_coloured"),
    [
        (CHECK, {}, False),
        ((*CHECK, "--color", "always"), {}, True),
        (("--color", "always", *CHECK), {}, True),
        (("--color=always", *CHECK), {}, True),
        (("--color", "always", *CHECK, "--color", "never"), {}, False),
        ((*CHECK, "--color", "never", "--color", "always"), {}, True),
        ((*CHECK, "--color", "auto"), FORCED, True),
        (CHECK, FORCED, True),
        (CHECK, {"FORCE_COLOR": ""}, False),
        (CHECK, {**FORCED, **PLAIN}, False),
        ((*CHECK, "--color", "always"), PLAIN, True),
        ((*CHECK, "--color", "never"), FORCED, False),
        (CHECK, {**FORCED, "TERM": "dumb"}, True),
        ((*CHECK, "--format", "json"), FORCED, False),
        ((*CHECK, "--format", "markdown"), FORCED, False),
    ],
)
def test_what_decides_about_colours(
    arguments: tuple[str, ...], env: dict[str, str], *, is_coloured: bool
) -> None:
    assert (ESCAPE in netsim(*arguments, stdin="", cwd=MANIFESTS, **env).out) is is_coloured


@pytest.mark.parametrize(
    ("env", "is_coloured"),
    [({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False), ({"TERM": "xterm", **PLAIN}, False)],
)
def test_a_terminal(env: dict[str, str], *, is_coloured: bool) -> None:
    ours, theirs = pty.openpty()
    subprocess.run(
        [sys.executable, "-m", "netsim", *CHECK],
        check=False,
        cwd=MANIFESTS,
        env=environment(**env),
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        timeout=60,
    )
    os.close(theirs)
    assert (ESCAPE in os.read(ours, 500).decode()) is is_coloured
    os.close(ours)


def test_a_file_has_the_colours_that_are_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "out.txt"
    for arguments, is_coloured in (((), False), (("--color", "always"), True)):
        netsim(*CHECK, "-o", str(file), *arguments, stdin="", cwd=MANIFESTS, **FORCED)
        assert (ESCAPE in file.read_text(encoding="utf-8")) is is_coloured


@pytest.mark.parametrize("place", ["before", "behind"])
def test_an_unknown_wish(place: str) -> None:
    wish = ("--color", "sometimes")
    done = netsim(*wish, *CHECK) if place == "before" else netsim(*CHECK, *wish)
    assert (done.code, done.out) == (2, "")
    assert "'sometimes' is not one of 'auto', 'always', 'never'." in done.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_the_options(command: str) -> None:
    done = netsim(command, "--help")
    assert "--color <auto|always|never>" in done.out
    assert "-q, --quiet" in done.out


@pytest.mark.parametrize(
    "line",
    [
        "check posture --no-scenario",
        "coverage coverage -s coverage/scenarios/shop.yaml",
        "diff tiers tiers-new",
        "drain posture",
        "explain shop --src shop/web --dst shop/api",
        "explain tiers --src shop/web --dst svc/shop/api --port 80",
        "fix posture --no-scenario",
        "list shop",
        "list shop --explain",
        "order shop",
        "query exposed shop",
    ],
)
def test_every_text_has_colours_that_change_no_word(line: str) -> None:
    plain, painted = netsim(*line.split()), netsim(*line.split(), "--color", "always")
    assert painted.out != plain.out
    assert re.sub("\x1b\\[[0-9;]*m", "", painted.out) == plain.out


@pytest.mark.parametrize("arguments", [("-q", *CHECK[:2]), (*CHECK[:2], "--quiet")])
def test_quiet(arguments: tuple[str, ...]) -> None:
    loud, done = netsim(*CHECK[:2]), netsim(*arguments)
    assert "note: no scenario found" in loud.err
    assert done.out == f"{loud.out.splitlines()[0]}\n"
    assert (done.code, done.err) == (loud.code, "")


def test_quiet_keeps_errors_and_other_results() -> None:
    loud, done = netsim("list", "half"), netsim("list", "half", "-q")
    assert (done.code, done.out) == (loud.code, loud.out)
    assert "half/" in done.err


def test_quiet_leaves_out_warnings(tmp_path: Path) -> None:
    claim = "# netsim: ignore[no-such-rule] as a test\n"
    source = (MANIFESTS / "half" / "good.yaml").read_text(encoding="utf-8")
    (tmp_path / "good.yaml").write_text(f"{claim}{source}", encoding="utf-8")
    loud, done = (netsim("check", str(tmp_path), *more) for more in ((), ("-q",)))
    assert ": warning: " in loud.err
    assert (done.code, done.err) == (loud.code, "")
