"""``netsim completion``: what makes a shell complete commands, options and their values."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer


class Shell(Enum):
    """The shells that there are scripts for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


def completion(
    context: typer.Context,
    shell: Annotated[
        Shell,
        typer.Argument(
            metavar="bash|zsh|fish|powershell",
            help="Which shell it is for.",
            show_default=False,
        ),
    ],
) -> None:
    """Print the script by which a shell completes netsim's commands.

    For the shell at hand: source <(netsim completion bash). For every one: write it to
    /etc/bash_completion.d/netsim, to _netsim in a folder of zsh's fpath, or to
    ~/.config/fish/completions/netsim.fish.
    """
    from typer.completion import shell_complete

    root = context.find_root()
    # A plugin of kubectl is started by kubectl, which completes nothing of it.
    name = (root.info_name or "netsim").rpartition(" ")[2]
    know_shells()
    shell_complete(root.command, {}, name, name_variable(name), f"source_{shell.value}")


def know_shells() -> None:
    """Makes the parser know the shells, which else is a part of options that netsim lacks."""
    from typer.completion import get_completion_inspect_parameters

    get_completion_inspect_parameters()


def name_variable(program: str) -> str:
    """The variable in which a shell asks a program what there is to complete."""
    return f"_{program}_COMPLETE".replace("-", "_").upper()
