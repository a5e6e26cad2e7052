"""``explain``: which rules decide a connection, and what would allow it."""

from __future__ import annotations

from netsim.app.explanation.attempt import Attempt
from netsim.app.explanation.explanation import Explanation, Overview, explain_verdict
from netsim.app.input import InputResult, answering, count_read, list_lacking
from netsim.app.modelled_input import ModelledInput, ModelledRequest, add_modelled
from netsim.engine.naming.aims import Aims, is_service
from netsim.engine.naming.controller import Controller, with_controller
from netsim.engine.naming.endpoints import EndpointError, Endpoints
from netsim.engine.naming.unwritten import UnwrittenPod, add_unwritten
from netsim.engine.reachability import Reachability
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.ports import Connection, PortSet, Protocol
from netsim.model.resources import Resources
from netsim.model.verdict import Outcome

UNREAD = "a document that could not be read may decide it"
FALLBACK: Connection = (Protocol.TCP, 443)
"""The port that stands for all others where nothing names one."""


class ExplainRequest(ModelledRequest, frozen=True, kw_only=True):
    """What to explain; ``port`` None is every port, with some of them explained."""

    source: str | UnwrittenPod
    destination: str | UnwrittenPod
    port: int | None = None
    protocol: Protocol = Protocol.TCP
    controller: Controller = Controller()


class ExplainResult(InputResult, frozen=True, kw_only=True):
    """An explanation of one port, or an overview of all."""

    answer: Explanation | Overview


def explain(request: ExplainRequest) -> ExplainResult:
    """Explains a connection, tier by tier.

    Every answer is unknown where a document was rejected, as it may decide it.  Raises
    :class:`UnanswerableError` for an end that is not in the input.
    """
    scenario = request.find_scenario()
    loaded = request.load(scenario)
    with answering(loaded):
        world = add_modelled(loaded.resources, scenario)
        known = with_controller(world.resources, request.controller)
        resources = add_unwritten(known, (request.source, request.destination))
        source, destination, port = _resolve(request, resources, world)
    cuts = [end.addresses for end in (source, destination) if isinstance(end, ExternalEndpoint)]
    reachability = Reachability.of(resources, request.conventions(scenario), cuts)
    answer: Explanation | Overview
    if port is not None:
        attempt = Attempt(source, destination, request.protocol, port)
        answer = explain_attempt(reachability, attempt)
        if loaded.errors:
            answer = Explanation(attempt, Outcome.UNKNOWN, UNREAD, (), ())
    elif loaded.errors:
        nothing = PortSet.empty()
        answer = Overview(source.title, destination.title, nothing, PortSet.full(), ())
    else:
        answer = explain_ports(reachability, source, destination)
    diagnostics = (*request.list_foreign(), *loaded.diagnostics)
    return ExplainResult(
        diagnostics,
        count_read(loaded, world.resources),
        list_lacking(loaded),
        answer=answer,
    )


def _resolve(
    request: ExplainRequest, resources: Resources, world: ModelledInput
) -> tuple[Endpoint, Endpoint, int | None]:
    """Both ends; of a Service the pods behind it, and the port there."""
    known = Endpoints(resources, world.find)
    text, port = request.destination, request.port
    source = known.resolve(request.source)
    if port is None and (isinstance(text, UnwrittenPod) or not is_service(text)):
        return source, known.resolve(text), None
    if port is None:
        raise EndpointError(f"{text} is a Service: give --port, one of its own")
    first, *others = Aims(resources, known).resolve(text, request.protocol, port)
    if others:
        raise EndpointError(f"{text} has several target ports for {port}: name the workload")
    return source, first.endpoint, first.port


def explain_attempt(reachability: Reachability, attempt: Attempt) -> Explanation:
    """Explains one port."""
    verdict = reachability.verdict(
        attempt.source, attempt.destination, attempt.protocol, attempt.port
    )
    return explain_verdict(reachability.universe.resources, attempt, verdict)


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
