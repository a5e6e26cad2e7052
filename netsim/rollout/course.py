"""A deployment followed object by object: what is not as documented on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from netsim.judge.case import BoundDocumentation, Case
from netsim.model.bundle import Manifest
from netsim.model.ports import PortSet
from netsim.model.references import ObjectName
from netsim.rollout.dependency import Item
from netsim.rollout.plan import Kind, Plan, PlannedStep, objects_by_file
from netsim.rollout.selections import pod_names, policy_name
from netsim.rollout.states import Arrival, Fault, Flow, Stage, Stages

_Key = tuple[Fault, str, str]


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


class State(Struct, frozen=True):
    """After ``item``; None is what comes before the first step, or after one without files.

    ``flows`` are wrong now, and as documented once everything is deployed.
    """

    item: Item | None
    flows: tuple[Flow, ...]
    presence: Presence

    def count(self, fault: Fault) -> int:
        """How many flows are wrong in this way."""
        return sum(flow.fault is fault for flow in self.flows)


class StepCourse(Struct, frozen=True):
    """A step, with the state before it and those after each of its objects."""

    step: PlannedStep
    before: State
    states: tuple[State, ...]

    @property
    def after(self) -> State:
        """The state that it leaves behind."""
        return self.states[-1] if self.states else self.before

    @property
    def passing(self) -> tuple[State, ...]:
        """States within it, with only those flows that are wrong neither before nor after."""
        ends = {*map(_key, self.before.flows), *map(_key, self.after.flows)}
        found = (
            replace(state, flows=tuple(f for f in state.flows if _key(f) not in ends))
            for state in self.states[:-1]
        )
        return tuple(state for state in found if state.flows)


class Course(Struct, frozen=True):
    """All steps of a deployment in one case."""

    situation: Situation
    before: State
    steps: tuple[StepCourse, ...]


Order = tuple[tuple[PlannedStep, tuple[Manifest, ...]], ...]
"""The steps of a plan with their objects, in the order in which these are applied."""


def objects_in_order(plan: Plan, case: Case) -> Order:
    """Each object at the first step that applies its file."""
    held = objects_by_file(case.bundle)
    found = []
    for step in plan.steps:
        units = step.units if step.kind is not Kind.INSTALLED else ()
        found.append((step, tuple(each for unit in units for each in held.pop(unit, ()))))
    return tuple(found)


class Follower:
    """Follows orders in which one set of resources is deployed."""

    def __init__(self, case: Case, intent: BoundDocumentation) -> None:
        self._stages = Stages(case, intent)
        known = {each.name for each in case.bundle.manifests}
        resources = case.resources
        self._policies = frozenset(policy_name(policy) for policy in resources.policies)
        self._everyone = frozenset(range(len(resources.pods)))
        self._made: dict[ObjectName, frozenset[int]] = {}
        self._stray: set[int] = set()
        for place, pod in enumerate(resources.pods):
            name = next((name for name in pod_names(pod) if name in known), None)
            if name is None:
                self._stray.add(place)
            else:
                self._made[name] = self._made.get(name, frozenset()) | {place}

    def course(self, order: Order, chart: str | None, situation: Situation) -> Course:
        """What happens on the way; ``chart`` is the step that brings what the input lacks.

        What no step applies is taken to be there from the start.
        """
        applied = {each.name for _, objects in order for each in objects}
        there = self._start(applied, situation)
        final = self._final(chart, situation)
        before = state = self._state(there, None, final)
        steps: list[StepCourse] = []
        for step, objects in order:
            states: list[State] = []
            for each in objects:
                there = self._with(there, each.name)
                states.append(self._state(there, Item.of(each), final))
            if step.kind is Kind.INSTALLED:
                if step.title == chart:
                    there = replace(there, elsewhere=Arrival.PRESENT)
                states.append(self._state(there, None, final))
            steps.append(StepCourse(step, state, tuple(states)))
            state = steps[-1].after
        return Course(situation, before, tuple(steps))

    def _start(self, applied: set[ObjectName], situation: Situation) -> Stage:
        policies = self._policies - applied
        if situation is Situation.EXISTING:
            return Stage(policies, self._everyone, Arrival.PRESENT)
        later = (self._made[name] for name in applied & self._made.keys())
        # A manifest that cannot be read brings its pods at no step.
        there = self._everyone.difference(self._stray, *later)
        return Stage(policies, there, Arrival.AWAITED)

    def _with(self, stage: Stage, name: ObjectName) -> Stage:
        return replace(
            stage,
            policies=stage.policies | {name} & self._policies,
            pods=stage.pods | self._made.get(name, frozenset()),
        )

    def _final(self, chart: str | None, situation: Situation) -> dict[_Key, PortSet]:
        """What is wrong once everything is deployed: no order can help it."""
        awaited = chart is None and situation is Situation.FIRST
        elsewhere = Arrival.AWAITED if awaited else Arrival.PRESENT
        stage = Stage(self._policies, self._everyone, elsewhere)
        return {_key(flow): flow.ports for flow in self._stages.flows(stage)}

    def _state(self, stage: Stage, item: Item | None, final: dict[_Key, PortSet]) -> State:
        presence = Presence.PODS if self._stages.has_pods(stage) else Presence.NO_PODS
        flows = tuple(_beyond(self._stages.flows(stage), final))
        return State(item, flows, presence)


def _key(flow: Flow) -> _Key:
    return flow.fault, flow.source, flow.destination


def _beyond(flows: Iterable[Flow], final: dict[_Key, PortSet]) -> Iterator[Flow]:
    for flow in flows:
        ports = flow.ports - final.get(_key(flow), PortSet.empty())
        if ports:
            yield replace(flow, ports=ports)
