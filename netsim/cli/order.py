"""``netsim order``: in which order to apply the manifests, and what happens on the way."""

from __future__ import annotations

import sys
from enum import Enum
from typing import Annotated

import typer

from netsim.cli import console, options
from netsim.report.render import Format

FAILED = 1


class OrderChoice(Enum):
    """Which order is followed."""

    DOCUMENTED = "documented"
    COMPUTED = "computed"


def order(
    paths: options.Paths,
    scenario: options.Documented = None,
    no_scenario: options.NoScenario = False,
    choice: Annotated[
        OrderChoice,
        typer.Option(
            "--order",
            help="Which order to follow: the documented one, where there is one, or the one "
            "that the dependencies ask for.",
        ),
    ] = OrderChoice.DOCUMENTED,
    form: Annotated[Format, options.format_of("OrderResult", "order")] = Format.TEXT,
    allow_inconclusive: options.AllowInconclusive = False,
    render: options.Render = False,
    output: options.Output = None,
) -> None:
    """Print and follow the order in which to apply the manifests.

    Exit codes: 0 nothing goes wrong that another order avoids, 1 something does, 2 bad usage
    or input, or flows that cannot be decided.
    """
    from netsim.app import order as app
    from netsim.rollout.assessment import Choice

    request = app.OrderRequest(
        tuple(paths),
        stdin=sys.stdin,
        rendering=options.rendering(render),
        scenario=options.one(scenario),
        discovery=options.discovery(scenario, no_scenario),
        choice=Choice(choice.value),
    )
    result = app.order(request)
    console.notes(result.notes, result.diagnostics)
    console.write(result, form, output)
    if result.errors:
        raise typer.Exit(console.BAD_INPUT)
    if result.assessment.faults:
        raise typer.Exit(FAILED)
    if result.unknown and not allow_inconclusive:
        raise typer.Exit(console.BAD_INPUT)
