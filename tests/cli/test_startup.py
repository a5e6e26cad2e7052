from __future__ import annotations

import subprocess
import sys

import netsim
from tests.cli.command import MANIFESTS, environment
from tests.cli.command import netsim as run
from tests.project import ROOT

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
    assert formats == {f"netsim.report.check.{name}" for name in ("text", "pairs", "words")}


def test_a_check_imports_nothing_that_only_others_need() -> None:
    modules = loaded("check", str(ROOT / "manifests"))
    needless = {
        "csv",
        "json",
        "netsim.drain.drain",
        "netsim.drain.eviction",
        "netsim.drain.placement",
        "netsim.engine.matrix.diff",
        "netsim.engine.matrix.listing",
        "netsim.loader.sources.git",
        "netsim.loader.tree.json",
    }
    assert not modules & (HEAVY - {"typer", "yaml"} | needless)
    assert not {name for name in modules if name.startswith("netsim.engine.naming.")}
    assert not {name for name in modules if name.startswith("netsim.engine.query.")}


def test_no_pattern_is_compiled_for_credentials_that_are_none() -> None:
    program = """
import re
import msgspec
before = re._compiler.compile
re._compiler.compile = lambda pattern, flags=0: print(pattern) or before(pattern, flags)
from netsim.bundle.credentials import recognize_credential
assert recognize_credential("password", "CHANGEME") is None
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        text=True,
        env=environment(),
        timeout=60,
    )
    assert len(done.stdout.splitlines()) == 1
