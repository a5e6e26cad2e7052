"""``netsim coverage``: how much of the policies the documentation pins down."""

from __future__ import annotations

import sys
from math import isnan
from typing import Annotated

import typer

from netsim.cli import console, options
from netsim.model.conventions import IpBlockPods
from netsim.report.render import Format

BELOW = 1


def _number(percent: float | None) -> float | None:
    """The percentage; nothing is below what is no number, so that is bad usage."""
    if percent is not None and isnan(percent):
        raise typer.BadParameter(f"{percent} is not a number")
    return percent


FailUnder = Annotated[
    float | None,
    typer.Option(
        "--fail-under",
        metavar="PERCENT",
        min=0,
        max=100,
        callback=_number,
        help="Exit with 1 where the score is below this.",
        show_default=False,
    ),
]


def coverage(
    paths: options.Paths,
    scenario: options.Documented = None,
    fail_under: FailUnder = None,
    form: Annotated[Format, options.format_of("CoverageResult", "coverage")] = Format.TEXT,
    allow_inconclusive: options.AllowInconclusive = False,
    namespace: options.HomeNamespace = None,
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    render: options.Render = False,
    output: options.Output = None,
) -> None:
    """Measure how much of the policies the documentation pins down.

    Each rule, peer, port and policy is changed a little; the score is the share of the changes
    that `netsim check` would notice. Exit codes: 0 measured, 1 below --fail-under, 2 bad usage
    or input, or flows that cannot be decided.
    """
    from netsim.app import coverage as app

    request = app.CoverageRequest(
        tuple(paths),
        namespace,
        ipblock_pods,
        options.ranges(pod_ranges),
        sys.stdin,
        rendering=options.rendering(render),
        scenario=options.one(scenario),
    )
    console.check(output)
    result = app.coverage(request)
    console.notes(result.diagnostics)
    console.write(result, form, output)
    if result.errors or (result.unknown and not allow_inconclusive):
        raise typer.Exit(console.BAD_INPUT)
    if fail_under is not None and result.score.percent < fail_under:
        raise typer.Exit(BELOW)
