from __future__ import annotations

import subprocess
import sys

import netsim
from tests.cli.command import MANIFESTS, ROOT, environment
from tests.cli.command import netsim as run

HEAVY = {"kubernetes", "networkx", "numpy", "rich", "typer", "yaml"}


def imported(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "netsim", *arguments],
        capture_output=True,
        check=True,
        text=True,
        cwd=MANIFESTS,
        env=environment(),
        timeout=60,
    )
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}


def test_version() -> None:
    done = run("--version")
    assert (done.code, done.out, done.err) == (0, f"netsim {netsim.__version__}\n", "")


def test_version_imports_nothing_heavy() -> None:
    modules = imported("--version")
    assert not modules & HEAVY
    assert not [name for name in modules if name.startswith("netsim.")]


def test_help_imports_neither_yaml_nor_rich() -> None:
    assert imported("--help") & HEAVY == {"typer"}


def test_a_list_needs_no_rich() -> None:
    assert imported("list", "shop") & HEAVY == {"typer", "yaml"}


def loaded(*arguments: str) -> set[str]:
    """The modules that are there in the end, also those imported by name."""
    program = f"""
import sys
from netsim.__main__ import main
sys.argv = ["netsim", *{arguments!r}]
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        text=True,
        cwd=MANIFESTS,
        env=environment(),
        timeout=60,
    )
    return set(done.stderr.split())


def test_a_check_imports_no_other_command() -> None:
    modules = loaded("check", str(ROOT / "manifests"))
    others = (
        "diff",
        "drain",
        "eval",
        "evaluate",
        "explain",
        "list",
        "order",
        "query",
        "snapshot",
    )
    rooms = ("app", "cli", "report")
    assert "netsim.cli.check" in modules
    assert not modules & {f"netsim.{room}.{name}" for room in rooms for name in others}
    assert not {name for name in modules if name.startswith(("netsim.probe", "netsim.api"))}
    formats = {name for name in modules if name.startswith("netsim.report.check.")}
    assert formats == {"netsim.report.check.text", "netsim.report.check.words"}
