"""``netsim diff``: what a change opens and closes."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from netsim.app.picture import Collapse
from netsim.cli import console, options, pictures
from netsim.model.conventions import IpBlockPods
from netsim.report.render import PICTURES, Format

DIFFERENT = 1
UNREAD = "not every document was read, so what differs is not known"

_HELP = "A file, a folder, - for standard input, or a git revision such as main:manifests/."
Old = Annotated[str, typer.Argument(metavar="OLD", help=_HELP, show_default=False)]
New = Annotated[str, typer.Argument(metavar="NEW", help="As OLD.", show_default=False)]


Scenario = Annotated[
    list[str] | None,
    typer.Option(
        "--scenario",
        "-s",
        metavar="FILE",
        help="Adds the pods that this scenario describes and both sides lack, and says which "
        "differences are documented. By default the one file in scenarios/, here or beside "
        "the input.",
        show_default=False,
    ),
]


def diff(
    old: Old,
    new: New,
    form: Annotated[Format, options.format_of("Comparison", "differences")] = Format.TEXT,
    collapse: pictures.Collapsing = Collapse.AUTO,
    scenario: Scenario = None,
    no_scenario: options.NoScenario = False,
    limit: options.Limit = options.COMMENT,
    allow_inconclusive: options.AllowInconclusive = False,
    namespace: options.HomeNamespace = None,
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    ingress_namespace: options.IngressNamespace = None,
    ingress_labels: options.IngressLabels = None,
    render: options.Render = False,
    output: options.Output = None,
) -> None:
    """Compare the connections that two versions of manifests allow.

    Exit codes: 0 the same, 1 different, 2 bad usage or input, or unknown.
    """
    from netsim.app import diff as app
    from netsim.app.input import InputRequest

    if old == new == "-":
        raise typer.BadParameter("only one side can be standard input")
    pictures.refuse_collapse(collapse, form)
    ranges = options.ranges(pod_ranges)
    rendering = options.rendering(render)
    before, now = (
        InputRequest((side,), namespace, ipblock_pods, ranges, sys.stdin, rendering)
        for side in (old, new)
    )
    controller = options.controller(ingress_namespace, ingress_labels)
    given, discovery = options.one(scenario), options.discovery(scenario, no_scenario)
    result = app.diff(app.DiffRequest(before, now, controller, given, discovery))
    console.notes(result.diagnostics)
    if form in PICTURES:
        from netsim.app.graph import graph_comparison

        drawn = graph_comparison(result, collapse)
        console.write(drawn, form, output)
        pictures.note_omissions(drawn.picture, form)
    else:
        console.write(result, form, output, limit)
    if result.errors:
        console.note(UNREAD)
        raise typer.Exit(console.BAD_INPUT)
    if result.differs:
        raise typer.Exit(DIFFERENT)
    if result.unevaluated and not allow_inconclusive:
        raise typer.Exit(console.BAD_INPUT)
