"""``query``: questions about more than one connection, put to the engine."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from netsim.app.input import InputResult, answering, count_read, list_lacking
from netsim.app.modelled_input import ModelledInput, ModelledRequest, add_modelled
from netsim.app.question import Question, check_parameters
from netsim.engine.evaluator import Evaluator
from netsim.engine.naming.aims import Aims, is_service
from netsim.engine.naming.controller import TITLE, Controller
from netsim.engine.naming.endpoints import Endpoints
from netsim.engine.naming.unwritten import UnwrittenPod, add_unwritten
from netsim.engine.query.hops import Hops
from netsim.engine.query.isolation import list_unisolated
from netsim.engine.query.neighbours import (
    destinations_of,
    open_to_outside,
    restrict_pairs,
    sources_of,
)
from netsim.engine.query.subject import Subject, of_input
from netsim.errors import UnanswerableError
from netsim.model.conventions import Conventions
from netsim.model.endpoint import Endpoint, ExternalEndpoint
from netsim.model.policies import Direction
from netsim.model.ports import PortSet, Protocol

if TYPE_CHECKING:
    from netsim.engine.matrix.listing import Pair
    from netsim.engine.query.blast_radius import Reached
    from netsim.engine.query.idle import Idle
    from netsim.engine.query.isolation import Unisolated
    from netsim.engine.query.paths import ShortestPath

    Answer = (
        tuple[Pair, ...]
        | ShortestPath
        | tuple[Reached, ...]
        | tuple[Unisolated, ...]
        | tuple[Idle, ...]
        | None
    )

_ASKED = ("source", "destination", "port", "protocol", "max_hops")


class QueryRequest(ModelledRequest, frozen=True, kw_only=True):
    """What to ask, of which ends and ports.

    ``port`` without ``protocol`` is one of TCP, ``protocol`` without ``port`` is every port of
    it.  ``scenario`` adds the pods that it describes and the input lacks, and its names.
    """

    question: Question
    source: str | UnwrittenPod | None = None
    destination: str | UnwrittenPod | None = None
    port: int | None = None
    protocol: Protocol | None = None
    max_hops: int | None = None
    controller: Controller = Controller()

    @property
    def ports(self) -> PortSet | None:
        """What is asked about; None is any port."""
        if self.port is not None:
            return PortSet.of(self.protocol or Protocol.TCP, self.port)
        return PortSet.all_of(self.protocol) if self.protocol else None


class QueryResult(InputResult, frozen=True, kw_only=True):
    """The answer to one question.

    Pairs for ``sources``, ``destinations`` and ``exposed``; a way for ``path``, None where
    there is none; else what is reached, not isolated or idle.  ``source`` and ``destination``
    are the titles of the ends that were asked about.
    """

    request: QueryRequest
    source: str
    destination: str
    answer: Answer

    @property
    def is_without_path(self) -> bool:
        """Whether a path was asked for, and there is none."""
        return self.request.question is Question.PATH and self.answer is None


def query(request: QueryRequest) -> QueryResult:
    """Answers a question.

    Raises :class:`RequestError` for one that is not well put, and :class:`UnanswerableError`
    for ends that are not in the input.
    """
    given = {name: getattr(request, name) for name in _ASKED}
    check_parameters(request.question, given)
    scenario = request.find_scenario()
    loaded = request.load(scenario)
    with answering(loaded):
        world = add_modelled(loaded.resources, scenario)
        asking = _Asking(request, world, request.conventions(scenario))
        answer = asking.answer()
    # These two are about policies, and have no word for one that may be another.
    is_of_policies = request.question in (Question.UNISOLATED, Question.IDLE)
    disputed = loaded.inventory.disputed if is_of_policies else ()
    return QueryResult(
        (*request.list_foreign(), *loaded.diagnostics),
        count_read(loaded, world.resources),
        (*list_lacking(loaded), *disputed),
        request=request,
        source=asking.source.title if request.source else "",
        destination=asking.destination.title if request.destination else "",
        answer=answer,
    )


class _Asking:
    """One question about one input."""

    def __init__(
        self, request: QueryRequest, world: ModelledInput, conventions: Conventions
    ) -> None:
        self._request = request
        self._resources = add_unwritten(world.resources, (request.source, request.destination))
        self._world = world
        self._conventions = conventions
        self._ports = request.ports or PortSet.full()

    def answer(self) -> Answer:
        """Raises ``EndpointError`` and ``UnanswerableError``."""
        controller = self._request.controller
        match self._request.question:
            case Question.SOURCES:
                return sources_of(self._evaluator, self.destination, controller)
            case Question.DESTINATIONS:
                return destinations_of(self._evaluator, self.source, self._ports)
            case Question.PATH:
                return self._path()
            case Question.BLAST_RADIUS:
                return self._blast_radius()
            case Question.EXPOSED:
                outside = open_to_outside(self._evaluator, controller, self._ports)
                return (*outside, *self._open_to_future_pods())
            case Question.UNISOLATED:
                return list_unisolated(self._evaluator)
            case Question.IDLE:
                from netsim.engine.query.idle import idle

                return idle(self._evaluator)

    def _open_to_future_pods(self) -> tuple[Pair, ...]:
        from netsim.engine.query.exposure import find_exposures

        found = find_exposures(self._resources, self._conventions)
        pairs = (p for e in found if e.direction is Direction.INGRESS for p in e.pairs())
        return restrict_pairs(pairs, self._ports)

    def _path(self) -> ShortestPath | None:
        from netsim.engine.query.paths import find_shortest_path

        source, destination = self.source, self.destination
        if source.endpoint == destination.endpoint:
            message = f"--from and --to are both {source.title}: name two endpoints"
            raise UnanswerableError(message)
        return find_shortest_path(self._hops, source, destination, self._request.max_hops)

    def _blast_radius(self) -> tuple[Reached, ...]:
        from netsim.engine.query.blast_radius import blast_radius

        if isinstance(self.source.endpoint, ExternalEndpoint):
            message = (
                f"{self.source.title} is outside the cluster: blast-radius starts at a "
                "workload or pod, and exposed says what is reachable from outside"
            )
            raise UnanswerableError(message)
        return blast_radius(self._hops, self.source, self._request.max_hops)

    @cached_property
    def source(self) -> Subject:
        """Who connects."""
        return self._subject(self._from, PortSet.full())

    @cached_property
    def destination(self) -> Subject:
        """What is connected to; the ports are those of the pods, also behind a Service."""
        text, ports = self._request.destination, self._ports
        is_by_service = isinstance(text, str) and is_service(text)
        arriving = self._aims.ports(str(text).strip(), ports) if is_by_service else ports
        return self._subject(self._to, arriving)

    def _subject(self, end: Endpoint | None, ports: PortSet) -> Subject:
        if end is None:  # a question is only asked with the ends that it needs
            raise UnanswerableError("an endpoint is missing")
        return Subject.of(self._evaluator.universe, end, ports)

    @cached_property
    def _evaluator(self) -> Evaluator:
        ends = (self._from, self._to)
        cuts = [end.addresses for end in ends if isinstance(end, ExternalEndpoint)]
        return Evaluator.of(self._resources, self._conventions, cuts)

    @cached_property
    def _hops(self) -> Hops:
        return Hops(self._evaluator, self._request.controller)

    @cached_property
    def _from(self) -> Endpoint | None:
        return self._resolve(self._request.source)

    @cached_property
    def _to(self) -> Endpoint | None:
        text = self._request.destination
        if isinstance(text, str) and is_service(text):
            return of_input(self._resources, self._aims.pods(text.strip()))
        return self._resolve(text)

    def _resolve(self, text: str | UnwrittenPod | None) -> Endpoint | None:
        if text is None:
            return None
        if isinstance(text, UnwrittenPod):
            return text.endpoint
        if text.strip() == TITLE:
            message = (
                f"{TITLE} stands for pods that are not in the input; explain and eval take it, "
                "query does not"
            )
            raise UnanswerableError(message)
        return of_input(self._resources, self._endpoints.resolve(text))

    @cached_property
    def _endpoints(self) -> Endpoints:
        return Endpoints(self._resources, self._world.find)

    @cached_property
    def _aims(self) -> Aims:
        return Aims(self._resources, self._endpoints)
