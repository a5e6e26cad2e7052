"""``explain``: which rules decide a connection, and what would allow it."""

from __future__ import annotations

from netsim.app.connection_query import ConnectionQuery
from netsim.app.explanation.attempt import Attempt
from netsim.app.explanation.explanation import Explanation, Overview, explain_attempt
from netsim.app.input import (
    InputResult,
    answering,
    count_read,
    list_lacking,
    list_left_open,
)
from netsim.app.modelled_input import ModelledInput, ModelledRequest, add_modelled
from netsim.engine.naming.aims import Aims, is_service
from netsim.engine.naming.controller import Controller, with_controller
from netsim.engine.naming.endpoints import EndpointError, Endpoints
from netsim.engine.reachability import Reachability
from netsim.errors import RequestError
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.ports import Connection, PortSet, Protocol
from netsim.model.resources import Resources
from netsim.model.verdict import Outcome

UNREAD = "a document that could not be read may decide it"
FALLBACK: Connection = (Protocol.TCP, 443)
"""The port that stands for all others where nothing names one."""


class ExplainRequest(ModelledRequest, frozen=True, kw_only=True):
    """What to explain; ``port`` None is every port, with some of them explained.

    ``queries``, where they are not None, are asked in place of that one connection; an error
    among them is a question that could not be read.
    """

    source: str = ""
    destination: str = ""
    port: int | None = None
    protocol: Protocol = Protocol.TCP
    queries: tuple[ConnectionQuery | RequestError, ...] | None = None
    controller: Controller = Controller()


class ExplainResult(InputResult, frozen=True, kw_only=True):
    """Explanations of one port each, or an overview of all, in the order of the questions.

    ``refused`` says which questions have none, and why.
    """

    request: ExplainRequest
    answers: tuple[Explanation | Overview, ...]
    refused: tuple[str, ...] = ()

    @property
    def answer(self) -> Explanation | Overview:
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
        resources = with_controller(world.resources, request.controller)
        asked: list[_Asked] = []
        for query in request.queries or ():
            try:
                asked.append(_resolve_query(query, resources, world))
            except (EndpointError, RequestError) as error:
                place = "" if isinstance(query, RequestError) else query.place
                refused.append(f"{place}: {error}" if place else str(error))
        if request.queries is None:
            asked.append(_resolve(request, resources, world))
    ends = [end for source, destination, _, _ in asked for end in (source, destination)]
    cuts = [end.addresses for end in ends if isinstance(end, ExternalEndpoint)]
    reachability = Reachability.of(resources, request.conventions(scenario), cuts)
    answers = (
        _leave_open(each) if loaded.errors else _answer(reachability, each) for each in asked
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


_Asked = tuple[Endpoint, Endpoint, Protocol, int | None]
"""Both ends of a question, and the port; None is every port."""


def _resolve_query(
    query: ConnectionQuery | RequestError, resources: Resources, world: ModelledInput
) -> _Asked:
    if isinstance(query, RequestError):
        raise query
    one = ExplainRequest(
        (),
        source=query.source,
        destination=query.destination,
        port=query.port,
        protocol=query.protocol,
    )
    return _resolve(one, resources, world)


def _resolve(request: ExplainRequest, resources: Resources, world: ModelledInput) -> _Asked:
    """Both ends; of a Service the pods behind it, and the port there."""
    known = Endpoints(resources, world.find)
    text, port, protocol = request.destination, request.port, request.protocol
    source = known.resolve(request.source)
    if port is None and not is_service(text):
        return source, known.resolve(text), protocol, None
    if port is None:
        raise EndpointError(f"{text} is a Service: give --port, one of its own")
    first, *others = Aims(resources, known).resolve(text, protocol, port)
    if others:
        raise EndpointError(f"{text} has several target ports for {port}: name the workload")
    return source, first.endpoint, protocol, first.port


def _answer(reachability: Reachability, asked: _Asked) -> Explanation | Overview:
    source, destination, protocol, port = asked
    if port is None:
        return explain_ports(reachability, source, destination)
    return explain_attempt(reachability, Attempt(source, destination, protocol, port))


def _leave_open(asked: _Asked) -> Explanation | Overview:
    source, destination, protocol, port = asked
    if port is None:
        nothing = PortSet.empty()
        return Overview(source.title, destination.title, nothing, PortSet.full(), ())
    attempt = Attempt(source, destination, protocol, port)
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
