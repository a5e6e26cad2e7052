"""``netsim report``: a check as one page for the browser."""

from __future__ import annotations

import sys

import typer

from netsim.cli import console, options
from netsim.cli.check import conclude
from netsim.model.conventions import IpBlockPods
from netsim.model.finding import Severity
from netsim.report.render import Format


def report(
    paths: options.Paths,
    output: options.Output = None,
    scenario: options.Documented = None,
    no_scenario: options.NoScenario = False,
    diagram: options.Diagram = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    min_severity: options.MinSeverity = Severity.NOTE,
    baseline: options.Baseline = None,
    exit_zero: options.ExitZero = False,
    allow_inconclusive: options.AllowInconclusive = False,
    namespace: options.HomeNamespace = None,
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    ingress_namespace: options.IngressNamespace = None,
    ingress_labels: options.IngressLabels = None,
    render: options.Render = False,
) -> None:
    """Write a check as one HTML page, with what decides every connection.

    The page needs no network and nothing besides itself. Its graph is laid out by Graphviz,
    where dot is on the PATH.

    Exit codes: those of check.
    """
    from netsim.app import report as app

    if output is None and sys.stdout is not None and sys.stdout.isatty():
        raise typer.BadParameter(
            "give a file: a page is no text for a terminal", param_hint="'--output'"
        )
    console.check(output)
    request = app.ReportRequest(
        tuple(paths),
        namespace,
        ipblock_pods,
        options.ranges(pod_ranges),
        sys.stdin,
        rendering=options.rendering(render),
        scenarios=options.every(scenario),
        diagram=options.named(diagram),
        discovery=options.discovery(scenario, no_scenario),
        controller=options.known_controller(ingress_namespace, ingress_labels),
        selection=options.selection(select, ignore, min_severity, baseline),
    )
    result = app.report(request)
    console.notes(result.check.notes, result.check.diagnostics)
    console.write(result, Format.HTML, output)
    conclude(result.check, allow_inconclusive, exit_zero)
