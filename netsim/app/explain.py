"""``explain``: which rules decide a connection, and what would allow it."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.explanation.attempt import Attempt
from netsim.app.explanation.explanation import Explanation, Overview, explain_attempt
from netsim.app.explanation.through_service import (
    ServiceExplanation,
    attempt_of,
    explain_lead,
)
from netsim.app.input import InputResult, answering, count_read, list_lacking
from netsim.app.modelled_input import ModelledRequest, add_modelled
from netsim.engine.naming.aims import Aims, Direct, Lead, Led, Nowhere
from netsim.engine.naming.controller import Controller, with_controller
from netsim.engine.naming.endpoints import Endpoints
from netsim.engine.reachability import Reachability
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.ports import Connection, PortSet, Protocol
from netsim.model.verdict import Outcome

UNREAD = "a document that could not be read may decide it"
FALLBACK: Connection = (Protocol.TCP, 443)
"""The port that stands for all others where nothing names one."""


class ExplainRequest(ModelledRequest, frozen=True, kw_only=True):
    """What to explain; ``port`` None is every port, with some of them explained.

    A name of a port is one of the destination.
    """

    source: str
    destination: str
    port: int | str | None = None
    protocol: Protocol = Protocol.TCP
    controller: Controller = Controller()


class ExplainResult(InputResult, frozen=True, kw_only=True):
    """An explanation of one port, or an overview of all."""

    answer: Explanation | ServiceExplanation | Overview


def explain(request: ExplainRequest) -> ExplainResult:
    """Explains a connection, tier by tier.

    Every answer is unknown where a document was rejected, as it may decide it.  Raises
    :class:`UnanswerableError` for an end that is not in the input.
    """
    scenario = request.find_scenario()
    loaded = request.load(scenario)
    with answering(loaded):
        world = add_modelled(loaded.resources, scenario)
        resources = with_controller(world.resources, request.controller)
        aims = Aims(resources, Endpoints(resources, world.find))
        source, lead = _resolve(request, aims)
    cuts = [end.addresses for end in _list_ends(source, lead)]
    reachability = Reachability.of(resources, request.conventions(scenario), cuts)
    answer: Explanation | ServiceExplanation | Overview
    if not isinstance(lead, PodEndpoint | ExternalEndpoint):
        if loaded.errors:
            attempt = attempt_of(source, lead, request.protocol)
            answer = Explanation(attempt, Outcome.UNKNOWN, UNREAD, (), ())
        else:
            answer = explain_lead(reachability, aims.services, source, lead, request.protocol)
    elif loaded.errors:
        nothing = PortSet.empty()
        answer = Overview(source.title, lead.title, nothing, PortSet.full(), ())
    else:
        answer = explain_ports(reachability, source, lead)
    diagnostics = (*request.list_foreign(), *loaded.diagnostics)
    return ExplainResult(
        diagnostics,
        count_read(loaded, world.resources),
        list_lacking(loaded),
        answer=answer,
    )


def _list_ends(source: Endpoint, lead: Lead | Endpoint) -> Iterator[ExternalEndpoint]:
    """The addresses that the answer speaks of."""
    ends = [source]
    match lead:
        case PodEndpoint() | ExternalEndpoint():
            ends.append(lead)
        case Direct():
            ends += [aim.endpoint for aim in lead.aims]
        case Led():
            ends += [aim.endpoint for aim in (*lead.aims, lead.front) if aim]
        case Nowhere():
            ends += [lead.front.endpoint] if lead.front else []
    yield from (end for end in ends if isinstance(end, ExternalEndpoint))


def _resolve(request: ExplainRequest, aims: Aims) -> tuple[Endpoint, Lead | Endpoint]:
    """Both ends; without a port the destination itself, unless it is a Service with one."""
    text, port = request.destination, request.port
    source = aims.source(request.source)
    if port is None and aims.is_service(text):
        port = aims.only_port(text, request.protocol)
    if port is None:
        return source, aims.endpoint_at(text)
    return source, aims.resolve(text, request.protocol, port)


def explain_ports(
    reachability: Reachability, source: Endpoint, destination: Endpoint
) -> Overview:
    """All ports, and those explained that say the most."""
    connections = reachability.connections(source, destination)
    return Overview(
        source.title,
        destination.title,
        connections.every,
        connections.possible - connections.every,
        tuple(
            explain_attempt(reachability, Attempt(source, destination, protocol, port))
            for protocol, port in pick_examples(destination, connections.every)
        ),
    )


def pick_examples(destination: Endpoint, allowed: PortSet) -> tuple[Connection, ...]:
    """The declared ports; else the first of each allowed range; else any one."""
    return _list_declared(destination) or _list_allowed(allowed) or (FALLBACK,)


def _list_declared(destination: Endpoint) -> tuple[Connection, ...]:
    pods = destination.pods if isinstance(destination, PodEndpoint) else ()
    ports = ((port.protocol, port.number) for pod in pods for port in pod.ports)
    return tuple(dict.fromkeys(ports))


def _list_allowed(allowed: PortSet) -> tuple[Connection, ...]:
    if FALLBACK in allowed:
        return (FALLBACK,)
    return tuple((protocol, low) for protocol in Protocol for low, _ in allowed.ports(protocol))
