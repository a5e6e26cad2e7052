"""``netsim query``: questions about more than one connection."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from netsim.cli import console, inputs, options
from netsim.cli.question import Question
from netsim.model.conventions import IpBlockPods

if TYPE_CHECKING:
    from netsim.report.answer import Answer
    from netsim.report.summary import Read

NO_WAY = 1


class QueryFormat(Enum):
    """How an answer can be written."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    MD = "md"


From = Annotated[
    str | None,
    typer.Option("--from", metavar="ENDPOINT", help="Who connects.", show_default=False),
]
To = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="ENDPOINT",
        help="What it connects to: namespace/pod, namespace/name[Kind], svc/namespace/name or "
        "an IP address.",
        show_default=False,
    ),
]
MaxHops = Annotated[
    int | None,
    typer.Option("--max-hops", metavar="N", min=1, help="Only so far.", show_default=False),
]


def query(
    question: Annotated[
        Question,
        typer.Argument(
            help="sources: who reaches --to. destinations: what --from reaches. path: how "
            "--from gets to --to over other workloads. blast-radius: everything --from gets "
            "to. exposed: what is open to outside. unisolated: workloads without a policy. "
            "idle: policies and rules without effect.",
            show_default=False,
        ),
    ],
    paths: options.Paths,
    source: From = None,
    destination: To = None,
    port: options.Port = None,
    protocol: options.ProtocolName = "TCP",
    max_hops: MaxHops = None,
    form: Annotated[
        QueryFormat, typer.Option("--format", "-f", help="How to write the answer.")
    ] = QueryFormat.TEXT,
    namespace: options.Namespace = "default",
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    ingress_namespace: options.IngressNamespace = None,
    ingress_labels: options.IngressLabels = None,
    output: options.Output = None,
) -> None:
    """Ask about many connections at once.

    Exit codes: 0 answered, 1 there is no path, 2 bad usage or input.
    """
    from netsim.cli.answering import Answering, Asked
    from netsim.report.summary import summary

    asked = Asked(source, destination, options.ports(protocol, port), max_hops)
    _need(question, asked.source, asked.destination)
    conventions = options.conventions(ipblock_pods, pod_ranges)
    controller = options.controller(ingress_namespace, ingress_labels)
    loaded = inputs.read(paths, namespace)
    answering = Answering(loaded.resources, conventions, controller, asked)
    answer = answering.answer(question)
    read = summary(loaded.inventory, loaded.resources)
    console.result(_written(form, answer, read), output)
    inputs.finish(loaded)
    if question is Question.PATH and not answer.rows:
        raise typer.Exit(NO_WAY)


_NEEDS = {
    Question.SOURCES: ("--to",),
    Question.DESTINATIONS: ("--from",),
    Question.PATH: ("--from", "--to"),
    Question.BLAST_RADIUS: ("--from",),
}


def _need(question: Question, source: str | None, destination: str | None) -> None:
    given = {"--from": source, "--to": destination}
    missing = [name for name in _NEEDS.get(question, ()) if given[name] is None]
    if missing:
        raise typer.BadParameter(f"{question.value} needs {' and '.join(missing)}")
    extra = [
        name
        for name, value in given.items()
        if value is not None and name not in _NEEDS.get(question, ())
    ]
    if extra:
        raise typer.BadParameter(f"{question.value} takes no {' and '.join(extra)}")


def _written(form: QueryFormat, answer: Answer, read: Read) -> str:
    from netsim.report import answer_csv, answer_json, answer_md, answer_text

    match form:
        case QueryFormat.TEXT:
            return answer_text.render(answer, read)
        case QueryFormat.JSON:
            return answer_json.render(answer, read)
        case QueryFormat.MD:
            return answer_md.render(answer, read)
        case QueryFormat.CSV:
            return answer_csv.render(answer)
