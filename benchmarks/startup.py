"""What starting netsim takes: processor time in user and kernel mode, the best of many runs.

Installs the wheel into a fresh environment, or takes one that has netsim, and runs in turn a
bare interpreter, one that imports what netsim stands on, and netsim. All of them find their
bytecode, as they do where netsim is in use: with PYTHONDONTWRITEBYTECODE set, a source tree is
compiled anew at each start, and takes several times as long. No such variable is passed on.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name[:6] != "PYTHON"}
BARE, IMPORTS = "bare interpreter", "import typer, yaml"
VERSION, CHECK = "netsim --version", "netsim check manifests/"
GOALS = {VERSION: 12.0, CHECK: 110.0}
"""Milliseconds over the bare interpreter."""
RATIO = 2.8
"""Of a check to the imports, both over the bare interpreter."""
CACHED = """
import importlib.util, os, sys, typer, yaml, netsim.cli.check
for module in (typer, yaml, netsim.cli.check):
    if not os.path.exists(importlib.util.cache_from_source(module.__file__)):
        sys.exit(f"{module.__file__} has no bytecode, and none can be written there")
"""


def milliseconds(command: list[str]) -> float:
    """What one run takes of the processor."""
    with subprocess.Popen(  # noqa: S603
        command, cwd=PROJECT, env=ENVIRONMENT, stdout=subprocess.DEVNULL
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return (used.ru_utime + used.ru_stime) * 1000


def best(python: Path, runs: int) -> dict[str, float]:
    """The least of each command; they take turns, so that a busy moment strikes them all."""
    netsim = str(python.parent / "netsim")
    commands = {
        BARE: [str(python), "-c", "pass"],
        IMPORTS: [str(python), "-c", IMPORTS],
        VERSION: [netsim, "--version"],
        CHECK: [netsim, "check", "manifests/"],
    }
    # The first run of each writes the bytecode that is missing.
    for command in [*commands.values(), [str(python), "-c", CACHED]]:
        milliseconds(command)
    rounds = [[milliseconds(command) for command in commands.values()] for _ in range(runs)]
    return dict(zip(commands, map(min, zip(*rounds, strict=True)), strict=True))


def table(taken: dict[str, float]) -> str:
    """A line for each command, and one for the ratio."""
    over = {name: time - taken[BARE] for name, time in taken.items()}
    lines = [f"{'':24}{'ms':>8}{'over bare':>11}{'goal':>8}"]
    for name, time in taken.items():
        goal = f"{GOALS[name]:8.0f}" if name in GOALS else ""
        lines.append(f"{name:24}{time:8.1f}{over[name]:11.1f}{goal}")
    lines.append(f"{'check / imports':24}{'':8}{over[CHECK] / over[IMPORTS]:11.2f}{RATIO:8}")
    return "".join(f"{line}\n" for line in lines)


def installed(folder: str) -> Path:
    """The interpreter of a new environment that has the wheel."""
    venv.create(folder, with_pip=True)
    python = Path(folder, "bin", "python")
    install = [str(python), "-m", "pip", "install", "--quiet", str(PROJECT)]
    subprocess.run(install, check=True, env=ENVIRONMENT)  # noqa: S603
    return python


def main() -> None:
    """Prints what each command takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", type=Path, help="an interpreter with netsim beside it")
    parser.add_argument("--runs", type=int, default=20, help="of each command (default: 20)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # Resolved it would be the interpreter that the environment was made from.
        python = asked.python.absolute() if asked.python else installed(folder)
        sys.stdout.write(table(best(python, asked.runs)))


if __name__ == "__main__":
    main()
