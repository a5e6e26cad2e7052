"""``netsim review``: what a change opens, closes, and makes worse."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from netsim.cli import console, options
from netsim.model.conventions import IpBlockPods
from netsim.report.render import Format

if TYPE_CHECKING:
    from netsim.app.review import ReviewResult

BaseOption = Annotated[
    str | None,
    typer.Option(
        "--base",
        metavar="REV",
        help="The revision that the change is to be merged into, such as origin/main. The "
        "state before is the commit at which the change left it.",
        show_default=False,
    ),
]
BaseDir = Annotated[
    str | None,
    typer.Option(
        "--base-dir",
        metavar="FOLDER",
        help="In place of --base: a folder with a copy of the current one before the change.",
        show_default=False,
    ),
]


def review(
    paths: options.Files,
    base: BaseOption = None,
    base_dir: BaseDir = None,
    scenario: options.Documented = None,
    no_scenario: options.NoScenario = False,
    form: Annotated[Format, options.format_of("ReviewResult", "review")] = Format.TEXT,
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
    """Show what a change of manifests and documents opens, closes, and makes worse.

    Exit codes: 0 it adds nothing that is undocumented, broken or found, 1 it does, 2 bad usage
    or input, or that cannot be told.
    """
    from netsim.app import review as app
    from netsim.app.base import choose_base

    request = app.ReviewRequest(
        tuple(paths),
        namespace,
        ipblock_pods,
        options.ranges(pod_ranges),
        sys.stdin,
        rendering=options.rendering(render),
        scenario=options.one(scenario),
        discovery=options.discovery(scenario, no_scenario),
        controller=options.known_controller(ingress_namespace, ingress_labels),
        base=choose_base(base, base_dir),
        repository=find_repository(os.environ),
    )
    result = app.review(request)
    console.notes(result.now.notes, result.diagnostics)
    console.write(result, form, output, limit)
    conclude_review(result, allow_inconclusive)


def conclude_review(result: ReviewResult, allow_inconclusive: bool) -> None:
    """Ends the command where the change adds anything wrong, or nobody can tell."""
    from netsim.app.review import Verdict

    match result.verdict:
        case Verdict.CLEAN:
            return
        case Verdict.WORSE:
            raise typer.Exit(1)
        case Verdict.UNKNOWN if allow_inconclusive and not result.errors:
            return
    raise typer.Exit(console.BAD_INPUT)


def find_repository(environment: Mapping[str, str]) -> str:
    """The address below which the forge of a CI job shows files; empty elsewhere."""
    server, name = environment.get("GITHUB_SERVER_URL"), environment.get("GITHUB_REPOSITORY")
    if server and name:
        return f"{server}/{name}/blob"
    project = environment.get("CI_PROJECT_URL")
    return f"{project}/-/blob" if project else ""
