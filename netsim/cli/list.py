"""``netsim list``: every connection that is allowed."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from netsim.cli import console, options
from netsim.model.conventions import IpBlockPods
from netsim.report.render import Format

UNREAD = "every answer is unknown, as a document that could not be read may decide it"


def list_pairs(
    paths: options.Paths,
    form: Annotated[Format, options.format_of("ConnectionList", "list")] = Format.TEXT,
    focus: Annotated[
        str | None,
        typer.Option(
            metavar="ENDPOINT",
            help="Only connections from or to this: namespace/name[Kind], namespace/name, "
            "a name that only one has, or an IP address.",
            show_default=False,
        ),
    ] = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Say of each connection which rules let it pass."),
    ] = False,
    exposure: Annotated[
        bool,
        typer.Option(
            "--exposure",
            help="Also list what is open to pods that nobody has written yet: to any pod of "
            "the cluster, and to those that some policy singles out.",
        ),
    ] = False,
    scenario: options.Modelled = None,
    no_scenario: options.NoScenario = False,
    allow_inconclusive: options.AllowInconclusive = False,
    namespace: options.HomeNamespace = None,
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    ingress_namespace: options.IngressNamespace = None,
    ingress_labels: options.IngressLabels = None,
    render: options.Render = False,
    output: options.Output = None,
) -> None:
    """List the allowed connections.

    Exit codes: 0 listed, 2 bad usage or input, or connections that are unknown because the
    input is incomplete, or that CSV has no place for.
    """
    from netsim.app import list as app

    request = app.ListRequest(
        tuple(paths),
        namespace,
        ipblock_pods,
        options.ranges(pod_ranges),
        sys.stdin,
        rendering=options.rendering(render),
        focus=focus,
        exposure=exposure,
        scenario=options.one(scenario),
        discovery=options.discovery(scenario, no_scenario),
        controller=options.controller(ingress_namespace, ingress_labels),
    )
    if explain and form is Format.CSV:
        raise typer.BadParameter("csv has no place for reasons", param_hint="'--explain'")
    result = app.explain_connections(request) if explain else app.list_connections(request)
    console.notes(result.diagnostics)
    left_out: tuple[str, ...] = ()
    if isinstance(result, app.ConnectionList) and form is Format.CSV:
        from netsim.report.list.csv import list_left_out

        left_out = tuple(list_left_out(result))
        console.notes(left_out)
    console.write(result, form, output)
    if result.errors:
        console.note(UNREAD)
    console.conclude(result, allow_inconclusive)
    if left_out and not allow_inconclusive:
        raise typer.Exit(console.BAD_INPUT)
