"""What shells are told to complete; bash does it for real, the others by what they ask."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import environment, netsim


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("bash", "complete -o default -F _netsim_completion netsim"),
        ("zsh", "compdef _netsim_completion netsim"),
        ("fish", "complete --command netsim "),
        ("powershell", "Register-ArgumentCompleter -Native -CommandName netsim "),
    ],
)
def test_there_is_a_script_for(shell: str, line: str) -> None:
    done = netsim("completion", shell)
    assert (done.code, done.err) == (0, "")
    assert line in done.out


def test_a_shell_without_a_script_is_bad_usage() -> None:
    done = netsim("completion", "tcsh")
    assert (done.code, done.out) == (2, "")
    assert "'tcsh' is not one of 'bash', 'zsh', 'fish', 'powershell'" in done.err


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("netsim expl", ["explain"]),
        ("netsim --vers", ["--version"]),
        ("netsim completion f", ["fish"]),
        ("netsim list manifests --form", ["--format"]),
        ("netsim check --format ma", ["markdown"]),
        ("netsim list --ipblock-pods k", ["known"]),
        ("netsim rule expo", ["exposed"]),
        ("netsim check k8s --ignore forb", ["forbidden"]),
        ("netsim check k8s --select exposed,forb", ["exposed,forbidden"]),
        ("netsim comment k8s --when ch", ["changes"]),
        # What is wrong so far may be right in the end.
        ("netsim list --src a --src b --form", ["--format"]),
        # Bash completes the names of files by itself.
        ("netsim check mani", []),
    ],
)
def test_bash_completes(line: str, expected: list[str], tmp_path: Path) -> None:
    program = tmp_path / "netsim"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m netsim "$@"\n')
    program.chmod(0o755)
    script = """
        source <(netsim completion bash)
        read -ra COMP_WORDS <<< "$1"
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _netsim_completion netsim
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    done = subprocess.run(
        ["bash", "-c", script, "bash", line],
        capture_output=True,
        check=True,
        text=True,
        env={**environment(), "PATH": f"{tmp_path}:{environment()['PATH']}"},
        timeout=60,
    )
    assert (done.stdout.split(), done.stderr) == (expected, "")


def test_zsh_and_fish_show_what_each_is() -> None:
    text = "List the allowed connections."
    words = "netsim lis"
    zsh = netsim(_TYPER_COMPLETE_ARGS=words, _NETSIM_COMPLETE="complete_zsh")
    assert zsh.out == f"""_arguments '*: :(("list":"{text}"))'\n"""
    fish = netsim(
        _TYPER_COMPLETE_ARGS=words,
        _NETSIM_COMPLETE="complete_fish",
        _TYPER_COMPLETE_FISH_ACTION="get-args",
    )
    assert fish.out == f"list\t{text}\n"
