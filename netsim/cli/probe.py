"""``netsim probe``: does the cluster agree?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netsim.cli import console, options
from netsim.model.conventions import IpBlockPods
from netsim.probe.rbac import Via
from netsim.report.render import Format

if TYPE_CHECKING:
    from netsim.probe.result import ProbeConclusion, ProbeResult

MANIFESTS = "manifests"


def probe(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="The manifests: files, folders, git revisions, or - for standard input. By "
            "default manifests/.",
            show_default=False,
        ),
    ] = None,
    namespace: Annotated[
        str | None,
        typer.Option(
            "--namespace",
            "-n",
            metavar="NAME",
            help="What to probe. By default the scenario's.",
            show_default=False,
        ),
    ] = None,
    scenario: options.Documented = None,
    no_scenario: options.NoScenario = False,
    via: Annotated[
        Via,
        typer.Option(
            "--via",
            help="exec: the kubernetes client; kubectl: for logins that only kubectl knows; "
            "ephemeral: a container added to each pod, for images without a shell. It stays "
            "until the pod goes.",
        ),
    ] = Via.EXEC,
    image: Annotated[
        str,
        typer.Option(
            "--image",
            metavar="IMAGE",
            help="What --via ephemeral runs: something with sh and nc.",
        ),
    ] = "busybox:stable",
    kubeconfig: Annotated[
        str | None,
        typer.Option(
            "--kubeconfig",
            metavar="FILE",
            help="By default as kubectl has it.",
            show_default=False,
        ),
    ] = None,
    context: Annotated[
        str | None,
        typer.Option(
            "--context",
            metavar="NAME",
            help="The context of the kubeconfig.",
            show_default=False,
        ),
    ] = None,
    snapshot: Annotated[
        Path | None,
        typer.Option(
            "--snapshot",
            metavar="FILE",
            help="Take the pods and policies from this output of kubectl get or netsim "
            "snapshot; - for standard input.",
            show_default=False,
        ),
    ] = None,
    timeout: Annotated[
        int,
        typer.Option("--timeout", min=1, max=60, help="Seconds that a connection may take."),
    ] = 3,
    parallel: Annotated[
        int, typer.Option("--parallel", min=1, max=64, help="Pods that try at a time.")
    ] = 20,
    all_replicas: Annotated[
        bool,
        typer.Option("--all-replicas", help="Every pod of a workload, not one of each."),
    ] = False,
    services: Annotated[
        bool,
        typer.Option("--services", help="Also try Services by name, besides the pods."),
    ] = False,
    external: Annotated[
        list[str] | None,
        typer.Option(
            "--external",
            metavar="HOST:PORT",
            help="Something outside to try from every pod; repeatable.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Print the commands and the permissions they need."),
    ] = False,
    rbac: Annotated[
        bool, typer.Option("--rbac", help="Print the permissions that are needed.")
    ] = False,
    form: Annotated[Format, options.format_of("ProbeResult")] = Format.TEXT,
    allow_inconclusive: Annotated[
        bool,
        typer.Option(
            "--allow-inconclusive", help="Exit with 0 where the result is inconclusive."
        ),
    ] = False,
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    render: options.Render = False,
    output: options.Output = None,
) -> None:
    """Try connections in a live cluster, and judge the results.

    One pod of each workload tries what is documented, what must never be, and everything else
    that is closed, with the nc, bash or python3 of its image. Exit codes: 0 agrees, 1 differs,
    2 inconclusive or an error.
    """
    from netsim.app import probe as app
    from netsim.app.probe_request import ProbeRequest
    from netsim.cli.progress import ProgressBar
    from netsim.probe.planning.plan import ByName
    from netsim.probe.planning.targets import Replicas

    request = ProbeRequest(
        _paths(paths),
        namespace,
        ipblock_pods,
        options.ranges(pod_ranges),
        sys.stdin,
        rendering=options.rendering(render),
        scenario=options.one(scenario),
        discovery=options.discovery(scenario, no_scenario),
        via=via,
        image=image,
        kubeconfig=kubeconfig,
        context=context,
        snapshot=str(snapshot) if snapshot else None,
        seconds=timeout,
        parallel=parallel,
        replicas=Replicas.ALL if all_replicas else Replicas.ONE,
        services=ByName.YES if services else ByName.NO,
        external=tuple(external or ()),
    )
    if rbac:
        console.write(app.list_roles(request), Format.TEXT, output)
    elif dry_run:
        planned = app.plan_probe(request)
        console.notes(planned.notes, planned.diagnostics, planned.permitted.remarks)
        console.write(planned, Format.TEXT, output)
    else:
        console.check(output)
        result = app.probe(request, ProgressBar())
        console.notes(result.notes, result.diagnostics, result.permitted.remarks)
        console.write(result, form, output)
        _leave(result, allow_inconclusive)


def _paths(given: list[str] | None) -> tuple[str, ...]:
    if given:
        return tuple(given)
    return (f"{MANIFESTS}/",) if Path(MANIFESTS).is_dir() else ()


def _leave(result: ProbeResult, allow_inconclusive: bool) -> None:
    interrupted = result.extent.interrupted
    # What was broken off, or never begun, is no answer that one may be content with.
    allowed = allow_inconclusive and bool(result.comparisons) and not interrupted
    code = _exit_code(result.conclusion, allowed)
    if interrupted:
        console.leave(code)
    if code:
        raise typer.Exit(code)


def _exit_code(conclusion: ProbeConclusion, allow_inconclusive: bool) -> int:
    from netsim.probe.result import ProbeConclusion

    match conclusion:
        case ProbeConclusion.AGREES:
            return 0
        case ProbeConclusion.DIFFERS:
            return 1
        case ProbeConclusion.INCONCLUSIVE:
            return 0 if allow_inconclusive else console.BAD_INPUT
