"""``netsim list``: every connection that is allowed."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from netsim.cli import console, inputs, options
from netsim.model.conventions import IpBlockPods

if TYPE_CHECKING:
    from netsim.engine.matrix.listing import Pair
    from netsim.loader.load import Loaded
    from netsim.report.summary import Read


class ListFormat(Enum):
    """How a list can be written."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    MD = "md"


def list_pairs(
    paths: options.Paths,
    form: Annotated[
        ListFormat, typer.Option("--format", "-f", help="How to write the list.")
    ] = ListFormat.TEXT,
    focus: Annotated[
        str | None,
        typer.Option(
            metavar="ENDPOINT",
            help="Only connections from or to this: namespace/name[Kind], namespace/name, "
            "a name, or an IP address.",
            show_default=False,
        ),
    ] = None,
    namespace: options.Namespace = "default",
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    ingress_namespace: options.IngressNamespace = None,
    ingress_labels: options.IngressLabels = None,
    output: options.Output = None,
) -> None:
    """List the allowed connections."""
    from netsim.engine.naming.ways_in import connections
    from netsim.report.summary import summary

    conventions = options.conventions(ipblock_pods, pod_ranges)
    controller = options.controller(ingress_namespace, ingress_labels)
    loaded = inputs.read(paths, namespace)
    found = connections(loaded.resources, conventions, controller)
    if focus is not None:
        found = _focused(loaded, found, focus)
    read = summary(loaded.inventory, loaded.resources)
    console.result(_written(form, found, read), output)
    inputs.finish(loaded)


def _focused(loaded: Loaded, found: tuple[Pair, ...], focus: str) -> tuple[Pair, ...]:
    from netsim.cli.focus import focused
    from netsim.engine.naming.endpoints import EndpointError

    try:
        return focused(loaded.resources, found, focus)
    except EndpointError as error:
        raise inputs.refuse(str(error)) from error


def _written(form: ListFormat, found: tuple[Pair, ...], read: Read) -> str:
    from netsim.report.table import pairs_csv, pairs_json, pairs_text
    from netsim.report.table import pairs_markdown as pairs_md

    match form:
        case ListFormat.TEXT:
            return pairs_text.render(found, read)
        case ListFormat.JSON:
            return pairs_json.render(found, read)
        case ListFormat.MD:
            return pairs_md.render(found, read)
        case ListFormat.CSV:
            _announce(found)
            return pairs_csv.render(found)


def _announce(found: tuple[Pair, ...]) -> None:
    """A CSV of this form has no place for what is unknown."""
    for pair in found:
        if pair.unknown:
            ends = f"{pair.source} => {pair.destination}"
            console.note(f"warning: unknown, and not in the CSV: {ends} : {pair.unknown}")
