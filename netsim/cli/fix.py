"""``netsim fix``: changes that make ``check`` pass, each of them proven."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from netsim.cli import console, options
from netsim.model.conventions import IpBlockPods
from netsim.report.render import Format

Rules = Annotated[
    list[str] | None,
    typer.Option(
        "--rule",
        metavar="ID",
        help="Fix findings of this rule only; repeatable.",
        show_default=False,
    ),
]
Write = Annotated[
    bool,
    typer.Option("--write", help="Change the files, instead of showing the diff only."),
]


def fix(
    paths: options.Paths,
    scenario: options.Documented = None,
    no_scenario: options.NoScenario = False,
    rule: Rules = None,
    write: Write = False,
    form: Annotated[Format, options.format_of("FixResult")] = Format.TEXT,
    namespace: options.HomeNamespace = None,
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    output: options.Output = None,
) -> None:
    """Show one diff that makes check pass, or as much of it as can be proven.

    A fix is shown only after it was applied and everything was judged again: its finding is
    gone, and nothing is worse. Exit codes: 0 check passes with the changes, 1 something is
    left, 2 bad usage or input.
    """
    from netsim.app import fix as app
    from netsim.app.selection import refuse_unknown_rules

    refuse_unknown_rules(rule or (), "rule")
    if write:
        _refuse_what_is_no_file(paths)
    request = app.FixRequest(
        tuple(paths),
        namespace,
        ipblock_pods,
        options.ranges(pod_ranges),
        sys.stdin,
        scenario=options.one(scenario),
        discovery=options.discovery(scenario, no_scenario),
        rules=tuple(rule or ()),
    )
    result = app.fix(request)
    console.notes(result.diagnostics)
    if write and not result.errors:
        from netsim.fix.writing import write_changes

        write_changes(result.changes)
    console.write(result, form, output)
    match result.verdict:
        case app.Verdict.DONE:
            return
        case app.Verdict.LEFT:
            raise typer.Exit(1)
        case app.Verdict.BAD_INPUT:
            raise typer.Exit(console.BAD_INPUT)


def _refuse_what_is_no_file(paths: list[str]) -> None:
    from netsim.app.fix import find_unwritable

    wrong = find_unwritable(paths)
    if wrong:
        raise typer.BadParameter(wrong, param_hint="'--write'")
