"""``netsim query``: questions about more than one connection."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netsim.cli import console, inputs, options
from netsim.cli.question import Question
from netsim.model.conventions import IpBlockPods

if TYPE_CHECKING:
    from netsim.model.ports import PortSet
    from netsim.report.summary import Read
    from netsim.report.table.answer import Answer

NO_WAY = 1
DEFAULT_NAMESPACE = "default"


class QueryFormat(Enum):
    """How an answer can be written."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    MD = "md"


From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="ENDPOINT",
        help="Who connects: namespace/pod, namespace/name[Kind], an IP address, or a name of "
        "the scenario.",
        show_default=False,
    ),
]
To = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="ENDPOINT",
        help="What it connects to: the same, or svc/namespace/name.",
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
        help="In any case. With --port TCP by default, without it every port of it.",
        show_default=False,
    ),
]
HomeNamespace = Annotated[
    str | None,
    typer.Option(
        "--namespace",
        "-n",
        help="The namespace of objects that name none. By default the scenario's, or default.",
        show_default=False,
    ),
]
ScenarioFile = Annotated[
    Path | None,
    typer.Option(
        "--scenario",
        "-s",
        help="Adds the pods that this scenario describes and the input lacks; its names can "
        "be asked about.",
        show_default=False,
    ),
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
    protocol: Protocol = None,
    max_hops: MaxHops = None,
    scenario: ScenarioFile = None,
    form: Annotated[
        QueryFormat, typer.Option("--format", "-f", help="How to write the answer.")
    ] = QueryFormat.TEXT,
    namespace: HomeNamespace = None,
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
    from netsim.cli.modelled import conventions_of, modelled, scenario_of
    from netsim.report.summary import summary

    given = {"--from": source, "--to": destination, "--port": port, "--protocol": protocol}
    _check(question, {**given, "--max-hops": max_hops})
    ports = _ports(protocol, port)
    conventions = options.conventions(ipblock_pods, pod_ranges)
    controller = options.controller(ingress_namespace, ingress_labels)
    described = scenario_of(str(scenario)) if scenario else None
    home = described.namespace if described else DEFAULT_NAMESPACE
    loaded = inputs.read(paths, namespace or home)
    world = modelled(loaded.resources, described)
    if not pod_ranges:
        conventions = conventions_of(conventions, described)
    asked = Asked(source, destination, ports, max_hops, world.named)
    answer = Answering(world.resources, conventions, controller, asked).answer(question)
    read = summary(loaded.inventory, world.resources)
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
_PORTS = ("--port", "--protocol")
_TAKES = {
    Question.SOURCES: _PORTS,
    Question.DESTINATIONS: _PORTS,
    Question.PATH: (*_PORTS, "--max-hops"),
    Question.BLAST_RADIUS: ("--max-hops",),
    Question.EXPOSED: _PORTS,
}


def _check(question: Question, given: Mapping[str, object]) -> None:
    """Options that a question lacks, or that would be ignored, are bad usage."""
    needed = _NEEDS.get(question, ())
    missing = [name for name in needed if given[name] is None]
    if missing:
        raise typer.BadParameter(f"{question.value} needs {' and '.join(missing)}")
    taken = (*needed, *_TAKES.get(question, ()))
    extra = [name for name, value in given.items() if value is not None and name not in taken]
    if extra:
        raise typer.BadParameter(f"{question.value} takes no {' and '.join(extra)}")


def _ports(protocol: str | None, port: int | None) -> PortSet | None:
    """What is asked about; None is any port."""
    if protocol is None or port is not None:
        return options.ports(protocol or "TCP", port)
    from netsim.cli.queries import QueryError, protocol_named
    from netsim.model.ports import PortSet

    try:
        return PortSet.all_of(protocol_named(protocol))
    except QueryError as error:
        raise typer.BadParameter(str(error), param_hint="'--protocol'") from error


def _written(form: QueryFormat, answer: Answer, read: Read) -> str:
    from netsim.report.table import answer_csv, answer_json, answer_text
    from netsim.report.table import answer_markdown as answer_md

    match form:
        case QueryFormat.TEXT:
            return answer_text.render(answer, read, console.width())
        case QueryFormat.JSON:
            return answer_json.render(answer, read)
        case QueryFormat.MD:
            return answer_md.render(answer, read)
        case QueryFormat.CSV:
            return answer_csv.render(answer)
