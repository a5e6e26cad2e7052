"""How a command line is taken apart: what is given once counts, and messages steer nothing.

``netsim snapshot --from a.yaml --from b.yaml`` is bad usage: the parser alone would forget
``a.yaml`` without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from netsim.words.printable import printable

_BadUsage: Any = typer.BadParameter.__bases__[0]
"""What every fault in a command line is a case of; typer gives it no public name."""


class Command(TyperCommand):
    """A command that takes its input and its question once.

    An option with a default, such as ``--format``, is a setting: the last one counts, so that
    an alias can have its own.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuses the second value of an option that has one and is no setting."""
        given = list(args)
        rest = super().parse_args(ctx, args)
        *_, parameters = self.make_parser(ctx).parse_args(given)
        for parameter in parameters:
            # An argument has no is_flag, and is given where it stands.
            has_value = getattr(parameter, "is_flag", True) is False
            if not has_value or parameter.multiple or parameter.get_default(ctx) is not None:
                continue
            if parameters.count(parameter) > 1:
                message = f"given {parameters.count(parameter)} times: give one"
                raise typer.BadParameter(message, ctx=ctx, param=parameter)
        return rest


class Commands(TyperGroup):
    """All commands; whatever is wrong with their usage, its message is printable."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Takes the options of the program itself."""
        with _printable():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Takes what follows, and runs the command."""
        with _printable():
            return super().invoke(ctx)


@contextmanager
def _printable() -> Iterator[None]:
    try:
        yield
    except _BadUsage as error:
        error.message = printable(error.message)
        raise
