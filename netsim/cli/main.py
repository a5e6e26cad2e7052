"""The typer application; each command imports what it needs when it runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Annotated, get_type_hints

import typer

from netsim import __version__
from netsim.cli import console, settings, waiting
from netsim.cli.command import Command, Commands
from netsim.cli.completion import know_shells, name_variable
from netsim.errors import NetsimError, ParametersError, RequestError

app = typer.Typer(
    name="netsim",
    cls=Commands,
    help="Checks Kubernetes network policies against the documented diagram.",
    epilog="Exit codes: 0 as documented, 1 findings, 2 bad usage, bad input or no answer.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS = {
    "check": ("netsim.cli.check", "check"),
    "rule": ("netsim.cli.rule", "rule"),
    "init": ("netsim.cli.init", "init"),
    "generate": ("netsim.cli.generate", "generate"),
    "fix": ("netsim.cli.fix", "fix"),
    "list": ("netsim.cli.list", "list_pairs"),
    "eval": ("netsim.cli.eval", "evaluate"),
    "explain": ("netsim.cli.explain", "explain"),
    "report": ("netsim.cli.report", "report"),
    "diff": ("netsim.cli.diff", "diff"),
    "review": ("netsim.cli.review", "review"),
    "comment": ("netsim.cli.comment", "comment"),
    "graph": ("netsim.cli.graph", "graph"),
    "drain": ("netsim.cli.drain", "drain"),
    "query": ("netsim.cli.query", "query"),
    "coverage": ("netsim.cli.coverage", "coverage"),
    "order": ("netsim.cli.order", "order"),
    "probe": ("netsim.cli.probe", "probe"),
    "snapshot": ("netsim.cli.snapshot", "snapshot"),
    "completion": ("netsim.cli.completion", "completion"),
}
"""The module and function of each command, in the order of the help."""
OPTIONS = {"source": "--from", "destination": "--to"}
WATCHED = ("probe", "snapshot")
"""Commands that say themselves how far they are."""
NAMES = {
    "netsim": "netsim",
    "kube-netsim": "kube-netsim",
    # What kubectl starts when it is called so.
    "kubectl-netsim": "kubectl netsim",
}
"""What the program may be called, and how people call it then."""


def _register(arguments: list[str]) -> None:
    """Only the command that is called, as typer takes a while for each; else all of them."""
    called = next(iter(settings.drop_options(arguments)), "")
    for name in [called] if called in COMMANDS else COMMANDS:
        module, function = COMMANDS[name]
        command = getattr(import_module(module), function)
        # As text, typer would evaluate them four times.
        command.__annotations__ = get_type_hints(command, include_extras=True)
        app.command(name, cls=Command)(_report_errors(name, command))


def _report_errors(name: str, command: Callable[..., None]) -> Callable[..., None]:
    """The command, whose errors become messages and exit codes."""

    @wraps(command)
    def run(**given: object) -> None:
        try:
            with nullcontext() if name in WATCHED else waiting.watch():
                command(**given)
        except NetsimError as error:
            raise _conclude(error) from error

    return run


def _conclude(error: NetsimError) -> Exception:
    """What ends the command: after bad usage how it is used, else the exit code alone."""
    diagnostics = [str(each) for each in error.diagnostics]
    console.notes(diagnostics)
    match error:
        case ParametersError():
            options = " and ".join(map(_option, error.parameters))
            return typer.BadParameter(f"{error.message} {options}")
        case RequestError():
            option = error.parameter and f"'{_option(error.parameter)}'"
            return typer.BadParameter(error.message, param_hint=option)
        case _ if str(error) != "\n".join(diagnostics):
            console.note(str(error))
    return typer.Exit(console.BAD_INPUT)


def _option(parameter: str) -> str:
    """What a parameter of a request is called on the command line."""
    return OPTIONS.get(parameter) or f"--{parameter.replace('_', '-')}"


def _version(wanted: bool | None) -> None:
    if wanted:
        console.write_text(f"netsim {__version__}\n", None)
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _netsim(
    context: typer.Context,
    version: Annotated[
        bool | None,
        typer.Option("--version", help="Show the version.", is_eager=True, callback=_version),
    ] = None,
) -> None:
    del version  # its callback has ended the program
    if context.invoked_subcommand is None:
        console.write_text(f"{context.get_help()}\n", None)
        raise typer.Exit(2)


def run() -> None:
    """Runs the command line."""
    console.prepare()
    settings.reset()
    _register(sys.argv[1:])
    # Whoever starts it as a module or a function gives it no name.
    name = NAMES.get(Path(sys.argv[0]).stem, "netsim")
    if name_variable(name) in os.environ:
        know_shells()
    try:
        app(prog_name=name, terminal_width=console.help_width())
    except console.OutputError as error:
        console.note(str(error))
        sys.exit(console.BAD_INPUT)
    except OSError as error:
        # What typer writes itself, such as the help, to a place that takes nothing.
        console.abandon_output()
        console.note(f"netsim: {error.strerror or error}")
        sys.exit(console.BAD_INPUT)
