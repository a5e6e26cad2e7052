"""``query``: questions about more than one connection, put to the engine."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from netsim.app.input import (
    InputResult,
    answering,
    count_read,
    list_lacking,
    list_left_open,
)
from netsim.app.modelled_input import ModelledInput, ModelledRequest, add_modelled
from netsim.app.namesakes import Namesakes
from netsim.app.question import Question, check_parameters
from netsim.engine.evaluator import Evaluator
from netsim.engine.naming.aims import Aims, Direct, Led, Nowhere
from netsim.engine.naming.controller import TITLE, Controller
from netsim.engine.naming.endpoints import Endpoints
from netsim.engine.naming.unwritten import UnwrittenPod, add_unwritten
from netsim.engine.policy.rectangle import Certainty
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
from netsim.model.addresses import AddressSet
from netsim.model.conventions import Conventions
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.other_systems import build_unread
from netsim.model.policies import Action, Direction
from netsim.model.ports import PortSet, Protocol
from netsim.model.resources import Resources

if TYPE_CHECKING:
    from netsim.engine.matrix.listing import Pair
    from netsim.engine.query.blast_radius import Reached
    from netsim.engine.query.idle import Idle
    from netsim.engine.query.isolation import Unisolated
    from netsim.engine.query.paths import ShortestPath
    from netsim.loader.load import Loaded

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
    it.  A name of a port is one of the destination.  ``scenario`` adds the pods that it
    describes and the input lacks, and its names.
    """

    question: Question
    source: str | UnwrittenPod | None = None
    destination: str | UnwrittenPod | None = None
    port: int | str | None = None
    protocol: Protocol | None = None
    max_hops: int | None = None
    controller: Controller = Controller()

    @property
    def ports(self) -> PortSet | None:
        """What is asked about; None is any port, or one that the destination names."""
        if isinstance(self.port, int):
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

    @property
    def has_unknown(self) -> bool:
        """Whether a row is unknown, a path only possible, or a workload may be isolated."""
        match self.request.question:
            case Question.IDLE:
                return False
            case Question.UNISOLATED:
                rows = cast("tuple[Unisolated, ...]", self.answer)
                return any(not set(self.left_open).isdisjoint(row.admin) for row in rows)
            case Question.PATH:
                way = cast("ShortestPath | None", self.answer)
                return way is not None and way.certainty is not Certainty.SURE
            case _:
                each = cast("tuple[Pair | Reached, ...]", self.answer)
                return any(row.unknown for row in each)


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
        world = add_modelled(_doubt_rejected(loaded), scenario)
        asking = _Asking(request, world, request.conventions(scenario))
        answer = asking.answer()
    # These two are about policies, and have no word for one that may be another.
    is_of_policies = request.question in (Question.UNISOLATED, Question.IDLE)
    disputed = loaded.inventory.disputed if is_of_policies else ()
    return QueryResult(
        (*request.list_foreign(), *loaded.diagnostics),
        count_read(loaded, world.resources),
        (*list_lacking(loaded), *disputed),
        _list_open(request.question, loaded.resources),
        request=request,
        source=asking.source.title if request.source else "",
        destination=asking.destination.title if request.destination else "",
        answer=answer,
    )


def _doubt_rejected(loaded: Loaded) -> Resources:
    """What was read; a document that was rejected may be a policy that changes any answer."""
    known = loaded.resources
    unread = [build_unread(error.location) for error in loaded.errors[:1]]
    return replace(known, unevaluated=(*known.unevaluated, *unread))


def _list_open(question: Question, resources: Resources) -> tuple[str, ...]:
    """The policies that are open and may change the answer: only a denial isolates."""
    if question is not Question.UNISOLATED:
        return list_left_open(resources)
    denying = (
        policy.title
        for policy in resources.unevaluated
        if any(rule.action is Action.DENY for rule in policy.rules)
    )
    return tuple(dict.fromkeys(denying))


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
        if isinstance(request.port, str) and request.destination is None:
            message = f"a port by name ({request.port}) takes --to: give its number"
            raise UnanswerableError(message)

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
        return self._subject(*self._aimed)

    @cached_property
    def _aimed(self) -> tuple[Endpoint | None, PortSet]:
        """The destination, and the ports at which connections arrive there."""
        asked = self._request.destination
        if isinstance(asked, UnwrittenPod):
            return asked.endpoint, self._ports
        text = (asked or "").strip()
        port = self._request.port
        if not text:
            return None, self._ports
        Namesakes(self._aims).refuse(text)
        if port is None:
            if not self._aims.is_service(text):
                return self._resolve(text), self._ports
            ports = self._aims.ports(text, self._ports)
            return of_input(self._resources, self._aims.endpoint(text)), ports
        self._refuse_controller(text)
        lead = self._aims.resolve(text, self._request.protocol or Protocol.TCP, port)
        match lead:
            case Nowhere():
                raise UnanswerableError(lead.why)
            case Direct() | Led():
                return self._unite(text, lead)

    def _unite(self, text: str, lead: Direct | Led) -> tuple[Endpoint, PortSet]:
        """All that a question aims at as one endpoint."""
        protocol = self._request.protocol or Protocol.TCP
        ports = PortSet.empty()
        for aim in lead.aims:
            ports |= PortSet.of(protocol, aim.port)
        ends = [aim.endpoint for aim in lead.aims]
        pods = [pod for end in ends if isinstance(end, PodEndpoint) for pod in end.pods]
        areas = [end.addresses for end in ends if isinstance(end, ExternalEndpoint)]
        if pods and areas:
            raise UnanswerableError(f"{text} leads to pods and to addresses: name one of them")
        if areas:
            return ExternalEndpoint(ends[0].title, AddressSet.union(areas)), ports
        title = ends[0].title if isinstance(lead, Direct) else text
        return of_input(self._resources, PodEndpoint(title, tuple(pods))), ports

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

    @property
    def _to(self) -> Endpoint | None:
        return self._aimed[0]

    def _resolve(self, text: str | UnwrittenPod | None) -> Endpoint | None:
        if text is None:
            return None
        if isinstance(text, UnwrittenPod):
            return text.endpoint
        self._refuse_controller(text)
        return of_input(self._resources, self._aims.source(text))

    def _refuse_controller(self, text: str) -> None:
        if text.strip() == TITLE:
            message = (
                f"{TITLE} stands for pods that are not in the input; explain and eval take it, "
                "query does not"
            )
            raise UnanswerableError(message)

    @cached_property
    def _aims(self) -> Aims:
        return Aims(self._resources, Endpoints(self._resources, self._world.find))
