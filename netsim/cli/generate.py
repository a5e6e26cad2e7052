"""``netsim generate``: policies from what is documented."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netsim.cli import console, options
from netsim.model.conventions import IpBlockPods
from netsim.model.policies import PolicyApi
from netsim.report.render import Format

if TYPE_CHECKING:
    from netsim.app.generate import GenerateResult

INEXPRESSIBLE = 1
"""The exit code where no policies can do what is documented."""

Api = Annotated[
    PolicyApi,
    typer.Option(
        "--api",
        help="The kind of policy. Beside ClusterNetworkPolicies there are NetworkPolicies for "
        "what only these can say: the default deny, and ingress from addresses.",
    ),
]
Diff = Annotated[
    bool,
    typer.Option(
        "--diff",
        help="Show what changes for every pair where the policies replace those of the input, "
        "in place of the policies; with -o, beside them.",
    ),
]
NewFile = Annotated[Path | None, options.new_file("policies")]


def generate(
    paths: options.Paths,
    scenario: options.Documented = None,
    api: Api = PolicyApi.NETWORK_POLICY,
    show_diff: Diff = False,
    form: Annotated[Format, options.format_of("Comparison", "differences")] = Format.TEXT,
    namespace: options.HomeNamespace = None,
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    render: options.Render = False,
    output: NewFile = None,
) -> None:
    """Write the policies that the documented flows need, and no more.

    They are judged before they are shown: no documented flow is broken, and nothing else is
    allowed. Exit codes: 0 written, 1 no policies can do what is documented, 2 bad usage or
    input, unknown, or a file that is there already, which is never overwritten.
    """
    from netsim.app import generate as app

    if form is not Format.TEXT and not show_diff:
        raise typer.BadParameter("is about --diff: give both", param_hint="'--format'")
    if output is not None and os.path.lexists(output):
        console.note(f"{output}: is there already; it is never overwritten")
        raise typer.Exit(console.BAD_INPUT)
    console.check(output)
    request = app.GenerateRequest(
        tuple(paths),
        namespace,
        ipblock_pods,
        options.ranges(pod_ranges),
        sys.stdin,
        options.rendering(render),
        scenario=options.one(scenario),
        api=api,
        is_compared=show_diff,
    )
    result = app.generate(request)
    console.notes(result.diagnostics)
    for line in dict.fromkeys(_list_notes(result)):
        console.note(line)
    if result.obstacles or result.unknown:
        raise typer.Exit(INEXPRESSIBLE if result.obstacles else console.BAD_INPUT)
    if output is not None or not show_diff:
        console.write_text(result.text, output)
    if result.comparison is not None:
        console.write(result.comparison, form, None)


def _list_notes(result: GenerateResult) -> Iterator[str]:
    from netsim.app.generate import GENERATED
    from netsim.words.lists import join_all

    yield from (f"stands in the way: {obstacle}" for obstacle in result.obstacles)
    yield from (f"unknown: {doubt}" for doubt in result.unknown)
    if result.obstacles or result.unknown:
        yield from (f"advice: {advice}" for advice in result.advice)
        yield "no policies are written"
    for finding in result.remaining:
        place = "" if finding.location.file == GENERATED else f"{finding.location}: "
        yield f"check still reports: {place}{finding.message} [{finding.rule}]"
    if result.stale:
        yield f"replaced, so delete them where they run: {join_all(result.stale)}"
