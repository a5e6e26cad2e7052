"""How a command line is taken apart: what is given once counts, and messages steer nothing.

``netsim snapshot --from a.yaml --from b.yaml`` is bad usage: the parser alone would forget
``a.yaml`` without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from netsim.cli.settings import make_options
from netsim.words.printable import printable

_BadUsage: Any = typer.BadParameter.__bases__[0]
"""What every fault in a command line is a case of; typer gives it no public name."""


_LONGEST = 200
_NARROW, _NAME = 60, 8
"""Columns of a help that is narrow, and of the names in it."""


class Command(TyperCommand):
    """A command that takes its input and its question once.

    An option with a default, such as ``--format``, is a setting: the last one counts, so that
    an alias can have its own.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += make_options()

    def get_short_help_str(self, limit: int = 0) -> str:
        """The first sentence of the help, whole."""
        return super().get_short_help_str(max(limit, _LONGEST))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Writes the options in columns that leave room for their texts."""
        _fit_columns(formatter)
        super().format_options(ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuses the second value of an option that has one and is no setting."""
        given = list(args)
        rest = super().parse_args(ctx, args)
        if ctx.resilient_parsing:
            # A shell completes what is not at its end yet.
            return rest
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += make_options()

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Writes the options and commands in columns that leave room for their texts."""
        _fit_columns(formatter)
        super().format_options(ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Takes the options of the program itself."""
        with _printable():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Takes what follows, and runs the command."""
        with _printable():
            return super().invoke(ctx)


def _fit_columns(formatter: Any) -> None:
    """Where a terminal is narrow, long names stand on a line of their own."""
    if formatter.width < _NARROW:
        formatter.write_dl = partial(formatter.write_dl, col_max=_NAME)


@contextmanager
def _printable() -> Iterator[None]:
    try:
        yield
    except _BadUsage as error:
        error.message = printable(error.message)
        raise
