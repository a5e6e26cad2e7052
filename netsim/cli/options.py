"""Options that several commands share."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from netsim.model.conventions import IpBlockPods
from netsim.model.finding import Severity
from netsim.report.render import RENDERERS, Format
from netsim.report.style import Pairs

if TYPE_CHECKING:
    from netsim.app.connection_query import ConnectionQuery
    from netsim.app.documentation import Discovery
    from netsim.app.selection import Selection
    from netsim.engine.naming.controller import Controller
    from netsim.engine.naming.unwritten import UnwrittenPod
    from netsim.errors import RequestError
    from netsim.loader.unrendered import Rendering
    from netsim.model.addresses import AddressSet

SHORT = {"md": "markdown"}
STDIN = "-"

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...",
        help="Files, folders (searched for .yaml, .yml, .json), git revisions such as "
        "main:manifests/, or - for standard input.",
        show_default=False,
    ),
]
Files = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...",
        help="Files and folders (searched for .yaml, .yml, .json), as they are now.",
        show_default=False,
    ),
]
Namespace = Annotated[
    str,
    typer.Option(
        "--namespace", "-n", metavar="NAME", help="The namespace of objects that name none."
    ),
]
IpBlocks = Annotated[
    IpBlockPods,
    typer.Option(
        "--ipblock-pods",
        help="Which pods an ipBlock matches: by address (match), only where the address is "
        "in the input (known), or none (ignore).",
    ),
]
PodRanges = Annotated[
    list[str] | None,
    typer.Option(
        "--pod-ranges",
        metavar="CIDR",
        help="Where pods of unknown address are, and of which families; repeatable. By default "
        "the private ranges of IPv4 and IPv6.",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write the result to this file.",
        show_default=False,
    ),
]
Documented = Annotated[
    list[str] | None,
    typer.Option(
        "--scenario",
        "-s",
        metavar="FILE",
        help="What is documented. By default the one file in scenarios/, here or beside "
        "the input.",
        show_default=False,
    ),
]
Systems = Annotated[
    list[str] | None,
    typer.Option(
        "--scenario",
        "-s",
        metavar="FILE",
        help="What is documented; repeatable: each is a system of its own. By default the one "
        "file in scenarios/, here or beside the input.",
        show_default=False,
    ),
]
Modelled = Annotated[
    list[str] | None,
    typer.Option(
        "--scenario",
        "-s",
        metavar="FILE",
        help="Adds the pods that this scenario describes and the input lacks; its names can "
        "be asked about. By default the one file in scenarios/, here or beside the input.",
        show_default=False,
    ),
]
Diagram = Annotated[
    str | None,
    typer.Option(
        "--diagram",
        metavar="FILE#HEADING",
        help="Compare with the diagram below this heading, without a scenario: each of its "
        "names is taken for the workload that goes by it.",
        show_default=False,
    ),
]
NoScenario = Annotated[
    bool,
    typer.Option("--no-scenario", help="Leave a scenario beside the input aside."),
]
Source = Annotated[
    str | None,
    typer.Option(
        "--src",
        metavar="ENDPOINT",
        help="Who connects: namespace/pod, namespace/name[Kind], a name that only one workload "
        "has, an IP address, or {ingress-controller}.",
        show_default=False,
    ),
]
Destination = Annotated[
    str | None,
    typer.Option(
        "--dst",
        metavar="ENDPOINT",
        help="What it connects to: as --src, svc/namespace/name, or an address of a Service.",
        show_default=False,
    ),
]


def _describing(end: str, part: str, value: str, help_: str, *more: str) -> Any:
    names = (f"--{end}-{part}", *(f"--{other}-{part}" for other in more))
    return typer.Option(*names, metavar=value, help=help_, show_default=False)


def _labels(end: str, *more: str) -> Any:
    text = "In place of --{}: a pod that nobody has written, by its labels."
    return _describing(end, "labels", "KEY=VALUE,...", text.format(end), *more)


def _home(end: str, *more: str) -> Any:
    text = "The namespace of that pod. By default one that nothing names."
    return _describing(end, "namespace", "NAME", text, *more)


def _home_labels(end: str, *more: str) -> Any:
    text = "The labels of its namespace, where that is none of the input."
    return _describing(end, "namespace-labels", "KEY=VALUE,...", text, *more)


SourceLabels = Annotated[str | None, _labels("src")]
SourceNamespace = Annotated[str | None, _home("src")]
SourceNamespaceLabels = Annotated[str | None, _home_labels("src")]
DestinationLabels = Annotated[str | None, _labels("dst")]
DestinationNamespace = Annotated[str | None, _home("dst")]
DestinationNamespaceLabels = Annotated[str | None, _home_labels("dst")]
FromLabels = Annotated[str | None, _labels("from", "src")]
FromNamespace = Annotated[str | None, _home("from", "src")]
FromNamespaceLabels = Annotated[str | None, _home_labels("from", "src")]
ToLabels = Annotated[str | None, _labels("to", "dst")]
ToNamespace = Annotated[str | None, _home("to", "dst")]
ToNamespaceLabels = Annotated[str | None, _home_labels("to", "dst")]


def _port(text: str) -> int | str:
    """A port's number or name; bad usage otherwise."""
    from netsim.app.connection_query import parse_port
    from netsim.errors import RequestError

    try:
        return parse_port(text)
    except RequestError as error:
        raise typer.BadParameter(error.message) from error


