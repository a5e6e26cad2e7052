"""``netsim probe``: does the cluster agree?"""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netsim.cli import console, inputs, options
from netsim.model.conventions import IpBlockPods
from netsim.probe.rbac import Way

if TYPE_CHECKING:
    from netsim.probe.result import Conclusion, ProbeResult

MANIFESTS = "manifests"


class ProbeFormat(Enum):
    """How a result can be written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    JUNIT = "junit"


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
            help="What to probe. By default the scenario's.",
            show_default=False,
        ),
    ] = None,
    scenario: options.Documented = None,
    via: Annotated[
        Way,
        typer.Option(
            "--via",
            help="exec: the kubernetes client; kubectl: for logins that only kubectl knows; "
            "ephemeral: a container added to each pod, for images without a shell. It stays "
            "until the pod goes.",
        ),
    ] = Way.EXEC,
    image: Annotated[
        str,
        typer.Option("--image", help="What --via ephemeral runs: something with sh and nc."),
    ] = "busybox:stable",
    kubeconfig: Annotated[
        str | None,
        typer.Option("--kubeconfig", help="By default as kubectl has it.", show_default=False),
    ] = None,
    context: Annotated[
        str | None,
        typer.Option("--context", help="The context of the kubeconfig.", show_default=False),
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
    form: Annotated[
        ProbeFormat, typer.Option("--format", "-f", help="How to write the result.")
    ] = ProbeFormat.TEXT,
    allow_inconclusive: Annotated[
        bool,
        typer.Option(
            "--allow-inconclusive", help="Exit with 0 where nothing differs for sure."
        ),
    ] = False,
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    output: options.Output = None,
) -> None:
    """Try connections in a live cluster: does it do what manifests and diagram say?

    One pod of each workload tries what is documented, what must never be, and everything else
    that is closed, with the nc, bash or python3 of its image. Exit codes: 0 agrees, 1 differs,
    2 inconclusive or an error.
    """
    from netsim.cli.probing import Asked, Probing, plain_permissions
    from netsim.probe.interface import ProbeError

    asked = Asked(
        paths=_paths(paths),
        namespace=namespace,
        scenario=scenario,
        way=via,
        image=image,
        kubeconfig=kubeconfig,
        context=context,
        snapshot=snapshot,
        seconds=timeout,
        parallel=parallel,
        all_replicas=all_replicas,
        services=services,
        external=tuple(external or ()),
        conventions=options.conventions(ipblock_pods, pod_ranges),
    )
    try:
        if rbac:
            console.write_text(plain_permissions(asked), output)
            return
        probing = Probing(asked)
        if dry_run:
            console.write_text(probing.commands(), output)
            return
        console.check(output)
        result = probing.result()
    except ProbeError as error:
        raise inputs.refuse(str(error)) from error
    console.write_text(_written(form, result, output), output)
    interrupted = result.extent.interrupted
    # What was broken off, or never begun, is no answer that one may be content with.
    allowed = allow_inconclusive and bool(result.comparisons) and not interrupted
    code = _exit_code(result.conclusion, allow_inconclusive=allowed)
    if interrupted:
        console.leave(code)
    if code:
        raise typer.Exit(code)


def _paths(given: list[str] | None) -> tuple[str, ...]:
    if given:
        return tuple(given)
    return (f"{MANIFESTS}/",) if Path(MANIFESTS).is_dir() else ()


def _written(form: ProbeFormat, result: ProbeResult, output: Path | None) -> str:
    match form:
        case ProbeFormat.TEXT:
            from netsim.report.probe import text as probe_text

            return probe_text.render(result, console.width(), console.colour(output))
        case ProbeFormat.MARKDOWN:
            from netsim.report.probe import markdown as probe_markdown

            return probe_markdown.render(result)
        case ProbeFormat.JSON:
            from netsim.report.probe import json as probe_json

            return probe_json.render(result)
        case ProbeFormat.JUNIT:
            from netsim.report.probe import junit as probe_junit

            return probe_junit.render(result)


def _exit_code(conclusion: Conclusion, *, allow_inconclusive: bool) -> int:
    from netsim.probe.result import Conclusion

    match conclusion:
        case Conclusion.AGREES:
            return 0
        case Conclusion.DIFFERS:
            return 1
        case Conclusion.INCONCLUSIVE:
            return 0 if allow_inconclusive else inputs.BAD_INPUT
