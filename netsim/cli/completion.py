"""``netsim completion``: what makes a shell complete commands, options and their values."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from netsim.cli import console


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
    from typer.completion import get_completion_script

    program = context.find_root().info_name or "netsim"
    # A plugin of kubectl is started by kubectl, which completes nothing of it.
    name = program.rpartition(" ")[2]
    script = get_completion_script(
        prog_name=name, complete_var=name_variable(name), shell=shell.value
    )
    console.write_text(f"{script}\n", None)


def name_variable(program: str) -> str:
    """The variable in which a shell asks a program what there is to complete."""
    return f"_{program}_COMPLETE".replace("-", "_").upper()