Port = Annotated[
    # Typer knows no unions: the parser makes a number of what is one.
    Any,
    typer.Option(
        "--port",
        metavar="PORT",
        help="The destination port: its number, or the name that a Service or a container "
        "gives it.",
        parser=_port,
        show_default=False,
    ),
]
ProtocolName = Annotated[
    str, typer.Option("--protocol", metavar="TCP|UDP|SCTP", help="Upper or lower case.")
]
Queries = Annotated[
    str | None,
    typer.Option(
        "--queries",
        metavar="FILE",
        help="A CSV file of questions, header src,dst,protocol,port; - is standard input.",
        show_default=False,
    ),
]
IngressNamespace = Annotated[
    str | None,
    typer.Option(
        "--ingress-namespace",
        metavar="NAME",
        help="Where the ingress controller runs. By default a namespace that no policy names.",
        show_default=False,
    ),
]
IngressLabels = Annotated[
    str | None,
    typer.Option(
        "--ingress-labels",
        metavar="KEY=VALUE,...",
        help="The labels of the ingress controller's pods. By default none.",
        show_default=False,
    ),
]
HomeNamespace = Annotated[
    str | None,
    typer.Option(
        "--namespace",
        "-n",
        metavar="NAME",
        help="The namespace of objects that name none. By default the scenario's.",
        show_default=False,
    ),
]
Render = Annotated[
    bool,
    typer.Option(
        "--render",
        help="Render Helm charts and kustomizations in folders, with the helm, kustomize or "
        "kubectl on the PATH.",
    ),
]
AllowInconclusive = Annotated[
    bool,
    typer.Option(
        "--allow-inconclusive", help="Exit with 0 where the answer is, or leaves out, unknown."
    ),
]


def complete_rules(incomplete: str) -> list[str]:
    """The rules that a shell offers, after those that stand before a comma."""
    from netsim.rules.registry import RULE_IDS

    before, comma, _ = incomplete.rpartition(",")
    return [f"{before}{comma}{each}" for each in sorted(RULE_IDS)]


Select = Annotated[
    list[str] | None,
    typer.Option(
        "--select",
        metavar="RULE,...",
        help="Only findings of these rules count; repeatable.",
        autocompletion=complete_rules,
        show_default=False,
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore",
        metavar="RULE,...",
        help="Findings of these rules do not count; repeatable.",
        autocompletion=complete_rules,
        show_default=False,
    ),
]
MinSeverity = Annotated[
    Severity,
    typer.Option("--min-severity", help="Findings that are less severe do not count."),
]
Baseline = Annotated[
    str | None,
    typer.Option(
        "--baseline",
        metavar="FILE",
        help="Findings that this file accepts do not count: see --write-baseline.",
        show_default=False,
    ),
]
ExitZero = Annotated[
    bool,
    typer.Option(
        "--exit-zero",
        help="Exit with 0 where there are findings. Bad input and what is undecided stay 2.",
    ),
]
COMMENT = 60_000
"""Characters of a comment; GitHub takes 65,536, and a posted one also has its marker."""

Limit = Annotated[
    int,
    typer.Option(
        "--limit",
        metavar="CHARACTERS",
        min=0,
        help="How long Markdown may be: what matters least is shortened first. 0 is no limit.",
    ),
]
Table = Annotated[
    Pairs | None,
    typer.Option(
        "--table",
        help="Which pairs of endpoints are listed: those with a problem (the default of text), "
        "all (that of markdown), or none.",
        show_default=False,
    ),
]


