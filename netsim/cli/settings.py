"""What a reader may ask of every command: colours, and how much is said.

Both options stand before or behind the command's name: ``netsim --color never check k8s``,
``netsim check k8s --quiet``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from enum import Enum
from pathlib import Path
from typing import Any

import typer
from msgspec import Struct
from msgspec.structs import replace
from typer.core import TyperOption

from netsim.report.style import Colour, Detail


class Wish(Enum):
    """When a text has colours."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Settings(Struct, frozen=True):
    """What was asked on the command line."""

    colour: Wish = Wish.AUTO
    detail: Detail = Detail.FULL


_SETTINGS: ContextVar[Settings] = ContextVar("settings")


def reset() -> None:
    """Forgets what was asked, as a process may run several commands."""
    _SETTINGS.set(Settings())


def current() -> Settings:
    """What was asked, of the command that runs."""
    return _SETTINGS.get(Settings())


def is_quiet() -> bool:
    """Whether only errors and results are wanted."""
    return current().detail is Detail.VERDICT


def choose_colour(output: Path | None) -> Colour:
    """Whether a result has colours.

    What is asked goes first, then the variables NO_COLOR (no-color.org), FORCE_COLOR
    (force-color.org) and TERM, then whether standard output is a terminal.  Variables say
    nothing of files.  Terminals that have colours have links, too.
    """
    wish = current().colour
    if wish is Wish.NEVER:
        return Colour.NEVER
    is_terminal = output is None and sys.stdout is not None and sys.stdout.isatty()
    is_able = is_terminal and os.environ.get("TERM") != "dumb"
    if wish is Wish.AUTO and (output is not None or os.environ.get("NO_COLOR")):
        return Colour.NEVER
    if is_able:
        return Colour.LINKED
    is_wanted = wish is Wish.ALWAYS or os.environ.get("FORCE_COLOR")
    return Colour.ALWAYS if is_wanted else Colour.NEVER


def make_options() -> Iterator[TyperOption]:
    """The options, new for each command."""
    yield TyperOption(
        param_decls=["--color"],
        metavar=f"<{'|'.join(wish.value for wish in Wish)}>",
        type=_parse_wish,
        help="When to use colours. By default on a terminal, unless NO_COLOR is set or TERM "
        "is dumb, and anywhere if FORCE_COLOR is set.",
        default=Wish.AUTO.value,
        callback=_set_colour,
        expose_value=False,
    )
    yield TyperOption(
        param_decls=["-q", "--quiet"],
        help="Write errors and results only: no notes and warnings, and of a report as text "
        "just its verdict.",
        is_flag=True,
        default=False,
        callback=_set_quiet,
        expose_value=False,
    )


def _parse_wish(text: str) -> Wish:
    try:
        return Wish(text)
    except ValueError as error:
        known = ", ".join(repr(wish.value) for wish in Wish)
        raise typer.BadParameter(f"{text!r} is not one of {known}.") from error


def _set_colour(context: Any, option: Any, wish: Wish) -> None:
    """A default behind the command leaves what was asked before it."""
    if context.get_parameter_source(option.name).name != "DEFAULT":
        _SETTINGS.set(replace(current(), colour=wish))


def _set_quiet(_: Any, __: Any, is_asked: bool) -> None:
    if is_asked:
        _SETTINGS.set(replace(current(), detail=Detail.VERDICT))


def drop_options(arguments: list[str]) -> list[str]:
    """A command line without those of these options that stand before the command."""
    rest = list(arguments)
    while rest and rest[0].startswith(("--color", "--quiet", "-q")):
        del rest[: 2 if rest[0] == "--color" else 1]
    return rest
