"""``netsim drain``: what a drain of a node does to the pods."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from netsim.cli import console, options
from netsim.report.render import Format

BLOCKED = 1
NOTHING = "no pods are known: give workloads, or a scenario that describes them"
UNREAD = "not every document was read, so pods or budgets may be missing"

Replicas = Annotated[
    list[str] | None,
    typer.Option(
        "--replicas",
        metavar="NAME=N,...",
        help="How many pods there are, by a name of the scenario or of a workload; "
        "repeatable. By default as the manifests say.",
        show_default=False,
    ),
]
Unready = Annotated[
    list[str] | None,
    typer.Option(
        "--unready",
        metavar="NAME=N,...",
        help="How many of them are not ready; repeatable.",
        show_default=False,
    ),
]


def drain(
    paths: options.Paths,
    replicas: Replicas = None,
    unready: Unready = None,
    node: Annotated[
        str | None,
        typer.Option(
            "--node",
            metavar="NODE",
            help="Evict the pods that the input has on this node. By default all, as if they "
            "were on one.",
            show_default=False,
        ),
    ] = None,
    scenario: options.Modelled = None,
    no_scenario: options.NoScenario = False,
    form: Annotated[Format, options.format_of("DrainResult")] = Format.TEXT,
    allow_inconclusive: options.AllowInconclusive = False,
    namespace: options.HomeNamespace = None,
    render: options.Render = False,
    output: options.Output = None,
) -> None:
    """Tell whether a node can be drained, and what stays available.

    Exit codes: 0 the drain can finish, 1 it cannot, 2 bad usage or input, or not known.
    """
    from netsim.app import drain as app
    from netsim.drain.drain import DrainOutcome

    request = app.DrainRequest(
        tuple(paths),
        namespace,
        stdin=sys.stdin,
        rendering=options.rendering(render),
        replicas=tuple(replicas or ()),
        unready=tuple(unready or ()),
        node=node,
        scenario=options.one(scenario),
        discovery=options.discovery(scenario, no_scenario),
    )
    result = app.drain(request)
    console.notes(result.diagnostics)
    console.write(result, form, output)
    if result.errors or not result.drain.fates:
        console.note(UNREAD if result.errors else NOTHING)
        raise typer.Exit(console.BAD_INPUT)
    match result.drain.outcome:
        case DrainOutcome.BLOCKED:
            raise typer.Exit(BLOCKED)
        case DrainOutcome.UNKNOWN if not allow_inconclusive:
            raise typer.Exit(console.BAD_INPUT)
        case _:
            return
