"""``netsim eval``: answers questions about single connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from netsim.cli import console, inputs, options
from netsim.model.conventions import IpBlockPods
from netsim.model.verdict import Outcome

if TYPE_CHECKING:
    from netsim.cli.queries import Query, QueryError
    from netsim.engine.naming.aims import Aim
    from netsim.engine.naming.endpoints import Endpoints
    from netsim.engine.reachability import Reachability
    from netsim.model.endpoint import Endpoint
    from netsim.report.table.answers_csv import Answer

UNREAD = "every answer is unknown: a document that was not read may decide it"

Queries = Annotated[
    str | None,
    typer.Option(
        "--queries",
        metavar="FILE",
        help="A CSV file of questions, header src,dst,protocol,port; - is standard input.",
        show_default=False,
    ),
]


def evaluate(
    paths: options.Paths,
    src: options.Source = None,
    dst: options.Destination = None,
    port: options.Port = None,
    protocol: options.ProtocolName = "TCP",
    queries: Queries = None,
    allow_inconclusive: Annotated[
        bool,
        typer.Option("--allow-inconclusive", help="Exit with 0 where an answer is unknown."),
    ] = False,
    namespace: options.Namespace = "default",
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    ingress_namespace: options.IngressNamespace = None,
    ingress_labels: options.IngressLabels = None,
    output: options.Output = None,
) -> None:
    """Answer whether connections are allowed.

    The answer is CSV: the question, and allow, deny or unknown.
    """
    from netsim.engine.naming.controller import with_controller
    from netsim.engine.naming.endpoints import Endpoints
    from netsim.engine.reachability import Reachability
    from netsim.report.table import answers_csv

    asked = _asked(paths, (src, dst, port), protocol, queries)
    conventions = options.conventions(ipblock_pods, pod_ranges)
    controller = options.controller(ingress_namespace, ingress_labels)
    loaded = inputs.read(paths, namespace)
    resources = with_controller(loaded.resources, controller)
    answering = _Answering(
        Endpoints(resources),
        Reachability.of(resources, conventions),
        certain=not loaded.errors,
    )
    answers = [answer for each in asked if (answer := answering.answer(each))]
    console.result(answers_csv.render(answers), output)
    if loaded.errors:
        console.note(UNREAD)
    inputs.finish(loaded)
    if answering.failed or (answering.unknown and not allow_inconclusive):
        raise typer.Exit(inputs.BAD_INPUT)


def _asked(
    paths: list[str],
    single: tuple[str | None, str | None, int | None],
    protocol: str,
    queries: str | None,
) -> list[Query | QueryError]:
    from netsim.cli import queries as parsing

    if queries is None:
        return [_single(*single, protocol)]
    if any(part is not None for part in single):
        raise typer.BadParameter("give either --queries or --src, --dst and --port")
    if queries == parsing.STDIN and parsing.STDIN in paths:
        raise typer.BadParameter("standard input cannot be both manifests and queries")
    return list(parsing.queries(queries))


def _single(src: str | None, dst: str | None, port: int | None, protocol: str) -> Query:
    from netsim.cli.queries import Query, QueryError, protocol_named

    if src is None or dst is None or port is None:
        raise typer.BadParameter("give --src, --dst and --port, or --queries")
    try:
        return Query(src, dst, protocol_named(protocol), port)
    except QueryError as error:
        raise typer.BadParameter(str(error), param_hint="'--protocol'") from error


class _Answering:
    """Answers questions, and reports those that have no answer."""

    def __init__(
        self, endpoints: Endpoints, reachability: Reachability, *, certain: bool
    ) -> None:
        from netsim.engine.naming.aims import Aims

        self._endpoints = endpoints
        self._aims = Aims(reachability.universe.resources, endpoints)
        self._reachability = reachability
        self._certain = certain
        self.failed = False
        self.unknown = False

    def answer(self, query: Query | QueryError) -> Answer | None:
        """The answer, or None where the question is bad."""
        from netsim.engine.naming.endpoints import EndpointError

        if isinstance(query, ValueError):
            self._refuse(str(query))
            return None
        try:
            return self._answer(query)
        except EndpointError as error:
            self._refuse(f"{query.place}: {error}" if query.place else str(error))
            return None

    def _answer(self, query: Query) -> Answer:
        from netsim.report.table.answers_csv import Answer

        source = self._endpoints.resolve(query.source)
        aims = self._aims.resolve(query.destination, query.protocol, query.port)
        outcome = self._outcome(source, aims, query)
        self.unknown |= outcome is Outcome.UNKNOWN
        ends = (query.source, query.destination)
        return Answer(*ends, query.protocol, query.port, outcome)

    def _outcome(self, source: Endpoint, aims: tuple[Aim, ...], query: Query) -> Outcome:
        from netsim.engine.naming.aims import verdict_at

        if not self._certain:
            return Outcome.UNKNOWN
        return verdict_at(self._reachability, source, aims, query.protocol)

    def _refuse(self, message: str) -> None:
        self.failed = True
        console.note(message)
