"""Every exception of the package stands in the tree that its docstring draws."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from netsim import errors

ROOT = Path(errors.__file__).parent
BASES = frozenset(("ValueError", "Exception"))


def drawn() -> Iterator[tuple[str, str]]:
    """Each class of the tree with the one above it."""
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"    (?P<branch>[│├└─ ]*)(?P<name>[A-Z]\w+)", line)
        if match:
            depth = len(match["branch"])
            above = [(d, name) for d, name in above if d < depth]
            yield match["name"], above[-1][1] if above else "Exception"
            above.append((depth, match["name"]))


def defined() -> Iterator[tuple[str, str]]:
    """Each exception that another file may catch, with its base.

    The algebras of the model raise plain ``ValueError``s, as the standard library does.
    """
    for file in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.ClassDef):
                bases = [ast.unparse(base) for base in node.bases]
                if node.name.startswith("_") or bases == ["ValueError"]:
                    continue
                if any(b.endswith("Error") or b == "Exception" for b in bases):
                    yield node.name, next((b for b in bases if b not in BASES), bases[0])


def test_the_tree_is_drawn_as_it_is() -> None:
    assert sorted(drawn()) == sorted(defined())
