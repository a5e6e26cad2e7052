"""``netsim eval``: answers questions about single connections."""

from __future__ import annotations

import sys
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from netsim.cli import console, options
from netsim.model.conventions import IpBlockPods
from netsim.model.verdict import Outcome
from netsim.report.render import Format

if TYPE_CHECKING:
    from netsim.app.connection_query import ConnectionQuery
    from netsim.app.evaluate import Evaluation
    from netsim.engine.naming.unwritten import UnwrittenPod
    from netsim.errors import RequestError

UNREAD = "every answer is unknown, as a document that could not be read may decide it"


class Expected(Enum):
    """What each answer has to be."""

    ALLOW = "allow"
    DENY = "deny"


Expect = Annotated[
    Expected | None,
    typer.Option(
        "--expect",
        help="Exit with 1 where an answer is another one, and say which.",
        show_default=False,
    ),
]


def evaluate(
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
    expect: Expect = None,
    allow_inconclusive: options.AllowInconclusive = False,
    scenario: options.Modelled = None,
    no_scenario: options.NoScenario = False,
    namespace: options.HomeNamespace = None,
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    ingress_namespace: options.IngressNamespace = None,
    ingress_labels: options.IngressLabels = None,
    render: options.Render = False,
    output: options.Output = None,
) -> None:
    """Answer whether connections are allowed.

    The answer is CSV: the question, and allow, deny or unknown. With --expect the exit code
    is 0 where every answer is as expected, 1 where one is not, 2 where one is unknown.
    """
    from netsim.app import evaluate as app
    from netsim.app.unwritten import parse_unwritten

    source = parse_unwritten("src", src, src_labels, src_namespace, src_namespace_labels) or src
    destination = (
        parse_unwritten("dst", dst, dst_labels, dst_namespace, dst_namespace_labels) or dst
    )
    asked = _queries(paths, (source, destination, port), protocol, queries)
    if expect is not None and not asked:
        raise typer.BadParameter(f"{queries} has no question", param_hint="'--queries'")
    request = app.EvaluateRequest(
        tuple(paths),
        namespace,
        ipblock_pods,
        options.ranges(pod_ranges),
        sys.stdin,
        rendering=options.rendering(render),
        queries=asked,
        scenario=options.one(scenario),
        discovery=options.discovery(scenario, no_scenario),
        controller=options.controller(ingress_namespace, ingress_labels),
    )
    result = app.evaluate(request)
    console.notes(result.diagnostics, (*result.refused, *result.remarks))
    console.write(result, Format.CSV, output)
    if result.errors:
        console.note(UNREAD)
    if result.refused:
        raise typer.Exit(console.BAD_INPUT)
    if expect is not None:
        _compare(result, expect)
    console.conclude(result, allow_inconclusive)


def _compare(result: Evaluation, expect: Expected) -> None:
    """Names the answers that are not as expected; one that is known decides."""
    contrary = result.contrary(Outcome(expect.value))
    for each in (*contrary, *result.unknown):
        place = f"{each.query.place}: " if each.query.place else ""
        console.note(
            f"{place}{each.query.title}: {expect.value} is expected, not {each.outcome.value}"
        )
    if contrary:
        raise typer.Exit(1)


def _queries(
    paths: list[str],
    single: tuple[str | UnwrittenPod | None, str | UnwrittenPod | None, int | str | None],
    protocol: str,
    queries: str | None,
) -> tuple[ConnectionQuery | RequestError, ...]:
    """One question from options, or those of a file; both, or half of one, is bad usage."""
    from netsim.app.connection_query import ConnectionQuery, parse_protocol

    asked = options.read_queries(paths, single, queries)
    if asked is not None:
        return asked
    src, dst, port = single
    if src is None or dst is None or port is None:
        raise typer.BadParameter("give --src, --dst and --port, or --queries")
    return (ConnectionQuery(src, dst, port, parse_protocol(protocol)),)
