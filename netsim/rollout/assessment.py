"""An order of deployment, and everything there is to say of it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from netsim.intent.document.statements import Statements
from netsim.judge.case import BoundDocumentation, Case
from netsim.model.finding import Finding, Severity
from netsim.model.policies import Tier
from netsim.rollout.advice import lasting, order_advice, passing, unplaced
from netsim.rollout.course import Course, Follower, Situation, objects_in_order
from netsim.rollout.dependency import Dependency
from netsim.rollout.faults import cycle_fault, faults
from netsim.rollout.plan import (
    Plan,
    computed_plan,
    documented_plan,
    objects_by_file,
    set_aside,
)
from netsim.rollout.rollout import deployed_elsewhere, rollout
from netsim.rollout.selections import is_default_deny, policy_name
from netsim.rollout.sequence import Arrangement, apart_from, arranged, dependencies
from netsim.rollout.states import Fault

BY_OTHER_MEANS = "deployed by other means"
"""The step of a computed order that brings what no file and no documented step does."""


class Choice(Enum):
    """Which order is assessed."""

    DOCUMENTED = "documented"
    COMPUTED = "computed"


class Assessment(Struct, frozen=True):
    """An order.

    ``computed`` are the units as the dependencies order them.  ``courses`` are empty without
    a scenario.  ``faults`` are errors, ``advice`` are notes.
    """

    plan: Plan
    dependencies: tuple[Dependency, ...]
    computed: tuple[str, ...]
    courses: tuple[Course, ...]
    faults: tuple[Finding, ...]
    advice: tuple[Finding, ...]


def stated_orders(case: Case) -> tuple[Statements, ...]:
    """The documents that state an order."""
    return tuple(each for each in case.statements if each.steps is not None)


def documented_faults(case: Case, statements: Statements) -> tuple[Finding, ...]:
    """What is wrong with a documented order, a first installation included."""
    plan = documented_plan(statements, case.bundle, _namespace(case))
    found = dependencies(rollout(case, plan.chart, plan.steps))
    cycles = arranged(plan.units, found).cycles
    first = None
    if case.intent:
        follower = Follower(case, case.intent)
        first = follower.course(objects_in_order(plan, case), plan.chart, Situation.FIRST)
    return (*map(cycle_fault, cycles), *faults(plan, apart_from(cycles, found), first))


def assess(case: Case, choice: Choice) -> Assessment:
    """The order that is documented, or where none is or it is asked for, the computed one."""
    stated = stated_orders(case)
    namespace = _namespace(case)
    documented = documented_plan(stated[0], case.bundle, namespace) if stated else None
    computed, arrangement = _computed(case, documented)
    plan = computed if choice is Choice.COMPUTED or documented is None else documented
    found = dependencies(rollout(case, plan.chart, plan.steps))
    courses = _Courses(case, case.intent, plan, computed) if case.intent else None
    errors = (
        *map(cycle_fault, arrangement.cycles),
        *faults(
            plan, apart_from(arrangement.cycles, found), courses.first if courses else None
        ),
    )
    notes = (
        *order_advice(plan, found, courses.first if courses else None),
        *(courses.advice() if courses else ()),
    )
    return Assessment(
        plan,
        found,
        arrangement.units,
        (courses.first, courses.existing) if courses else (),
        (*errors, *(each for each in notes if each.severity is Severity.ERROR)),
        tuple(each for each in notes if each.severity is not Severity.ERROR),
    )


def _namespace(case: Case) -> str:
    return case.intent.scenario.namespace if case.intent else ""


def _computed(case: Case, documented: Plan | None) -> tuple[Plan, Arrangement]:
    """Near to what is documented, and by name where nothing is."""
    listed = documented.units if documented else ()
    aside: set[str] = set()
    if case.intent:
        aside = {*set_aside(case.bundle, _namespace(case))} - {*listed}
    preferred = [*listed, *objects_by_file(case.bundle)]
    chart = documented.chart if documented else None
    if chart is None and deployed_elsewhere(case):
        chart = BY_OTHER_MEANS
        preferred.append(chart)
    units = [unit for unit in dict.fromkeys(preferred) if unit not in aside]
    steps = documented.steps if documented else ()
    arrangement = arranged(units, dependencies(rollout(case, chart, steps)))
    return computed_plan(arrangement, documented, chart, sorted(aside)), arrangement


class _Courses:
    """What happens when a plan is followed."""

    def __init__(
        self, case: Case, intent: BoundDocumentation, plan: Plan, computed: Plan
    ) -> None:
        self._context, self._plan, self._computed = case, plan, computed
        self._follower = Follower(case, intent)
        self._order = objects_in_order(plan, case)
        self.first = self._follower.course(self._order, plan.chart, Situation.FIRST)
        self.existing = self._follower.course(self._order, plan.chart, Situation.EXISTING)

    def advice(self) -> Iterator[Finding]:
        """About pods that run already, and those that nobody says the coming of."""
        yield from unplaced(deployed_elsewhere(self._context), self._plan.chart)
        yield from passing(self.existing, self._calmer())
        yield from lasting(self.existing, self._other())

    def _calmer(self) -> Course | None:
        """With each default deny after all other policies of its step."""
        if not any(state for step in self.existing.steps for state in step.passing):
            return None
        denials = {
            policy_name(policy)
            for policy in self._context.resources.policies_of(Tier.NETWORK_POLICY)
            if is_default_deny(policy)
        }
        order = tuple(
            (
                step,
                (
                    *(o for o in objects if o.name not in denials),
                    *(o for o in objects if o.name in denials),
                ),
            )
            for step, objects in self._order
        )
        return self._follower.course(order, self._plan.chart, Situation.EXISTING)

    def _other(self) -> Course | None:
        """The computed order, where flows stay broken in this one."""
        ends = (step.after for step in self.existing.steps)
        if self._plan is self._computed or not any(s.count(Fault.BROKEN) for s in ends):
            return None
        order = objects_in_order(self._computed, self._context)
        return self._follower.course(order, self._computed.chart, Situation.EXISTING)
