"""``netsim check``: the documented diagram against the manifests."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netsim.cli import console, options
from netsim.model.conventions import IpBlockPods
from netsim.model.finding import Severity
from netsim.report.render import Format

if TYPE_CHECKING:
    from netsim.app.check import CheckResult

WriteBaseline = Annotated[
    Path | None,
    typer.Option(
        "--write-baseline",
        metavar="FILE",
        help="Write the findings of today to this file, as what --baseline accepts.",
        show_default=False,
    ),
]


def check(
    paths: options.Paths,
    scenario: options.Systems = None,
    no_scenario: options.NoScenario = False,
    diagram: options.Diagram = None,
    form: Annotated[Format, options.format_of("CheckResult")] = Format.TEXT,
    table: options.Table = None,
    limit: options.Limit = options.COMMENT,
    select: options.Select = None,
    ignore: options.Ignore = None,
    min_severity: options.MinSeverity = Severity.NOTE,
    baseline: options.Baseline = None,
    write_baseline: WriteBaseline = None,
    exit_zero: options.ExitZero = False,
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

    if baseline is not None and write_baseline is not None:
        raise typer.BadParameter("not with --baseline", param_hint="'--write-baseline'")
    console.check(write_baseline)
    request = app.CheckRequest(
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
    result = app.check(request)
    console.notes(result.notes, result.diagnostics)
    if form is Format.GITLAB:
        from netsim.report.check.words import describe_withheld

        # Its issues have no place for what is none.
        console.notes(describe_withheld(result))
    console.write(result, form, output, limit, table)
    if write_baseline is not None:
        _accept(result, write_baseline)
    conclude(result, allow_inconclusive, exit_zero or write_baseline is not None)


def conclude(result: CheckResult, allow_inconclusive: bool, exit_zero: bool) -> None:
    """Ends the command with the code of a conclusion."""
    from netsim.app.check import Conclusion

    conclusion = result.conclusion
    if conclusion is Conclusion.FAILED and not exit_zero:
        raise typer.Exit(1)
    # Findings that are let pass may stand beside what nobody knows.
    is_open = result.is_undecided and not allow_inconclusive
    if is_open or conclusion is Conclusion.BAD_INPUT:
        raise typer.Exit(console.BAD_INPUT)


def _accept(result: CheckResult, file: Path) -> None:
    """Writes what is found today; where a part of the input is missing, that is too little."""
    from netsim.app.baseline import list_accepted, write_baseline
    from netsim.words.lists import count_noun

    if result.errors:
        console.note(f"{file}: not written, as not everything was read")
        return
    systems = result.systems or (result,)
    accepted = list_accepted((each.findings, each.coverage.namespaces) for each in systems)
    console.write_text(write_baseline(accepted), file)
    console.note(f"{file}: accepts {count_noun(len(accepted), 'finding')}")
