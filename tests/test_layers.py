"""Imports point one way, and each heavy package stays behind one door."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.project import PACKAGE

FLOORS: tuple[tuple[str, ...], ...] = (
    ("model",),
    ("errors", "words"),
    ("engine", "scripts", "loader"),
    ("intent",),
    ("bundle",),
    ("judge",),
    ("rollout", "drain", "mutation"),
    ("rules", "probe", "generation", "forge"),
    ("fix",),
    ("app",),
    ("report",),
    ("api", "cli"),
)
"""The rooms from the ground up: each may import those below, and never its neighbours."""

MAY_IMPORT: dict[str, set[str]] = {
    room: {below for lower in FLOORS[:height] for below in lower}
    for height, floor in enumerate(FLOORS)
    for room in floor
}


PROBE: tuple[tuple[str, ...], ...] = (
    ("pods", "rbac", "threads"),
    ("interface",),
    ("cluster", "preflight"),
    ("planning", "ways"),
    ("judging",),
    ("campaign", "handshakes", "result"),
    ("session",),
)
"""The rooms of the probe from the ground up: what to try, then how, then what it means."""

DOORS = {
    "cronsim": ("bundle/cron_schedule",),
    "kubernetes": ("loader/sources/live", "probe/ways/client"),
    "networkx": ("engine/query",),
    "rich": ("cli/",),
    "typer": ("cli/",),
    "urllib3": ("forge/http", "loader/sources/live"),
    "yaml": ("loader/tree/yaml", "words/yaml"),
}

FILES = sorted(file.relative_to(PACKAGE) for file in PACKAGE.rglob("*.py"))


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse((PACKAGE / file).read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: relative import"
            module = node.module or ""
            yield from (
                (f"{module}.{a.name}" for a in node.names) if module == "netsim" else [module]
            )


def name(file: Path) -> str:
    parts = ("netsim", *file.with_suffix("").parts)
    return ".".join(part for part in parts if part != "__init__")


MODULES = {name(file) for file in FILES}


def modules(file: Path) -> Iterator[str]:
    """The files that one imports, at any time, by the names of their modules."""
    for node in ast.walk(ast.parse((PACKAGE / file).read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            parent = node.module or ""
            inner = {f"{parent}.{alias.name}" for alias in node.names} & MODULES
            yield from inner or {parent} & MODULES


def layer(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "netsim" and len(parts) > 1 else None


def is_ours(file: Path) -> bool:
    return file.name not in ("__init__.py", "__main__.py") or len(file.parts) > 1


@pytest.mark.parametrize("file", [file for file in FILES if is_ours(file)], ids=str)
def test_direction(file: Path) -> None:
    own = file.parts[0].removesuffix(".py")
    used = {found for module in imports(file) if (found := layer(module))}
    assert used - {own, "__version__"} <= MAY_IMPORT[own]


@pytest.mark.parametrize("file", [f for f in FILES if f.parts[0] == "probe"], ids=str)
def test_direction_within_the_probe(file: Path) -> None:
    def height(room: str) -> int:
        return next(number for number, floor in enumerate(PROBE) if room in floor)

    if file.name == "__init__.py":
        return
    own = file.parts[1].removesuffix(".py")
    used = {m.split(".")[2] for m in modules(file) if m.startswith("netsim.probe.")} - {own}
    assert [room for room in used if height(room) >= height(own)] == []


@pytest.mark.parametrize("file", FILES, ids=str)
def test_heavy_packages_have_one_door(file: Path) -> None:
    packages = {module.partition(".")[0] for module in imports(file)}
    for package in packages & DOORS.keys():
        assert file.as_posix().startswith(DOORS[package]), package


@pytest.mark.parametrize("file", FILES, ids=str)
def test_only_known_packages(file: Path) -> None:
    packages = {module.partition(".")[0] for module in imports(file)}
    assert packages <= {"netsim", "msgspec", *DOORS, *sys.stdlib_module_names}


def test_no_two_files_import_each_other() -> None:
    """Also not by way of others: a circle hides which of its files comes first."""
    sorter = TopologicalSorter({name(file): set(modules(file)) for file in FILES})
    sorter.prepare()


def test_only_the_command_line_prints() -> None:
    for file in FILES:
        if file.parts[0] != "cli":
            nodes = ast.walk(ast.parse((PACKAGE / file).read_bytes()))
            assert not any(isinstance(n, ast.Name) and n.id == "print" for n in nodes), file
