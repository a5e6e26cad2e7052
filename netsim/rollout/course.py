"""The course of a deployment, object by object: what is not as documented on the way.

Between ``Deployment shop/web`` and ``NetworkPolicy shop/web``, undocumented flows are open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from netsim.intent.documentation import Documentation
from netsim.intent.scenario.endpoints import WorkloadEndpoint
from netsim.judge.case import Case, build_case
from netsim.judge.judgement import Judgement
from netsim.model.bundle import Manifest
from netsim.model.endpoint import PodEndpoint
from netsim.model.ports import PortSet
from netsim.model.references import ObjectName
from netsim.model.resources import Origin, Pod
from netsim.rollout.dependency import Item, list_makers, name_policy
from netsim.rollout.plan import Kind, Plan, PlannedStep, group_by_file
from netsim.rollout.rollout import list_deployed_elsewhere, list_modelled
from netsim.words.ports import describe_flow


class Fault(Enum):
    """In which way a connection is not as documented."""

    BROKEN = "broken"
    """Documented and denied."""

    OPEN = "open"
    """Allowed, and not documented or documented as denied."""


class WrongFlow(Struct, frozen=True):
    """A connection between two parties that is not as documented."""

    fault: Fault
    source: str
    destination: str
    ports: PortSet

    def __str__(self) -> str:
        return describe_flow(self.source, self.destination, self.ports)


_Key = tuple[Fault, str, str]


class Arrival(Enum):
    """Whether the workloads that the input lacks are there."""

    PRESENT = "present"
    AWAITED = "awaited"


class Stage(Struct, frozen=True):
    """What of the input is in the cluster: policies by object, pods by their place in it."""

    policies: frozenset[ObjectName]
    pods: frozenset[int]
    elsewhere: Arrival


class _Stages:
    """Judges stages of one deployment, each once.

    Whether the workloads that the input lacks are there decides which judgements count, and
    not how they turn out.  Where all of the input is there, it has been judged already.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._awaited = frozenset(each.pod for each in list_deployed_elsewhere(case))
        everyone = frozenset(each.pod for each in list_modelled(case.endpoints))
        self._infrastructure = everyone - self._awaited
        self._governed = frozenset(
            place
            for place, pod in enumerate(case.resources.pods)
            if pod.namespace == case.namespace
        )
        self._known: dict[Stage, tuple[WrongFlow, ...]] = {}
        self._cases: dict[tuple[frozenset[ObjectName], frozenset[int]], Case] = {}

    def has_pods(self, stage: Stage) -> bool:
        """Whether any pod that the documentation speaks for is there."""
        elsewhere = bool(self._awaited) and stage.elsewhere is Arrival.PRESENT
        return elsewhere or bool(stage.pods & self._governed)

    def list_flows(self, stage: Stage) -> tuple[WrongFlow, ...]:
        """The connections between pods that exist, and with addresses, that are wrong.

        Pods that nobody has written take no part: they stand for what may come later.
        """
        if stage not in self._known:
            self._known[stage] = tuple(self._judge(stage)) if self.has_pods(stage) else ()
        return self._known[stage]

    def _judge(self, stage: Stage) -> Iterator[WrongFlow]:
        key = stage.policies, stage.pods
        if key not in self._cases:
            self._cases[key] = self._take_part(stage)
        case = self._cases[key]
        elsewhere = self._awaited if stage.elsewhere is Arrival.PRESENT else frozenset()
        existing = _find_existing(case, self._infrastructure | elsewhere)
        for judgement in case.judgements:
            if all(p.members & existing for p in (judgement.source, judgement.destination)):
                yield from _list_wrong(judgement)

    def _take_part(self, stage: Stage) -> Case:
        """The part of the input that is there, with what is documented of it."""
        read = self._case.resources
        part = replace(
            read,
            pods=tuple(pod for place, pod in enumerate(read.pods) if place in stage.pods),
            policies=tuple(p for p in read.policies if name_policy(p) in stage.policies),
        )
        documentation = self._trim_documentation(part.pods)
        if part == read and documentation.scenario == self._case.scenario:
            return self._case
        conventions = self._case.evaluator.selection.conventions
        return build_case(part, conventions, documentation)

    def _trim_documentation(self, pods: tuple[Pod, ...]) -> Documentation:
        """Without the endpoints that name a workload which is not there yet."""
        documentation, there = self._case.documentation, set(pods)
        endpoints = tuple(
            bound.declared
            for bound in self._case.endpoints
            if not isinstance(bound.declared, WorkloadEndpoint)
            or (isinstance(bound.endpoint, PodEndpoint) and there & set(bound.endpoint.pods))
        )
        scenario = replace(documentation.scenario, endpoints=endpoints)
        return replace(documentation, scenario=scenario)


def _find_existing(case: Case, there: frozenset[Pod]) -> int:
    """The classes of pods that exist, and all addresses."""
    universe = case.evaluator.universe
    found = universe.external
    for bit, pods in enumerate(universe.pods):
        if any(pod.origin is not Origin.MODELLED or pod in there for pod in pods):
            found |= 1 << bit
    return found


def _list_wrong(judgement: Judgement) -> Iterator[WrongFlow]:
    ends = judgement.source.title, judgement.destination.title
    if judgement.broken:
        yield WrongFlow(Fault.BROKEN, *ends, judgement.broken)
    if surplus := judgement.exposed | judgement.forbidden:
        yield WrongFlow(Fault.OPEN, *ends, surplus)


