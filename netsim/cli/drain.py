"""``netsim drain``: what a drain of a node does to the pods."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netsim.cli import console, documentation, inputs, options
from netsim.loader.registry import Scope

if TYPE_CHECKING:
    from netsim.drain.drain import Outcome
    from netsim.intent.scenario.scenario import Scenario
    from netsim.report.drain.report import DrainReport

BLOCKED = 1
NOTHING = "no pod is known: give workloads, or a scenario that describes them"
UNREAD = "not every document was read, so pods or budgets may be missing"
DEFAULT_NAMESPACE = "default"


class DrainFormat(Enum):
    """How the result can be written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


Replicas = Annotated[
    list[str] | None,
    typer.Option(
        "--replicas",
        metavar="NAME=N,...",
        help="How many pods there are, by a name of the scenario or of a workload; "
        "repeatable. By default as the manifests say.",
        show_default=False,
    ),
]
Unready = Annotated[
    list[str] | None,
    typer.Option(
        "--unready",
        metavar="NAME=N,...",
        help="How many of them are not ready; repeatable.",
        show_default=False,
    ),
]


def drain(
    paths: options.Paths,
    replicas: Replicas = None,
    unready: Unready = None,
    node: Annotated[
        str | None,
        typer.Option(
            "--node",
            metavar="NODE",
            help="Evict the pods that the input has on this node. By default all, as if they "
            "were on one.",
            show_default=False,
        ),
    ] = None,
    scenario: Annotated[
        Path | None,
        typer.Option(
            "--scenario",
            "-s",
            help="Adds the pods that it describes and the input lacks. By default the one "
            "file in scenarios/, here or beside the input.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[
        DrainFormat, typer.Option("--format", "-f", help="How to write the result.")
    ] = DrainFormat.TEXT,
    namespace: Annotated[
        str | None,
        typer.Option(
            "--namespace",
            "-n",
            help="The namespace of objects that name none. By default the scenario's.",
            show_default=False,
        ),
    ] = None,
    output: options.Output = None,
) -> None:
    """Tell whether a node can be drained, and what stays available meanwhile.

    Exit codes: 0 the drain can finish, 1 it cannot, 2 bad usage or input, or not known.
    """
    from netsim.cli.draining import Given, Subject
    from netsim.drain.drain import drain as drained
    from netsim.report.drain.report import DrainReport

    described = _scenario(scenario, paths)
    home = described.namespace if described else DEFAULT_NAMESPACE
    loaded = inputs.read(paths, namespace or home, Scope.BUNDLE)
    subject = Subject.of(loaded, described)
    said = subject.assumptions(Given(replicas or (), unready or (), node))
    found = drained(subject.groups, said)
    report = DrainReport(
        found, node, loaded.inventory.documents, len(subject.bundle.budgets), subject.elsewhere
    )
    console.result(_written(form, report), output)
    if loaded.errors:
        console.note(UNREAD)
        raise typer.Exit(inputs.BAD_INPUT)
    if not subject.groups:
        raise inputs.refuse(NOTHING)
    code = _exit_code(found.outcome)
    if code:
        raise typer.Exit(code)


def _scenario(given: Path | None, paths: Sequence[str]) -> Scenario | None:
    from netsim.cli.modelled import scenario_of

    try:
        file = str(given) if given else documentation.discover(paths)
    except documentation.DocumentationError as error:
        raise inputs.refuse(str(error)) from error
    return scenario_of(file) if file else None


def _written(form: DrainFormat, report: DrainReport) -> str:
    from netsim.report.drain import json as drain_json
    from netsim.report.drain import markdown as drain_markdown
    from netsim.report.drain import text as drain_text

    match form:
        case DrainFormat.TEXT:
            return drain_text.render(report, console.width())
        case DrainFormat.MARKDOWN:
            return drain_markdown.render(report)
        case DrainFormat.JSON:
            return drain_json.render(report)


def _exit_code(outcome: Outcome) -> int:
    from netsim.drain.drain import Outcome

    match outcome:
        case Outcome.BLOCKED:
            return BLOCKED
        case Outcome.UNKNOWN:
            return inputs.BAD_INPUT
        case _:
            return 0
