"""``netsim diff``: what a change opens and closes."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from netsim.cli import console, inputs, options
from netsim.model.conventions import IpBlockPods

if TYPE_CHECKING:
    from netsim.engine.naming.controller import Controller
    from netsim.loader.load import Loaded
    from netsim.model.conventions import Conventions
    from netsim.report.diff.comparison import Comparison

DIFFERENT = 1
UNREAD = "not every document was read, so there may be other differences"

_HELP = "A file, a folder, - for standard input, or a git revision such as main:manifests/."
Old = Annotated[str, typer.Argument(metavar="OLD", help=_HELP, show_default=False)]
New = Annotated[str, typer.Argument(metavar="NEW", help="The same.", show_default=False)]


class DiffFormat(Enum):
    """How a comparison can be written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    CSV = "csv"


def diff(
    old: Old,
    new: New,
    form: Annotated[
        DiffFormat, typer.Option("--format", "-f", help="How to write the differences.")
    ] = DiffFormat.TEXT,
    namespace: options.Namespace = "default",
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    ingress_namespace: options.IngressNamespace = None,
    ingress_labels: options.IngressLabels = None,
    output: options.Output = None,
) -> None:
    """Compare the connections that two versions of the manifests allow.

    Exit codes: 0 the same, 1 different, 2 bad usage or input.
    """
    if old == new == "-":
        raise typer.BadParameter("only one side can be standard input")
    conventions = options.conventions(ipblock_pods, pod_ranges)
    controller = options.controller(ingress_namespace, ingress_labels)
    before, now = inputs.read([old], namespace), inputs.read([new], namespace)
    if any(side.errors and not side.inventory.documents for side in (before, now)):
        raise typer.Exit(inputs.BAD_INPUT)  # a side that is not there is no empty one
    found = _compared((old, before), (new, now), conventions, controller)
    console.result(_written(form, found), output)
    if before.errors or now.errors:
        console.note(UNREAD)
        raise typer.Exit(inputs.BAD_INPUT)
    if not found.diff.is_empty:
        raise typer.Exit(DIFFERENT)


def _compared(
    old: tuple[str, Loaded],
    new: tuple[str, Loaded],
    conventions: Conventions,
    controller: Controller,
) -> Comparison:
    from netsim.engine.matrix.diff import Side, diff
    from netsim.engine.matrix.diff_causes import Causes
    from netsim.report.diff.comparison import Comparison, Explained
    from netsim.report.summary import summary

    (old_name, before), (new_name, now) = old, new
    sides = [Side.of(each.resources, conventions, controller) for each in (before, now)]
    found, causes = diff(*sides), Causes(*sides)
    return Comparison(
        found,
        tuple(Explained(each, causes.of(each)) for each in found.differences),
        old_name,
        new_name,
        summary(before.inventory, before.resources),
        summary(now.inventory, now.resources),
    )


def _written(form: DiffFormat, found: Comparison) -> str:
    from netsim.report.diff import csv as diff_csv
    from netsim.report.diff import json as diff_json
    from netsim.report.diff import markdown as diff_markdown
    from netsim.report.diff import text as diff_text

    match form:
        case DiffFormat.TEXT:
            return diff_text.render(found, console.width())
        case DiffFormat.MARKDOWN:
            return diff_markdown.render(found)
        case DiffFormat.JSON:
            return diff_json.render(found)
        case DiffFormat.CSV:
            return diff_csv.render(found)
