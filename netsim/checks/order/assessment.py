"""An order of deployment, and everything there is to say of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from netsim.checks.interface import BoundDocumentation, Context
from netsim.checks.order.advice import lasting, order_advice, passing, unplaced
from netsim.checks.order.course import Case, Course, Follower, objects_in_order
from netsim.checks.order.faults import cycle_fault, faults
from netsim.checks.order.plan import (
    Plan,
    computed_plan,
    documented_plan,
    objects_by_file,
    set_aside,
)
from netsim.checks.order.rollout import deployed_elsewhere, rollout
from netsim.checks.order.states import Fault
from netsim.engine.order.dependency import Dependency
from netsim.engine.order.selections import is_default_deny, policy_name
from netsim.engine.order.sequence import Arrangement, apart_from, arranged, dependencies
from netsim.intent.statements import Statements
from netsim.model.finding import Finding, Severity

BY_OTHER_MEANS = "deployed by other means"
"""The step of a computed order that brings what no file and no documented step does."""


class Choice(Enum):
    """Which order is assessed."""

    DOCUMENTED = "documented"
    COMPUTED = "computed"


@dataclass(frozen=True, slots=True)
class Assessment:
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


def stated_orders(context: Context) -> tuple[Statements, ...]:
    """The documents that state an order."""
    return tuple(each for each in context.statements if each.steps is not None)


def documented_faults(context: Context, statements: Statements) -> tuple[Finding, ...]:
    """What is wrong with a documented order, a first installation included."""
    plan = documented_plan(statements, context.bundle, _namespace(context))
    found = dependencies(rollout(context, plan.chart, plan.steps))
    cycles = arranged(plan.units, found).cycles
    first = None
    if context.intent:
        follower = Follower(context, context.intent)
        first = follower.course(objects_in_order(plan, context), plan.chart, Case.FIRST)
    return (*map(cycle_fault, cycles), *faults(plan, apart_from(cycles, found), first))


def assess(context: Context, choice: Choice) -> Assessment:
    """The order that is documented, or where none is or it is asked for, the computed one."""
    stated = stated_orders(context)
    namespace = _namespace(context)
    documented = documented_plan(stated[0], context.bundle, namespace) if stated else None
    computed, arrangement = _computed(context, documented)
    plan = computed if choice is Choice.COMPUTED or documented is None else documented
    found = dependencies(rollout(context, plan.chart, plan.steps))
    courses = _Courses(context, context.intent, plan, computed) if context.intent else None
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


def _namespace(context: Context) -> str:
    return context.intent.scenario.namespace if context.intent else ""


def _computed(context: Context, documented: Plan | None) -> tuple[Plan, Arrangement]:
    """Near to what is documented, and by name where nothing is."""
    listed = documented.units if documented else ()
    aside: set[str] = set()
    if context.intent:
        aside = {*set_aside(context.bundle, _namespace(context))} - {*listed}
    preferred = [*listed, *objects_by_file(context.bundle)]
    chart = documented.chart if documented else None
    if chart is None and deployed_elsewhere(context):
        chart = BY_OTHER_MEANS
        preferred.append(chart)
    units = [unit for unit in dict.fromkeys(preferred) if unit not in aside]
    steps = documented.steps if documented else ()
    arrangement = arranged(units, dependencies(rollout(context, chart, steps)))
    return computed_plan(arrangement, documented, chart, sorted(aside)), arrangement


class _Courses:
    """What happens when a plan is followed."""

    def __init__(
        self, context: Context, intent: BoundDocumentation, plan: Plan, computed: Plan
    ) -> None:
        self._context, self._plan, self._computed = context, plan, computed
        self._follower = Follower(context, intent)
        self._order = objects_in_order(plan, context)
        self.first = self._follower.course(self._order, plan.chart, Case.FIRST)
        self.existing = self._follower.course(self._order, plan.chart, Case.EXISTING)

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
            for policy in self._context.resources.policies
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
        return self._follower.course(order, self._plan.chart, Case.EXISTING)

    def _other(self) -> Course | None:
        """The computed order, where flows stay broken in this one."""
        ends = (step.after for step in self.existing.steps)
        if self._plan is self._computed or not any(s.count(Fault.BROKEN) for s in ends):
            return None
        order = objects_in_order(self._computed, self._context)
        return self._follower.course(order, self._computed.chart, Case.EXISTING)
