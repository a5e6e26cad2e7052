"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netsim.model.conventions import IpBlockPods

if TYPE_CHECKING:
    from netsim.engine.naming.controller import Controller
    from netsim.model.conventions import Conventions
    from netsim.model.ports import PortSet

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH",
        help="Files, folders (searched for .yaml, .yml, .json), git revisions such as "
        "main:manifests/, or - for standard input.",
        show_default=False,
    ),
]
Namespace = Annotated[
    str,
    typer.Option("--namespace", "-n", help="The namespace of objects that name none."),
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
        help="Where pods of unknown address are; repeatable. By default the private ranges.",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Write the result to this file.", show_default=False),
]
Documented = Annotated[
    Path | None,
    typer.Option(
        "--scenario",
        "-s",
        help="What is documented. By default the one file in scenarios/, here or beside "
        "the input.",
        show_default=False,
    ),
]
Source = Annotated[
    str | None,
    typer.Option(
        "--src",
        metavar="ENDPOINT",
        help="Who connects: namespace/pod, namespace/name[Kind], an IP address, or "
        "{ingress-controller}.",
        show_default=False,
    ),
]
Destination = Annotated[
    str | None,
    typer.Option(
        "--dst",
        metavar="ENDPOINT",
        help="What it connects to: the same, or svc/namespace/name.",
        show_default=False,
    ),
]
Port = Annotated[
    int | None,
    typer.Option(
        "--port", metavar="N", min=1, max=65535, help="1 to 65535.", show_default=False
    ),
]
ProtocolName = Annotated[
    str, typer.Option("--protocol", metavar="TCP|UDP|SCTP", help="In any case.")
]


IngressNamespace = Annotated[
    str | None,
    typer.Option(
        "--ingress-namespace",
        metavar="NAME",
        help="Where the ingress controller runs. By default a namespace that nothing names.",
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


def ports(protocol: str, port: int | None) -> PortSet | None:
    """One port, or None where none is given; a protocol that is none is bad usage."""
    from netsim.cli.queries import QueryError, protocol_named
    from netsim.model.ports import PortSet

    try:
        found = protocol_named(protocol)
    except QueryError as error:
        raise typer.BadParameter(str(error), param_hint="'--protocol'") from error
    return None if port is None else PortSet.of(found, port)


def controller(namespace: str | None, labels: str | None) -> Controller:
    """The ingress controller; labels that are none are bad usage."""
    from netsim.engine.naming.controller import Controller
    from netsim.model.labels import Labels

    pairs = [part.partition("=") for part in (labels or "").split(",") if part.strip()]
    for key, sign, _ in pairs:
        if not sign or not key.strip():
            message = f"'{labels}' are no labels: write such as app=nginx,tier=edge"
            raise typer.BadParameter(message, param_hint="'--ingress-labels'")
    found = {key.strip(): value.strip() for key, _, value in pairs}
    return Controller(namespace, Labels.of(found))


def conventions(ipblock_pods: IpBlockPods, pod_ranges: list[str] | None) -> Conventions:
    """The conventions in force; a range that is none is bad usage."""
    from netsim.model.addresses import AddressSet
    from netsim.model.conventions import Conventions

    if not pod_ranges:
        return Conventions(ipblock_pods)
    try:
        return Conventions(ipblock_pods, AddressSet.of(pod_ranges))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="'--pod-ranges'") from error
