"""``netsim check``: the documented diagram against the manifests."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from netsim.cli import console, options
from netsim.model.conventions import IpBlockPods
from netsim.report.render import Format

Diagram = Annotated[
    str | None,
    typer.Option(
        "--diagram",
        metavar="FILE#HEADING",
        help="Compare with the diagram below this heading, without a scenario: each of its "
        "names is taken for the workload that goes by it.",
        show_default=False,
    ),
]


def check(
    paths: options.Paths,
    scenario: options.Documented = None,
    no_scenario: options.NoScenario = False,
    diagram: Diagram = None,
    form: Annotated[Format, options.format_of("CheckResult")] = Format.TEXT,
    allow_inconclusive: options.AllowInconclusive = False,
    namespace: options.HomeNamespace = None,
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    ingress_namespace: options.IngressNamespace = None,
    ingress_labels: options.IngressLabels = None,
    render: options.Render = False,
    output: options.Output = None,
) -> None:
    """Compare the documented network diagram with what the manifests allow.

    With several scenarios, each is a documented system of its own.
    """
    from netsim.app import check as app

    request = app.CheckRequest(
        tuple(paths),
        namespace,
        ipblock_pods,
        options.ranges(pod_ranges),
        sys.stdin,
        rendering=options.rendering(render),
        scenarios=options.every(scenario),
        diagram=_named(diagram),
        discovery=options.discovery(scenario, no_scenario),
        controller=options.known_controller(ingress_namespace, ingress_labels),
    )
    result = app.check(request)
    console.notes(result.notes, result.diagnostics)
    console.write(result, form, output)
    match result.conclusion:
        case app.Conclusion.PASSED | app.Conclusion.NOT_COMPARED:
            return
        case app.Conclusion.FAILED:
            raise typer.Exit(1)
        case app.Conclusion.INCONCLUSIVE if allow_inconclusive:
            return
        case _:
            raise typer.Exit(console.BAD_INPUT)


def _named(diagram: str | None) -> str | None:
    """The diagram; an empty name, as of a variable that is not set, is bad usage."""
    if diagram == "":
        raise typer.BadParameter("the name is empty", param_hint="'--diagram'")
    return diagram
