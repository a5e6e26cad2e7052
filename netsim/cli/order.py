"""``netsim order``: in which order to apply the manifests, and what happens on the way."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netsim.cli import console, documentation, inputs, options
from netsim.cli.judging import Subject, context_of
from netsim.cli.modelled import conventions_of
from netsim.loader.objects.kinds import Scope

if TYPE_CHECKING:
    from netsim.judge.case import Case
    from netsim.model.conventions import Conventions
    from netsim.report.order.words import OrderReport

FAILED = 1
DEFAULT_NAMESPACE = "default"


class OrderChoice(Enum):
    """Which order is followed."""

    DOCUMENTED = "documented"
    COMPUTED = "computed"


class OrderFormat(Enum):
    """How an order can be written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


def order(
    paths: options.Paths,
    scenario: options.Documented = None,
    choice: Annotated[
        OrderChoice,
        typer.Option(
            "--order",
            help="Which order to follow: the documented one, where there is one, or the one "
            "that the dependencies ask for.",
        ),
    ] = OrderChoice.DOCUMENTED,
    form: Annotated[
        OrderFormat, typer.Option("--format", "-f", help="How to write the order.")
    ] = OrderFormat.TEXT,
    output: options.Output = None,
) -> None:
    """Print the order in which to apply the manifests, and follow it step by step.

    Exit codes: 0 nothing goes wrong that another order avoids, 1 something does, 2 bad usage
    or input.
    """
    described = _described(scenario, paths)
    home = described.documentation.scenario.namespace if described else DEFAULT_NAMESPACE
    loaded = inputs.read(paths, home, Scope.BUNDLE)
    if not (loaded.bundle and loaded.bundle.manifests):
        raise inputs.refuse("nothing to order: no object was read")
    subject = Subject(loaded, tuple(paths), _conventions(described), described)
    report = _assessed(subject, choice)
    console.result(_written(form, report, output), output)
    inputs.finish(loaded)
    if report.assessment.faults:
        raise typer.Exit(FAILED)


def _described(scenario: Path | None, paths: list[str]) -> documentation.Described | None:
    """The documentation; what is wrong with it ends the command."""
    try:
        file = str(scenario) if scenario else documentation.discover(paths)
        if file is None:
            console.note("note: no scenario found, so no flow is judged: see --scenario")
            return None
        described = documentation.read(file)
        if described.problems:
            raise documentation.DocumentationError(*described.problems)
        return described
    except documentation.DocumentationError as error:
        console.notes(error.diagnostics)
        raise typer.Exit(inputs.BAD_INPUT) from error


def _conventions(described: documentation.Described | None) -> Conventions:
    from netsim.model.conventions import Conventions

    scenario = described.documentation.scenario if described else None
    return conventions_of(Conventions(), scenario)


def _assessed(subject: Subject, choice: OrderChoice) -> OrderReport:
    from netsim.report.order.words import OrderReport
    from netsim.report.summary import summary
    from netsim.rollout.assessment import Choice, assess, list_stated_orders

    case = _context(subject)
    if choice is OrderChoice.DOCUMENTED and not list_stated_orders(case):
        console.note("note: no order is documented for this input: following the computed one")
    found = assess(case, Choice(choice.value))
    loaded, described = subject.loaded, subject.described
    read = summary(loaded.inventory, loaded.resources)
    scenario = described.scenario_file if described else None
    return OrderReport(found, read, scenario, len(loaded.errors))


def _context(subject: Subject) -> Case:
    from netsim.intent.errors import IntentError

    try:
        return context_of(subject)
    except IntentError as error:
        console.notes(error.diagnostics)
        raise inputs.refuse("the scenario's endpoints are not all in the input") from error


def _written(form: OrderFormat, report: OrderReport, output: Path | None) -> str:
    match form:
        case OrderFormat.TEXT:
            from netsim.report.order import text as order_text

            return order_text.render(report, console.width(), console.colour(output))
        case OrderFormat.MARKDOWN:
            from netsim.report.order import markdown as order_markdown

            return order_markdown.render(report)
        case OrderFormat.JSON:
            from netsim.report.order import json as order_json

            return order_json.render(report)
