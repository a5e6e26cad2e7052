"""``netsim check``: the documented diagram against the manifests."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from netsim.cli import console, options
from netsim.model.conventions import IpBlockPods
from netsim.report.render import Format


def check(
    paths: options.Paths,
    scenario: options.Documented = None,
    form: Annotated[Format, options.format_of("CheckResult")] = Format.TEXT,
    allow_inconclusive: options.AllowInconclusive = False,
    namespace: options.HomeNamespace = None,
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    output: options.Output = None,
) -> None:
    """Compare the documented diagram with what the manifests allow."""
    from netsim.app import check as app

    request = app.CheckRequest(
        tuple(paths),
        namespace,
        ipblock_pods,
        options.ranges(pod_ranges),
        sys.stdin,
        scenario=str(scenario) if scenario else None,
    )
    result = app.check(request)
    console.notes(result.notes, result.diagnostics)
    console.write(result, form, output)
    match result.conclusion:
        case app.Conclusion.PASSED:
            return
        case app.Conclusion.FAILED:
            raise typer.Exit(1)
        case app.Conclusion.INCONCLUSIVE if allow_inconclusive:
            return
        case _:
            raise typer.Exit(console.BAD_INPUT)