class Situation(Enum):
    """Which pods run from the start."""

    FIRST = "first installation"
    """None but those of the cluster itself: each workload comes with its step."""

    EXISTING = "existing cluster"
    """All of them, while no policy is there yet: the worst case."""


class Presence(Enum):
    """Whether there is any pod that the documentation speaks for."""

    PODS = "pods"
    NO_PODS = "no pods"


class CourseState(Struct, frozen=True):
    """After ``item``; None is what comes before the first step, or after one without files.

    ``flows`` are wrong now, and as documented once everything is deployed.
    """

    item: Item | None
    flows: tuple[WrongFlow, ...]
    presence: Presence

    def count(self, fault: Fault) -> int:
        """How many flows are wrong in this way."""
        return sum(flow.fault is fault for flow in self.flows)


class StepCourse(Struct, frozen=True):
    """A step, with the state before it and those after each of its objects."""

    step: PlannedStep
    before: CourseState
    states: tuple[CourseState, ...]

    @property
    def after(self) -> CourseState:
        """The state that it leaves behind."""
        return self.states[-1] if self.states else self.before

    @property
    def passing(self) -> tuple[CourseState, ...]:
        """States within it, with only those flows that are wrong neither before nor after."""
        ends = {*map(_key_of, self.before.flows), *map(_key_of, self.after.flows)}
        found = (
            replace(state, flows=tuple(f for f in state.flows if _key_of(f) not in ends))
            for state in self.states[:-1]
        )
        return tuple(state for state in found if state.flows)


class Course(Struct, frozen=True):
    """All steps of a deployment in one case."""

    situation: Situation
    before: CourseState
    steps: tuple[StepCourse, ...]


Order = tuple[tuple[PlannedStep, tuple[Manifest, ...]], ...]
"""The steps of a plan with their objects, in the order in which these are applied."""


def order_objects(plan: Plan, case: Case) -> Order:
    """Each object at the first step that applies its file."""
    held = group_by_file(case.bundle)
    found = []
    for step in plan.steps:
        units = step.units if step.kind is not Kind.INSTALLED else ()
        found.append((step, tuple(each for unit in units for each in held.pop(unit, ()))))
    return tuple(found)


class Follower:
    """Follows orders in which one set of resources is deployed."""

    def __init__(self, case: Case) -> None:
        self._stages = _Stages(case)
        known = {each.name for each in case.bundle.manifests}
        resources = case.resources
        self._policies = frozenset(name_policy(policy) for policy in resources.policies)
        self._everyone = frozenset(range(len(resources.pods)))
        self._made: dict[ObjectName, frozenset[int]] = {}
        self._stray: set[int] = set()
        for place, pod in enumerate(resources.pods):
            name = next((name for name in list_makers(pod) if name in known), None)
            if name is None:
                self._stray.add(place)
            else:
                self._made[name] = self._made.get(name, frozenset()) | {place}

    def follow(self, order: Order, chart: str | None, situation: Situation) -> Course:
        """What happens on the way; ``chart`` is the step that brings what the input lacks.

        What no step applies is taken to be there from the start.
        """
        applied = {each.name for _, objects in order for each in objects}
        there = self._begin(applied, situation)
        final = self._find_unavoidable(chart, situation)
        before = state = self._observe(there, None, final)
        steps: list[StepCourse] = []
        for step, objects in order:
            states: list[CourseState] = []
            for each in objects:
                there = self._apply(there, each.name)
                states.append(self._observe(there, Item.of(each), final))
            if step.kind is Kind.INSTALLED:
                if step.title == chart:
                    there = replace(there, elsewhere=Arrival.PRESENT)
                states.append(self._observe(there, None, final))
            steps.append(StepCourse(step, state, tuple(states)))
            state = steps[-1].after
        return Course(situation, before, tuple(steps))

    def _begin(self, applied: set[ObjectName], situation: Situation) -> Stage:
        policies = self._policies - applied
        if situation is Situation.EXISTING:
            return Stage(policies, self._everyone, Arrival.PRESENT)
        later = (self._made[name] for name in applied & self._made.keys())
        # A manifest that cannot be read brings its pods at no step.
        there = self._everyone.difference(self._stray, *later)
        return Stage(policies, there, Arrival.AWAITED)

    def _apply(self, stage: Stage, name: ObjectName) -> Stage:
        return replace(
            stage,
            policies=stage.policies | {name} & self._policies,
            pods=stage.pods | self._made.get(name, frozenset()),
        )

    def _find_unavoidable(self, chart: str | None, situation: Situation) -> dict[_Key, PortSet]:
        """What is wrong once everything is deployed: no order can help it."""
        awaited = chart is None and situation is Situation.FIRST
        elsewhere = Arrival.AWAITED if awaited else Arrival.PRESENT
        stage = Stage(self._policies, self._everyone, elsewhere)
        return {_key_of(flow): flow.ports for flow in self._stages.list_flows(stage)}

    def _observe(
        self, stage: Stage, item: Item | None, final: dict[_Key, PortSet]
    ) -> CourseState:
        presence = Presence.PODS if self._stages.has_pods(stage) else Presence.NO_PODS
        flows = tuple(_list_avoidable(self._stages.list_flows(stage), final))
        return CourseState(item, flows, presence)


def _key_of(flow: WrongFlow) -> _Key:
    return flow.fault, flow.source, flow.destination


def _list_avoidable(
    flows: Iterable[WrongFlow], final: dict[_Key, PortSet]
) -> Iterator[WrongFlow]:
    for flow in flows:
        ports = flow.ports - final.get(_key_of(flow), PortSet.empty())
        if ports:
            yield replace(flow, ports=ports)
