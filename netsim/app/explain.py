"""``explain``: which rules decide a connection, and what would allow it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from netsim.app.connection_query import ConnectionQuery
from netsim.app.explanation.attempt import Attempt
from netsim.app.explanation.explanation import Explanation, Overview, explain_attempt
from netsim.app.explanation.through_service import (
    ServiceExplanation,
    attempt_of,
    explain_lead,
)
from netsim.app.input import (
    InputResult,
    answering,
    count_read,
    list_lacking,
    list_left_open,
)
from netsim.app.modelled_input import ModelledRequest, add_modelled
from netsim.app.namesakes import Namesakes
from netsim.engine.naming.aims import Aims, Direct, Lead, Led, Nowhere
from netsim.engine.naming.controller import Controller, with_controller
from netsim.engine.naming.endpoints import EndpointError, Endpoints
from netsim.engine.naming.unwritten import UnwrittenPod, add_unwritten
from netsim.engine.reachability import Reachability
from netsim.errors import RequestError
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.ports import Connection, PortSet, Protocol
from netsim.model.verdict import Outcome

Answer = Explanation | ServiceExplanation | Overview

UNREAD = "a document that could not be read may decide it"
FALLBACK: Connection = (Protocol.TCP, 443)
"""The port that stands for all others where nothing names one."""


class ExplainRequest(ModelledRequest, frozen=True, kw_only=True):
    """What to explain; ``port`` None is every port, with some of them explained.


    A name of a port is one of the destination.  ``queries``, where they are not None, are
    asked in place of that one connection; an error among them is a question that could not be
    read.
    """

    source: str | UnwrittenPod = ""
    destination: str | UnwrittenPod = ""
    port: int | str | None = None
    protocol: Protocol = Protocol.TCP
    queries: tuple[ConnectionQuery | RequestError, ...] | None = None
    controller: Controller = Controller()


class ExplainResult(InputResult, frozen=True, kw_only=True):
    """Explanations of one port each, or an overview of all, in the order of the questions.

    ``refused`` says which questions have none, and why.
    """

    request: ExplainRequest
    answers: tuple[Answer, ...]
    refused: tuple[str, ...] = ()

    @property
    def answer(self) -> Answer:
        """The answer to the only question."""
        (only,) = self.answers
        return only

    @property
    def has_unknown(self) -> bool:
        """Whether a port that was asked about, or some port, may be allowed or not."""
        return any(
            bool(each.unknown)
            if isinstance(each, Overview)
            else each.outcome is Outcome.UNKNOWN
            for each in self.answers
        )


def explain(request: ExplainRequest) -> ExplainResult:
    """Explains connections, tier by tier.

    Every answer is unknown where a document was rejected, as it may decide it.  Raises
    :class:`UnanswerableError` for an end that is not in the input, where that is all that is
    asked.
    """
    scenario = request.find_scenario()
    loaded = request.load(scenario)
    refused: list[str] = []
    with answering(loaded):
        world = add_modelled(loaded.resources, scenario)
        questions = [q for q in request.queries or () if isinstance(q, ConnectionQuery)]
        ends = [end for each in questions for end in (each.source, each.destination)]
        known = with_controller(world.resources, request.controller)
        resources = add_unwritten(known, (request.source, request.destination, *ends))
        aims = Aims(resources, Endpoints(resources, world.find))
        namesakes = Namesakes(aims)
        asked: list[_Asked] = []
        for query in request.queries or ():
            try:
                asked.append(_resolve_query(query, aims, namesakes))
            except (EndpointError, RequestError) as error:
                place = "" if isinstance(query, RequestError) else query.place
                refused.append(f"{place}: {error}" if place else str(error))
        if request.queries is None:
            namesakes.refuse(request.destination)
            asked.append(
                _resolve(
                    aims, request.source, request.destination, request.port, request.protocol
                )
            )
    cuts = [end.addresses for each in asked for end in _list_ends(each)]
    reachability = Reachability.of(resources, request.conventions(scenario), cuts)
    answers = (
        _leave_open(each) if loaded.errors else _answer(reachability, aims, each)
        for each in asked
    )
    return ExplainResult(
        (*request.list_foreign(), *loaded.diagnostics),
        count_read(loaded, world.resources),
        list_lacking(loaded),
        list_left_open(loaded.resources),
        request=request,
        answers=tuple(answers),
        refused=tuple(refused),
    )


class _Asked(NamedTuple):
    """Both ends of a question; a destination that is no lead is asked about at every port."""

    source: Endpoint
    destination: Lead | Endpoint
    protocol: Protocol


def _resolve_query(
    query: ConnectionQuery | RequestError, aims: Aims, namesakes: Namesakes
) -> _Asked:
    if isinstance(query, RequestError):
        raise query
    namesakes.refuse(query.destination)
    return _resolve(aims, query.source, query.destination, query.port, query.protocol)


def _resolve(
    aims: Aims,
    source: str | UnwrittenPod,
    destination: str | UnwrittenPod,
    port: int | str | None,
    protocol: Protocol,
) -> _Asked:
    """Both ends; without a port the destination itself, unless it is a Service with one."""
    client = aims.source(source)
    if port is None and isinstance(destination, str) and aims.is_service(destination):
        port = aims.only_port(destination, protocol)
    if port is None:
        return _Asked(client, aims.endpoint_at(destination), protocol)
    return _Asked(client, aims.resolve(destination, protocol, port), protocol)


def _list_ends(asked: _Asked) -> Iterator[ExternalEndpoint]:
    """The addresses that the answer speaks of."""
    ends, lead = [asked.source], asked.destination
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


def _answer(reachability: Reachability, aims: Aims, asked: _Asked) -> Answer:
    source, lead, protocol = asked
    if isinstance(lead, PodEndpoint | ExternalEndpoint):
        return explain_ports(reachability, source, lead)
    return explain_lead(reachability, aims.services, source, lead, protocol)


def _leave_open(asked: _Asked) -> Answer:
    source, lead, protocol = asked
    if isinstance(lead, PodEndpoint | ExternalEndpoint):
        nothing = PortSet.empty()
        return Overview(source.title, lead.title, nothing, PortSet.full(), ())
    attempt = attempt_of(source, lead, protocol)
    return Explanation(attempt, Outcome.UNKNOWN, UNREAD, (), ())


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
