"""``netsim graph``: a picture of who may connect to whom."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from netsim.app.picture import Collapse
from netsim.cli import console, options, pictures
from netsim.model.conventions import IpBlockPods
from netsim.report.render import Format


def graph(
    paths: options.Paths,
    form: Annotated[Format, options.format_of("GraphResult", "picture")] = Format.MERMAID,
    scenario: options.Documented = None,
    no_scenario: options.NoScenario = False,
    focus: Annotated[
        str | None,
        typer.Option(
            metavar="ENDPOINT",
            help="Only what touches this: a name in the picture, namespace/name, or an IP "
            "address.",
            show_default=False,
        ),
    ] = None,
    collapse: pictures.Collapsing = Collapse.AUTO,
    allow_inconclusive: options.AllowInconclusive = False,
    namespace: options.HomeNamespace = None,
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    ingress_namespace: options.IngressNamespace = None,
    ingress_labels: options.IngressLabels = None,
    render: options.Render = False,
    output: options.Output = None,
) -> None:
    """Draw the allowed connections, against the documentation if there is one.

    mermaid and dot are texts for other programs. svg and html are laid out by Graphviz, whose
    dot has to be on the PATH. What a change opens and closes, netsim diff draws.

    Exit codes: 0 drawn, 2 bad usage or input, or connections that are unknown because the
    input is incomplete.
    """
    from netsim.app import graph as app

    request = app.GraphRequest(
        tuple(paths),
        namespace,
        ipblock_pods,
        options.ranges(pod_ranges),
        sys.stdin,
        rendering=options.rendering(render),
        scenario=options.one(scenario),
        discovery=options.discovery(scenario, no_scenario),
        controller=options.controller(ingress_namespace, ingress_labels),
        focus=focus,
        collapse=collapse,
    )
    result = app.graph(request)
    console.notes(result.diagnostics)
    console.write(result, form, output)
    pictures.note_omissions(result.picture, form)
    console.conclude(result, allow_inconclusive)
