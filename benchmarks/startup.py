"""How long ``netsim check manifests/`` takes, as a ratio to importing what it stands on.

Runs both in turn and compares the medians:  python benchmarks/startup.py [RUNS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).parents[1]
CHECK = (sys.executable, "-m", "netsim", "check", "manifests/")
VERSION = (sys.executable, "-m", "netsim", "--version")
IMPORTS = (sys.executable, "-c", "import typer, yaml, rich.table")
COMMANDS = {"imports": IMPORTS, "check": CHECK, "version": VERSION}


def seconds(command: tuple[str, ...]) -> float:
    """The wall-clock time of one run."""
    before = time.perf_counter()
    subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    return time.perf_counter() - before


def main(runs: int) -> None:
    """Prints a line for each command."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    base = statistics.median(times["imports"])
    for name, taken in times.items():
        middle = statistics.median(taken)
        sys.stdout.write(f"{name:8} {middle * 1000:6.0f} ms  {middle / base:5.2f} x imports\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