def format_of(result: str, thing: str = "result") -> Any:
    """The option ``--format`` for a class of results, with the formats it can be written in."""
    names = [form.value for form in RENDERERS[result]]
    return typer.Option(
        "--format",
        "-f",
        metavar=f"<{'|'.join(names)}>",
        help=f"How to write the {thing}.",
        parser=partial(_format, names),
        autocompletion=lambda: names,
    )


def new_file(thing: str) -> Any:
    """The option ``--output`` of a command that never overwrites a file."""
    return typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help=f"Write the {thing} to this new file. By default to standard output.",
        show_default=False,
    )


def _format(names: list[str], text: str | Format) -> Format:
    """The format of a name, or of ``md`` for short; typer also asks for the default's."""
    name = SHORT.get(str(text), str(text))
    if name not in names:
        known = ", ".join(map(repr, names))
        raise typer.BadParameter(f"{text!r} is not one of {known}.")
    return Format(name)


def one(scenario: list[str] | None) -> str | None:
    """The scenario, of a command that takes one; two are bad usage, as is an empty name."""
    given = every(scenario)
    if len(given) > 1:
        raise typer.BadParameter("give one scenario", param_hint="'--scenario'")
    return given[0] if given else None


def every(scenario: list[str] | None) -> tuple[str, ...]:
    """The scenarios; an empty name is bad usage."""
    if not all(scenario or ()):
        raise typer.BadParameter("the name is empty", param_hint="'--scenario'")
    return tuple(scenario or ())


def selection(
    select: list[str] | None,
    ignore: list[str] | None,
    min_severity: Severity,
    baseline: str | None,
) -> Selection:
    """Which findings count; a rule that does not exist is bad usage."""
    from netsim.app.selection import choose

    return choose(_split(select), _split(ignore), min_severity, baseline)


def _split(values: list[str] | None) -> list[str]:
    """The parts of lists with commas."""
    return [part.strip() for value in values or () for part in value.split(",")]


def named(diagram: str | None) -> str | None:
    """The diagram; an empty name, as of a variable that is not set, is bad usage."""
    if diagram == "":
        raise typer.BadParameter("the name is empty", param_hint="'--diagram'")
    return diagram


def discovery(scenario: list[str] | None, no_scenario: bool) -> Discovery:
    """Whether to look for a scenario; to give one and to forbid it is bad usage."""
    from netsim.app.documentation import Discovery

    if scenario and no_scenario:
        raise typer.BadParameter("not with --scenario", param_hint="'--no-scenario'")
    return Discovery.NONE if no_scenario else Discovery.NEAR


def read_queries(
    paths: list[str],
    single: tuple[str | UnwrittenPod | None, str | UnwrittenPod | None, int | str | None],
    queries: str | None,
) -> tuple[ConnectionQuery | RequestError, ...] | None:
    """The questions of a file, or None; to give a single one, too, is bad usage."""
    if queries is None:
        return None
    if any(part is not None for part in single):
        raise typer.BadParameter("give either --queries or --src, --dst and --port")
    if queries == STDIN and STDIN in paths:
        raise typer.BadParameter("standard input cannot be both manifests and queries")
    from netsim.app import connection_query

    return tuple(connection_query.read_queries(queries, sys.stdin))


def controller(namespace: str | None, labels: str | None) -> Controller:
    """The ingress controller; labels that are none are bad usage."""
    from netsim.app.unwritten import parse_labels
    from netsim.engine.naming.controller import Controller

    return Controller(namespace, parse_labels(labels or "", "ingress_labels"))


def rendering(render: bool) -> Rendering:
    """Whether charts and kustomizations are rendered."""
    from netsim.loader.unrendered import Rendering

    return Rendering.BY_TOOLS if render else Rendering.NEVER


def known_controller(namespace: str | None, labels: str | None) -> Controller | None:
    """The ingress controller, where one of the options says something of it."""
    return controller(namespace, labels) if namespace or labels else None


def ranges(pod_ranges: list[str] | None) -> AddressSet | None:
    """Where pods of unknown address are; a range that is none is bad usage."""
    from netsim.model.addresses import AddressSet

    try:
        return AddressSet.of(pod_ranges) if pod_ranges else None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="'--pod-ranges'") from error
