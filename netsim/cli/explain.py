"""``netsim explain``: which rules decide a connection, and what is missing."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from netsim.cli import console, options
from netsim.model.conventions import IpBlockPods
from netsim.report.render import Format


def explain(
    paths: options.Paths,
    src: options.Source = None,
    dst: options.Destination = None,
    port: options.Port = None,
    protocol: options.ProtocolName = "TCP",
    src_labels: options.SourceLabels = None,
    src_namespace: options.SourceNamespace = None,
    src_namespace_labels: options.SourceNamespaceLabels = None,
    dst_labels: options.DestinationLabels = None,
    dst_namespace: options.DestinationNamespace = None,
    dst_namespace_labels: options.DestinationNamespaceLabels = None,
    queries: options.Queries = None,
    form: Annotated[Format, options.format_of("ExplainResult", "answer")] = Format.TEXT,
    scenario: options.Modelled = None,
    no_scenario: options.NoScenario = False,
    allow_inconclusive: options.AllowInconclusive = False,
    namespace: options.HomeNamespace = None,
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    ingress_namespace: options.IngressNamespace = None,
    ingress_labels: options.IngressLabels = None,
    render: options.Render = False,
    output: options.Output = None,
) -> None:
    """Explain why connections are allowed or denied.

    Without --port: which ports are allowed, and why for each that the destination declares.

    Exit codes: 0 explained, 2 bad usage or input, or unknown because the input is incomplete.
    """
    from netsim.app import explain as app
    from netsim.app.connection_query import parse_protocol
    from netsim.app.unwritten import parse_unwritten

    source = parse_unwritten("src", src, src_labels, src_namespace, src_namespace_labels) or src
    destination = (
        parse_unwritten("dst", dst, dst_labels, dst_namespace, dst_namespace_labels) or dst
    )
    asked = options.read_queries(paths, (source, destination, port), queries)
    if asked is None and (source is None or destination is None):
        raise typer.BadParameter(
            "give --src and --dst, or --queries; --src-labels describes a pod by labels"
        )
    request = app.ExplainRequest(
        tuple(paths),
        namespace,
        ipblock_pods,
        options.ranges(pod_ranges),
        sys.stdin,
        rendering=options.rendering(render),
        source=source or "",
        destination=destination or "",
        port=port,
        queries=asked,
        protocol=parse_protocol(protocol),
        scenario=options.one(scenario),
        discovery=options.discovery(scenario, no_scenario),
        controller=options.controller(ingress_namespace, ingress_labels),
    )
    result = app.explain(request)
    console.notes(result.diagnostics, result.refused)
    console.write(result, form, output)
    if result.refused:
        raise typer.Exit(console.BAD_INPUT)
    console.conclude(result, allow_inconclusive)
