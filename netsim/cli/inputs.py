"""Reading the input: diagnostics to standard error, and the exit code they ask for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from netsim.cli import console
from netsim.loader.registry import Scope

if TYPE_CHECKING:
    from netsim.loader.load import Loaded

BAD_INPUT = console.BAD_INPUT


def read(paths: Sequence[str], namespace: str, scope: Scope = Scope.NETWORK) -> Loaded:
    """Loads the paths and reports what is wrong with them."""
    from netsim.loader.load import load

    loaded = load(paths, namespace, sys.stdin, scope)
    for diagnostic in loaded.diagnostics:
        console.note(str(diagnostic))
    return loaded


def refuse(message: str) -> typer.Exit:
    """Reports a question that cannot be answered; raise what is returned."""
    console.note(message)
    return typer.Exit(BAD_INPUT)
