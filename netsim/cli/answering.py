"""Puts the questions of ``netsim query`` to the engine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from netsim.cli import inputs
from netsim.cli.question import Question
from netsim.engine.aims import Aims, is_service
from netsim.engine.controller import Controller
from netsim.engine.endpoints import EndpointError, Endpoints
from netsim.engine.listing import Listing, listing, titles
from netsim.engine.query.isolation import unisolated
from netsim.engine.query.neighbours import destinations_of, sources_of
from netsim.engine.query.outside import open_to_outside
from netsim.engine.reachability import Reachability
from netsim.model.addresses import AddressSet
from netsim.model.conventions import Conventions
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.ports import PortSet
from netsim.model.resources import Resources
from netsim.report import answer
from netsim.report.answer import Answer


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options say; ``ports`` None is any."""

    source: str | None
    destination: str | None
    ports: PortSet | None
    most: int | None


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
        end = self._end(self._asked.destination)
        found = sources_of(self._reachability, end, self._arriving)
        return answer.of_pairs(f"Who reaches {end.title}{self._on}", found)

    def _destinations(self) -> Answer:
        end = self._end(self._asked.source)
        found = destinations_of(self._reachability, end, self._ports)
        return answer.of_pairs(f"What {end.title} reaches{self._on}", found)

    def _path(self) -> Answer:
        from netsim.engine.query.paths import shortest_way

        ends = [self._end(text) for text in (self._asked.source, self._asked.destination)]
        addresses = AddressSet.union(
            end.addresses for end in ends if isinstance(end, ExternalEndpoint)
        )
        start, target = (tuple(_titles(end)) for end in ends)
        way = shortest_way(self._listing, start, target, addresses, self._asked.most)
        says = f"The shortest way from {ends[0].title} to {ends[1].title}"
        return answer.of_way(says if way else f"{says}: there is none", way)

    def _blast_radius(self) -> Answer:
        from netsim.engine.query.blast_radius import blast_radius

        end = self._end(self._asked.source)
        start, *others = _titles(end)
        if others or isinstance(end, ExternalEndpoint):
            raise inputs.refuse(f"{end.title}: blast-radius starts at one workload")
        found = blast_radius(self._listing, start, self._asked.most)
        return answer.of_reached(f"What whoever holds {start} reaches", found)

    def _exposed(self) -> Answer:
        found = open_to_outside(self._reachability, self._controller, self._ports)
        return answer.of_pairs(f"What is open to outside{self._on}", found)

    def _unisolated(self) -> Answer:
        says = "Workloads that no NetworkPolicy isolates"
        return answer.of_unisolated(says, unisolated(self._reachability))

    def _idle(self) -> Answer:
        from netsim.engine.query.idle import idle

        says = "Policies and rules without effect on the pods of the input"
        return answer.of_idle(says, idle(self._reachability))

    @cached_property
    def _reachability(self) -> Reachability:
        given = (self._asked.source, self._asked.destination)
        ends = [self._end(text) for text in given if text is not None]
        cuts = [end.addresses for end in ends if isinstance(end, ExternalEndpoint)]
        return Reachability.of(self._resources, self._conventions, cuts)

    @cached_property
    def _listing(self) -> Listing:
        return listing(self._reachability)

    @cached_property
    def _endpoints(self) -> Endpoints:
        return Endpoints(self._resources)

    def _end(self, text: str | None) -> Endpoint:
        try:
            if text and is_service(text):
                return Aims(self._resources, self._endpoints).pods(text.strip())
            return self._endpoints.resolve(text or "")
        except EndpointError as error:
            raise inputs.refuse(str(error)) from error

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
            return Aims(self._resources, self._endpoints).ports(text, self._ports)
        except EndpointError as error:
            raise inputs.refuse(str(error)) from error

    @property
    def _on(self) -> str:
        return f" on {self._asked.ports}" if self._asked.ports else ""


def _titles(end: Endpoint) -> list[str]:
    if isinstance(end, PodEndpoint):
        return list(dict.fromkeys(str(pod.workload) for pod in end.pods))
    return list(titles(end.addresses))
