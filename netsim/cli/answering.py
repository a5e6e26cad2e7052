"""Puts the questions of ``netsim query`` to the engine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct, field

from netsim.cli import inputs
from netsim.cli.question import Question
from netsim.engine.evaluator import Evaluator
from netsim.engine.naming.aims import Aims, is_service
from netsim.engine.naming.controller import TITLE, Controller
from netsim.engine.naming.endpoints import EndpointError, Endpoints
from netsim.engine.query.hops import Hops
from netsim.engine.query.isolation import unisolated
from netsim.engine.query.neighbours import destinations_of, open_to_outside, sources_of
from netsim.engine.query.subject import Subject, of_input
from netsim.model.conventions import Conventions
from netsim.model.endpoint import Endpoint, ExternalEndpoint
from netsim.model.ports import PortSet
from netsim.model.resources import Resources
from netsim.report.table import answer
from netsim.report.table.answer import Answer


class Asked(Struct, frozen=True):
    """What the options say; ``ports`` None is any.

    ``named`` are the endpoints of a scenario by their folded names.
    """

    source: str | None
    destination: str | None
    ports: PortSet | None
    most: int | None
    named: Mapping[str, Endpoint] = field(default_factory=dict)


class Answering:
    """Answers questions about one input."""

    def __init__(
        self,
        resources: Resources,
        conventions: Conventions,
        controller: Controller,
        asked: Asked,
    ) -> None:
        self._resources = resources
        self._conventions = conventions
        self._controller = controller
        self._asked = asked

    def answer(self, question: Question) -> Answer:
        """The answer to one question."""
        match question:
            case Question.SOURCES:
                return self._sources()
            case Question.DESTINATIONS:
                return self._destinations()
            case Question.PATH:
                return self._path()
            case Question.BLAST_RADIUS:
                return self._blast_radius()
            case Question.EXPOSED:
                return self._exposed()
            case Question.UNISOLATED:
                return self._unisolated()
            case Question.IDLE:
                return self._idle()

    def _sources(self) -> Answer:
        found = sources_of(self._evaluator, self._destination, self._controller)
        return answer.of_pairs(f"Who reaches {self._destination.title}{self._on}", found)

    def _destinations(self) -> Answer:
        found = destinations_of(self._evaluator, self._source, self._ports)
        return answer.of_pairs(f"What {self._source.title} reaches{self._on}", found)

    def _path(self) -> Answer:
        from netsim.engine.query.paths import shortest_way

        source, destination = self._source, self._destination
        if source.endpoint == destination.endpoint:
            raise inputs.refuse(f"--from and --to are both {source.title}: name two endpoints")
        way = shortest_way(self._hops, source, destination, self._asked.most)
        says = f"The shortest way from {source.title} to {destination.title}{self._on}"
        return answer.of_way(says, way, self._asked.most)

    def _blast_radius(self) -> Answer:
        from netsim.engine.query.blast_radius import blast_radius

        source = self._source
        if isinstance(source.endpoint, ExternalEndpoint):
            raise inputs.refuse(
                f"{source.title} is outside the cluster: blast-radius starts at a workload or "
                "pod, and exposed says what is open to outside"
            )
        found = blast_radius(self._hops, source, self._asked.most)
        return answer.of_reached(f"What whoever holds {source.title} reaches", found)

    def _exposed(self) -> Answer:
        found = open_to_outside(self._evaluator, self._controller, self._ports)
        return answer.of_pairs(f"What is open to outside{self._on}", found)

    def _unisolated(self) -> Answer:
        says = "Workloads that no NetworkPolicy isolates"
        return answer.of_unisolated(says, unisolated(self._evaluator))

    def _idle(self) -> Answer:
        from netsim.engine.query.idle import idle

        says = "Policies and rules without effect on the pods of the input, each on its own"
        return answer.of_idle(says, idle(self._evaluator))

    @cached_property
    def _evaluator(self) -> Evaluator:
        ends = (self._from, self._to)
        cuts = [end.addresses for end in ends if isinstance(end, ExternalEndpoint)]
        return Evaluator.of(self._resources, self._conventions, cuts)

    @cached_property
    def _hops(self) -> Hops:
        return Hops(self._evaluator, self._controller)

    @cached_property
    def _endpoints(self) -> Endpoints:
        return Endpoints(self._resources)

    @cached_property
    def _from(self) -> Endpoint | None:
        return self._end(self._asked.source)

    @cached_property
    def _to(self) -> Endpoint | None:
        text = self._asked.destination
        if text and is_service(text):
            return of_input(self._resources, self._behind(text.strip()))
        return self._end(text)

    def _end(self, text: str | None) -> Endpoint | None:
        if text is None:
            return None
        if text.strip() == TITLE:
            raise inputs.refuse(
                f"{TITLE} stands for pods that are not in the input; explain and eval take it, "
                "query does not"
            )
        return of_input(self._resources, self._named(text) or self._resolved(text))

    def _named(self, text: str) -> Endpoint | None:
        if not self._asked.named:
            return None
        from netsim.intent.diagram.drawing import folded

        return self._asked.named.get(folded(text))

    def _behind(self, service: str) -> Endpoint:
        try:
            return self._aims.pods(service)
        except EndpointError as error:
            raise inputs.refuse(str(error)) from error

    def _resolved(self, text: str) -> Endpoint:
        try:
            return self._endpoints.resolve(text)
        except EndpointError as error:
            raise inputs.refuse(str(error)) from error

    @property
    def _aims(self) -> Aims:
        return Aims(self._resources, self._endpoints)

    @property
    def _source(self) -> Subject:
        return self._subject(self._from, PortSet.full())

    @property
    def _destination(self) -> Subject:
        return self._subject(self._to, self._arriving)

    def _subject(self, end: Endpoint | None, ports: PortSet) -> Subject:
        if end is None:  # the command line asks for what a question needs
            raise inputs.refuse("an endpoint is missing")
        return Subject.of(self._evaluator.universe, end, ports)

    @property
    def _ports(self) -> PortSet:
        return self._asked.ports or PortSet.full()

    @property
    def _arriving(self) -> PortSet:
        """The ports asked about, where connections arrive: behind a Service its targets."""
        text = (self._asked.destination or "").strip()
        if not is_service(text):
            return self._ports
        try:
            return self._aims.ports(text, self._ports)
        except EndpointError as error:
            raise inputs.refuse(str(error)) from error

    @property
    def _on(self) -> str:
        return f" on {self._asked.ports}" if self._asked.ports else ""
