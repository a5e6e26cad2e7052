"""A process that is the command ends at once; nothing that others do at its end is lost."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.command import MANIFESTS, environment


def ended(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        check=False,
        text=True,
        cwd=MANIFESTS,
        env=environment(),
        timeout=60,
    )


def started(before: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = f"""
import sys
from netsim.__main__ import run
sys.argv = ["netsim", *{arguments!r}]
{before}
run()
"""
    return ended("-c", program)


FREED = """
class Freed:
    def __del__(self, write=sys.stderr.write):
        write("freed")
freed = Freed()
"""
"""Something that writes when it is freed, as an interpreter does at its end."""


def test_nothing_is_freed() -> None:
    done = started(FREED, "list", "shop")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == ended("-m", "netsim", "list", "shop").stdout != ""


@pytest.mark.parametrize("watch", ["settrace", "setprofile"])
def test_whoever_watches_sees_the_end(watch: str) -> None:
    done = started(f"{FREED}\nsys.{watch}(lambda *_: None)", "list", "shop")
    assert (done.returncode, done.stderr) == (0, "freed")


def test_a_profile_is_written() -> None:
    done = ended("-m", "cProfile", "-m", "netsim", "list", "shop")
    assert " function calls " in done.stdout


def test_exit_functions_run() -> None:
    done = started("import atexit; atexit.register(print, 'the end')", "list", "shop")
    assert done.stdout.endswith("the end\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("list", "shop"), 0), (("list", "none"), 2), (("lst",), 2), (("--help",), 0), ((), 2)],
)
def test_exit_codes(arguments: tuple[str, ...], code: int) -> None:
    assert started("", *arguments).returncode == code
