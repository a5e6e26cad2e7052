"""``netsim query``: questions about more than one connection."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from netsim.app.question import Question
from netsim.cli import console, options
from netsim.model.conventions import IpBlockPods
from netsim.report.render import Format

NO_PATH = 1

From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="ENDPOINT",
        help="Who connects: namespace/pod, namespace/name[Kind], a name that only one workload "
        "has, an IP address, or a name of the scenario.",
        show_default=False,
    ),
]
To = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="ENDPOINT",
        help="What it connects to: as --from, svc/namespace/name, or an address of a Service.",
        show_default=False,
    ),
]
MaxHops = Annotated[
    int | None,
    typer.Option(
        "--max-hops",
        metavar="N",
        min=1,
        help="For path and blast-radius: no further than this.",
        show_default=False,
    ),
]
Protocol = Annotated[
    str | None,
    typer.Option(
        "--protocol",
        metavar="TCP|UDP|SCTP",
        help="Upper or lower case. With --port TCP by default, without it every port of it.",
        show_default=False,
    ),
]


def query(
    question: Annotated[
        Question,
        typer.Argument(
            metavar="QUESTION",
            help="sources: who reaches --to. destinations: what --from reaches. path: how "
            "--from gets to --to over other workloads. blast-radius: everything --from gets "
            "to. exposed: what is reachable from outside, and by pods that nobody has "
            "written yet. unisolated: workloads without a "
            "policy. idle: policies and rules without effect.",
            show_default=False,
        ),
    ],
    paths: options.Paths,
    source: From = None,
    destination: To = None,
    port: options.Port = None,
    protocol: Protocol = None,
    max_hops: MaxHops = None,
    from_labels: options.FromLabels = None,
    from_namespace: options.FromNamespace = None,
    from_namespace_labels: options.FromNamespaceLabels = None,
    to_labels: options.ToLabels = None,
    to_namespace: options.ToNamespace = None,
    to_namespace_labels: options.ToNamespaceLabels = None,
    scenario: options.Modelled = None,
    no_scenario: options.NoScenario = False,
    form: Annotated[Format, options.format_of("QueryResult", "answer")] = Format.TEXT,
    allow_inconclusive: options.AllowInconclusive = False,
    namespace: options.HomeNamespace = None,
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    ingress_namespace: options.IngressNamespace = None,
    ingress_labels: options.IngressLabels = None,
    render: options.Render = False,
    output: options.Output = None,
) -> None:
    """Ask about many connections at once.

    Exit codes: 0 answered, 1 there is no path, 2 bad usage or input, or unknown because the
    input is incomplete.
    """
    from netsim.app import query as app
    from netsim.app.connection_query import parse_protocol
    from netsim.app.unwritten import parse_unwritten

    start = parse_unwritten("from", source, from_labels, from_namespace, from_namespace_labels)
    end = parse_unwritten("to", destination, to_labels, to_namespace, to_namespace_labels)

    request = app.QueryRequest(
        tuple(paths),
        namespace,
        ipblock_pods,
        options.ranges(pod_ranges),
        sys.stdin,
        rendering=options.rendering(render),
        question=question,
        source=start or source,
        destination=end or destination,
        port=port,
        protocol=None if protocol is None else parse_protocol(protocol),
        max_hops=max_hops,
        scenario=options.one(scenario),
        discovery=options.discovery(scenario, no_scenario),
        controller=options.controller(ingress_namespace, ingress_labels),
    )
    result = app.query(request)
    console.notes(result.diagnostics)
    console.write(result, form, output)
    console.conclude(result, allow_inconclusive)
    if result.is_without_path:
        raise typer.Exit(NO_PATH)
