"""Imports point one way, and each heavy package stays behind one door."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "netsim"

FLOORS: tuple[tuple[str, ...], ...] = (
    ("model",),
    ("words",),
    ("engine", "scripts", "loader"),
    ("intent",),
    ("bundle",),
    ("judge",),
    ("rollout", "drain"),
    ("rules", "probe"),
    ("app", "api"),
    ("report",),
    ("cli",),
)
"""The rooms from the ground up: each may import those below, and never its neighbours."""

MAY_IMPORT: dict[str, set[str]] = {
    room: {below for lower in FLOORS[:height] for below in lower}
    for height, floor in enumerate(FLOORS)
    for room in floor
}

LOWEST = FLOORS[0]

DOORS = {
    "cronsim": ("bundle/cron_schedule",),
    "kubernetes": ("loader/sources/live", "probe/ways/exec"),
    "networkx": ("engine/query",),
    "rich": ("cli/",),
    "typer": ("cli/",),
    "urllib3": ("loader/sources/live",),
    "yaml": ("loader/tree/yaml",),
}

FILES = sorted(file.relative_to(ROOT) for file in ROOT.rglob("*.py"))


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse((ROOT / file).read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: relative import"
            module = node.module or ""
            yield from (
                (f"{module}.{a.name}" for a in node.names) if module == "netsim" else [module]
            )


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


@pytest.mark.parametrize("file", FILES, ids=str)
def test_heavy_packages_have_one_door(file: Path) -> None:
    packages = {module.partition(".")[0] for module in imports(file)}
    for package in packages & DOORS.keys():
        assert file.as_posix().startswith(DOORS[package]), package


@pytest.mark.parametrize("file", FILES, ids=str)
def test_only_known_packages(file: Path) -> None:
    packages = {module.partition(".")[0] for module in imports(file)}
    assert packages <= {"netsim", *DOORS, *sys.stdlib_module_names}


@pytest.mark.parametrize("file", [f for f in FILES if f.parts[0] in LOWEST], ids=str)
def test_the_lowest_layers_need_only_the_standard_library(file: Path) -> None:
    packages = {module.partition(".")[0] for module in imports(file)}
    assert packages <= {"netsim", *sys.stdlib_module_names}


def test_the_layers_have_no_circle() -> None:
    order = list(MAY_IMPORT)
    for name, below in MAY_IMPORT.items():
        assert all(order.index(other) < order.index(name) for other in below)


def test_only_the_command_line_prints() -> None:
    for file in FILES:
        if file.parts[0] != "cli":
            nodes = ast.walk(ast.parse((ROOT / file).read_bytes()))
            assert not any(isinstance(n, ast.Name) and n.id == "print" for n in nodes), file
