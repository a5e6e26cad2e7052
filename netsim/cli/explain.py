"""``netsim explain``: which rules decide a connection, and what is missing."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from netsim.cli import console, inputs, options
from netsim.model.conventions import IpBlockPods

if TYPE_CHECKING:
    from netsim.engine.reachability import Reachability
    from netsim.model.endpoint import Endpoint
    from netsim.model.ports import Protocol
    from netsim.model.resources import Resources
    from netsim.report.explain.explanation import Explanation, Overview
    from netsim.report.summary import Read


UNREAD = "Not every document was read, so the answer may differ."


class ExplainFormat(Enum):
    """How an explanation can be written."""

    TEXT = "text"
    JSON = "json"
    MD = "md"


def explain(
    paths: options.Paths,
    src: options.Source = None,
    dst: options.Destination = None,
    port: options.Port = None,
    protocol: options.ProtocolName = "TCP",
    form: Annotated[
        ExplainFormat, typer.Option("--format", "-f", help="How to write the answer.")
    ] = ExplainFormat.TEXT,
    namespace: options.Namespace = "default",
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    ingress_namespace: options.IngressNamespace = None,
    ingress_labels: options.IngressLabels = None,
    output: options.Output = None,
) -> None:
    """Explain why a connection is allowed or denied.

    Without --port: which ports are allowed, and why for each that the destination declares.
    """
    from netsim.engine.naming.controller import with_controller
    from netsim.engine.reachability import Reachability
    from netsim.model.endpoint import ExternalEndpoint
    from netsim.report.summary import summary

    if src is None or dst is None:
        raise typer.BadParameter("give --src and --dst")
    asked = _protocol(protocol)
    conventions = options.conventions(ipblock_pods, pod_ranges)
    controller = options.controller(ingress_namespace, ingress_labels)
    loaded = inputs.read(paths, namespace)
    resources = with_controller(loaded.resources, controller)
    source, destination, port = _endpoints(resources, src, dst, asked, port)
    cuts = [end.addresses for end in (source, destination) if isinstance(end, ExternalEndpoint)]
    reachability = Reachability.of(resources, conventions, cuts)
    read = summary(loaded.inventory, loaded.resources)
    explaining = _Explaining(reachability, source, destination)
    if port is None:
        text = _overview_text(form, explaining.overview(), read)
    else:
        text = _text(form, explaining.one(asked, port), read)
    warn = loaded.errors and form is not ExplainFormat.JSON
    console.result(f"{UNREAD}\n\n{text}" if warn else text, output)
    inputs.finish(loaded)


def _protocol(text: str) -> Protocol:
    from netsim.cli.queries import QueryError, protocol_named

    try:
        return protocol_named(text)
    except QueryError as error:
        raise typer.BadParameter(str(error), param_hint="'--protocol'") from error


def _endpoints(
    resources: Resources, src: str, dst: str, protocol: Protocol, port: int | None
) -> tuple[Endpoint, Endpoint, int | None]:
    """Both ends; of a Service the pods behind it, and the port there."""
    from netsim.engine.naming.aims import Aims, is_service
    from netsim.engine.naming.endpoints import EndpointError, Endpoints

    known = Endpoints(resources)
    try:
        source = known.resolve(src)
        if port is None and not is_service(dst):
            return source, known.resolve(dst), None
        if port is None:
            raise EndpointError(f"{dst} is a Service: give --port, one of its own")
        first, *others = Aims(resources, known).resolve(dst, protocol, port)
    except EndpointError as error:
        raise inputs.refuse(str(error)) from error
    if others:
        raise inputs.refuse(f"{dst} has several target ports for {port}: name the workload")
    return source, first.endpoint, first.port


class _Explaining:
    """Explains connections between two endpoints."""

    def __init__(
        self, reachability: Reachability, source: Endpoint, destination: Endpoint
    ) -> None:
        self._reachability = reachability
        self._source = source
        self._destination = destination

    def one(self, protocol: Protocol, port: int) -> Explanation:
        """One port."""
        from netsim.report.explain.explanation import Question, explained

        question = Question(self._source, self._destination, protocol, port)
        verdict = self._reachability.verdict(self._source, self._destination, protocol, port)
        return explained(self._reachability.universe.resources, question, verdict)

    def overview(self) -> Overview:
        """All ports, and those explained that say the most."""
        from netsim.report.explain.examples import examples
        from netsim.report.explain.explanation import Overview

        found = self._reachability.connections(self._source, self._destination)
        shown = examples(self._destination, found.every)
        return Overview(
            self._source.title,
            self._destination.title,
            found.every,
            found.possible - found.every,
            tuple(self.one(protocol, port) for protocol, port in shown),
        )


def _text(form: ExplainFormat, found: Explanation, read: Read) -> str:
    from netsim.report.explain import json as explain_json
    from netsim.report.explain import markdown as explain_md
    from netsim.report.explain import text as explain_text

    match form:
        case ExplainFormat.TEXT:
            return explain_text.render(found, read, console.width())
        case ExplainFormat.JSON:
            return explain_json.render(found, read)
        case ExplainFormat.MD:
            return explain_md.render(found, read)


def _overview_text(form: ExplainFormat, found: Overview, read: Read) -> str:
    from netsim.report.explain import json as explain_json
    from netsim.report.explain import markdown as explain_md
    from netsim.report.explain import text as explain_text

    match form:
        case ExplainFormat.TEXT:
            return explain_text.render_overview(found, read, console.width())
        case ExplainFormat.JSON:
            return explain_json.render_overview(found, read)
        case ExplainFormat.MD:
            return explain_md.render_overview(found, read)
