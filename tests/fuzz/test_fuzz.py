"""Every command over damaged input: it ends, soon, with 0, 1 or 2, and 0 only if all was read.

``NETSIM_FUZZ_ROUNDS=3000`` makes more rounds of each command, ``NETSIM_FUZZ_SEED=7`` others.
A failure names its seed and round; ``NETSIM_FUZZ_ROUNDS=812-812`` repeats that one alone.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from netsim.loader.load import load
from tests.cli.command import netsim
from tests.fuzz.mutation import mutate
from tests.fuzz.projects import COMMANDS, QUERIES, Files, Project, arguments, projects

SEED = os.environ.get("NETSIM_FUZZ_SEED", "1")
FIRST, _, LAST = os.environ.get("NETSIM_FUZZ_ROUNDS", "300").rpartition("-")
ROUNDS = range(int(FIRST or 1), int(LAST) + 1)
CPU_SECONDS = 20
"""Of this processor time none of the commands needs a tenth."""
WALL_SECONDS = 200
REJECTION = re.compile(r"^(?:rejected: )?\S+:\d+: (?!warning: |note: )", re.MULTILINE)


class Hanging(BaseException):
    """Not an ``Exception``, which a command may catch."""


def _give_up(*_: object) -> None:
    raise Hanging


@contextmanager
def _bounded() -> Iterator[None]:
    """Ends whatever works too long, or waits for what never comes."""
    kinds = ((signal.SIGPROF, signal.ITIMER_PROF), (signal.SIGALRM, signal.ITIMER_REAL))
    before = [signal.signal(number, _give_up) for number, _ in kinds]
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)
    try:
        yield
    finally:
        for (number, timer), handler in zip(kinds, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)


def fault(called: list[str], folder: Path) -> str:
    """What is wrong with how the command behaves in this folder, or nothing."""
    try:
        with _bounded():
            done = netsim(*called, cwd=folder)
    except Hanging:
        return f"works for more than {CPU_SECONDS} s, or waits for {WALL_SECONDS} s"
    except Exception:  # noqa: BLE001 - any at all is what is sought
        return traceback.format_exc()
    if done.code not in (0, 1, 2):
        return f"neither 0 nor 1 nor 2: {done}"
    if done.code == 2 and not done.err.strip() and not done.out.strip():
        return f"says nothing: {done}"
    if done.code == 0 and (rejected := _rejected(called, folder, done.err)):
        return f"rejected, and exit code 0: {rejected}\n{done}"
    return ""


def _rejected(called: list[str], folder: Path, err: str) -> str:
    """As the command says, and as the loader says of what the command read."""
    if match := REJECTION.search(err):
        return match.string[match.start() :].splitlines()[0]
    read = called[called.index("--from") + 1] if called[0] == "snapshot" else "m"
    return "\n".join(map(str, load([str(folder / read)]).errors))


@dataclass(frozen=True)
class Attempt:
    """One command over one damaged project."""

    called: list[str]
    files: Files
    mutated: str

    def fault(self) -> str:
        with _written(self.files) as folder:
            return fault(self.called, folder)


@contextmanager
def _written(files: Files) -> Iterator[Path]:
    with TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        yield folder


_projects = cache(projects)


def attempt(command: str, number: int) -> Attempt:
    """That of this round, which depends on the seed, the command and the number alone."""
    rng = Random(f"{SEED}/{command}/{number}")  # noqa: S311 - nothing secret
    project: Project = rng.choice(_projects())
    files = {**project.files, "queries.csv": QUERIES}
    readable = [path for path in files if path[:2] == "m/" and not path.endswith(".md")]
    mutated = rng.choice(readable if command == "snapshot" else list(files))
    called = arguments(rng, command, project, mutated)
    right = {f"right/{path[2:]}": text for path, text in files.items() if path[:2] == "m/"}
    damaged = {mutated: mutate(rng, mutated, files[mutated])}
    return Attempt(called, {**files, **right, **damaged}, mutated)


def test_undamaged_projects_get_answers() -> None:
    """Else the rounds would only ever see the same refusal."""
    for project in _projects():
        with _written(project.files) as folder:
            done = netsim("check", "m", cwd=folder)
        assert done.code in (0, 1) or "INCONCLUSIVE" in done.out, done


@pytest.mark.parametrize("command", COMMANDS)
def test_damaged_input(command: str) -> None:
    for number in ROUNDS:
        tried = attempt(command, number)
        if wrong := tried.fault():
            pytest.fail(
                f"seed {SEED}, command {command}, round {number}: repeat it with\n"
                f"NETSIM_FUZZ_SEED={SEED} NETSIM_FUZZ_ROUNDS={number}-{number} "
                f"pytest tests/fuzz -k {command}\n"
                f"netsim {shlex.join(tried.called)}\n{wrong}\n"
                f"--- {tried.mutated}\n{tried.files[tried.mutated].decode(errors='replace')}",
                pytrace=False,
            )
