"""What the documentation says of a cluster in which only a part is deployed yet."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from netsim.intent.scenario.endpoints import WorkloadEndpoint
from netsim.judge.case import BoundDocumentation, Case
from netsim.judge.inspection import Documentation, documented
from netsim.judge.judgement import Judgement
from netsim.judge.wording import flow_text
from netsim.model.endpoint import PodEndpoint
from netsim.model.ports import PortSet
from netsim.model.references import ObjectName
from netsim.model.resources import Origin, Pod
from netsim.rollout.rollout import deployed_elsewhere, modelled
from netsim.rollout.selections import policy_name


class Fault(Enum):
    """In which way a connection is not as documented."""

    BROKEN = "broken"
    """Documented and denied."""

    OPEN = "open"
    """Allowed, and not documented or documented as denied."""


class Flow(Struct, frozen=True):
    """A connection between two parties that is not as documented."""

    fault: Fault
    source: str
    destination: str
    ports: PortSet

    def __str__(self) -> str:
        return flow_text(self.source, self.destination, self.ports)


class Arrival(Enum):
    """Whether the workloads that the input lacks are there."""

    PRESENT = "present"
    AWAITED = "awaited"


class Stage(Struct, frozen=True):
    """What of the input is in the cluster: policies by object, pods by their place in it."""

    policies: frozenset[ObjectName]
    pods: frozenset[int]
    elsewhere: Arrival


class Stages:
    """Judges stages of one deployment, each once.

    Whether the workloads that the input lacks are there decides which judgements count, and
    not how they turn out.  Where all of the input is there, it has been judged already.
    """

    def __init__(self, case: Case, intent: BoundDocumentation) -> None:
        self._case = case
        self._intent = intent
        home = intent.scenario.namespace
        self._awaited = frozenset(each.pod for each in deployed_elsewhere(case))
        everyone = frozenset(each.pod for each in modelled(intent))
        self._infrastructure = everyone - self._awaited
        self._governed = frozenset(
            place for place, pod in enumerate(case.resources.pods) if pod.namespace == home
        )
        self._known: dict[Stage, tuple[Flow, ...]] = {}
        self._cases: dict[tuple[frozenset[ObjectName], frozenset[int]], Case] = {}

    def has_pods(self, stage: Stage) -> bool:
        """Whether any pod that the documentation speaks for is there."""
        elsewhere = bool(self._awaited) and stage.elsewhere is Arrival.PRESENT
        return elsewhere or bool(stage.pods & self._governed)

    def flows(self, stage: Stage) -> tuple[Flow, ...]:
        """The connections between pods that exist, and with addresses, that are wrong.

        Pods that nobody has written take no part: they stand for what may come later.
        """
        if stage not in self._known:
            self._known[stage] = tuple(self._judged(stage)) if self.has_pods(stage) else ()
        return self._known[stage]

    def _judged(self, stage: Stage) -> Iterator[Flow]:
        key = stage.policies, stage.pods
        if key not in self._cases:
            self._cases[key] = self._part(stage)
        case = self._cases[key]
        elsewhere = self._awaited if stage.elsewhere is Arrival.PRESENT else frozenset()
        existing = _existing(case, self._infrastructure | elsewhere)
        for judgement in case.judgements:
            if all(p.members & existing for p in (judgement.source, judgement.destination)):
                yield from _flows(judgement)

    def _part(self, stage: Stage) -> Case:
        """The part of the input that is there, with what is documented of it."""
        read = self._case.resources
        part = replace(
            read,
            pods=tuple(pod for place, pod in enumerate(read.pods) if place in stage.pods),
            policies=tuple(p for p in read.policies if policy_name(p) in stage.policies),
        )
        documentation = self._documentation(part.pods)
        if part == read and documentation.scenario == self._intent.scenario:
            return self._case
        conventions = self._case.reachability.selection.conventions
        return documented(part, conventions, documentation)

    def _documentation(self, pods: tuple[Pod, ...]) -> Documentation:
        """Without the endpoints that name a workload which is not there yet."""
        intent, there = self._intent, set(pods)
        endpoints = tuple(
            bound.declared
            for bound in intent.endpoints
            if not isinstance(bound.declared, WorkloadEndpoint)
            or (isinstance(bound.endpoint, PodEndpoint) and there & set(bound.endpoint.pods))
        )
        scenario = replace(intent.scenario, endpoints=endpoints)
        return Documentation(scenario, intent.diagram, intent.flows)


def _existing(case: Case, there: frozenset[Pod]) -> int:
    """The classes of pods that exist, and all addresses."""
    universe = case.reachability.universe
    found = universe.external
    for bit, pods in enumerate(universe.pods):
        if any(pod.origin is not Origin.MODELLED or pod in there for pod in pods):
            found |= 1 << bit
    return found


def _flows(judgement: Judgement) -> Iterator[Flow]:
    ends = judgement.source.title, judgement.destination.title
    if judgement.broken:
        yield Flow(Fault.BROKEN, *ends, judgement.broken)
    if surplus := judgement.exposed | judgement.forbidden:
        yield Flow(Fault.OPEN, *ends, surplus)
