"""The assessment of an order of deployment: the documented one, or the one to compute.

``assess(case, Choice.DOCUMENTED)`` has the plan, its dependencies, what happens on the way, and
the flaws.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from netsim.intent.document.statements import Statements
from netsim.judge.case import Case
from netsim.model.finding import Severity
from netsim.model.policies import Tier
from netsim.rollout.course import Course, Fault, Follower, Situation, order_objects
from netsim.rollout.dependency import (
    Dependency,
    find_dependencies,
    is_default_deny,
    name_policy,
)
from netsim.rollout.flaws import (
    Flaw,
    advise_order,
    advise_passing,
    advise_placing,
    find_errors,
    report_cycle,
    report_lasting,
)
from netsim.rollout.plan import (
    Plan,
    group_by_file,
    list_set_aside,
    plan_computed,
    plan_documented,
)
from netsim.rollout.rollout import list_deployed_elsewhere, make_rollout
from netsim.rollout.sequence import Arrangement, arrange_units, drop_cycles

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
    faults: tuple[Flaw, ...]
    advice: tuple[Flaw, ...]


def list_stated_orders(case: Case) -> tuple[Statements, ...]:
    """The documents that state an order."""
    return tuple(each for each in case.statements if each.steps is not None)


def find_documented_flaws(case: Case, statements: Statements) -> tuple[Flaw, ...]:
    """What is wrong with a documented order, a first installation included."""
    plan = plan_documented(statements, case.bundle, case.namespaces)
    dependencies = find_dependencies(make_rollout(case, plan.chart, plan.steps))
    cycles = arrange_units(plan.units, dependencies).cycles
    first = None
    if case.is_documented:
        order = order_objects(plan, case)
        first = Follower(case).follow(order, plan.chart, Situation.FIRST)
    errors = find_errors(plan, drop_cycles(cycles, dependencies), first)
    return (*map(report_cycle, cycles), *errors)


def assess(case: Case, choice: Choice) -> Assessment:
    """The order that is documented, or where none is or it is asked for, the computed one."""
    stated = list_stated_orders(case)
    documented = plan_documented(stated[0], case.bundle, case.namespaces) if stated else None
    computed, arrangement = _compute_plan(case, documented)
    plan = computed if choice is Choice.COMPUTED or documented is None else documented
    dependencies = find_dependencies(make_rollout(case, plan.chart, plan.steps))
    courses = _Courses(case, plan, computed) if case.is_documented else None
    first = courses.first if courses else None
    errors = (
        *map(report_cycle, arrangement.cycles),
        *find_errors(plan, drop_cycles(arrangement.cycles, dependencies), first),
    )
    advice = (
        *advise_order(plan, dependencies, first),
        *(courses.advise() if courses else ()),
    )
    return Assessment(
        plan,
        dependencies,
        arrangement.units,
        (courses.first, courses.existing) if courses else (),
        (*errors, *(each for each in advice if each.severity is Severity.ERROR)),
        tuple(each for each in advice if each.severity is not Severity.ERROR),
    )


def _compute_plan(case: Case, documented: Plan | None) -> tuple[Plan, Arrangement]:
    """Near to what is documented, and by name where nothing is."""
    listed = documented.units if documented else ()
    aside: set[str] = set()
    if case.is_documented:
        aside = {*list_set_aside(case.bundle, case.namespaces)} - {*listed}
    preferred = [*listed, *group_by_file(case.bundle)]
    chart = documented.chart if documented else None
    if chart is None and list_deployed_elsewhere(case):
        chart = BY_OTHER_MEANS
        preferred.append(chart)
    units = [unit for unit in dict.fromkeys(preferred) if unit not in aside]
    steps = documented.steps if documented else ()
    dependencies = find_dependencies(make_rollout(case, chart, steps))
    arrangement = arrange_units(units, dependencies)
    return plan_computed(arrangement, documented, chart, sorted(aside)), arrangement


class _Courses:
    """What happens when a plan is followed."""

    def __init__(self, case: Case, plan: Plan, computed: Plan) -> None:
        self._case, self._plan, self._computed = case, plan, computed
        self._follower = Follower(case)
        self._order = order_objects(plan, case)
        self.first = self._follower.follow(self._order, plan.chart, Situation.FIRST)
        self.existing = self._follower.follow(self._order, plan.chart, Situation.EXISTING)

    def advise(self) -> Iterator[Flaw]:
        """About pods that run already, and pods that no step brings."""
        yield from advise_placing(list_deployed_elsewhere(self._case), self._plan.chart)
        yield from advise_passing(self.existing, self._follow_calmer())
        yield from report_lasting(self.existing, self._follow_computed())

    def _follow_calmer(self) -> Course | None:
        """With each default deny after all other policies of its step."""
        if not any(state for step in self.existing.steps for state in step.passing):
            return None
        denials = {
            name_policy(policy)
            for policy in self._case.resources.policies_of(Tier.NETWORK_POLICY)
            if is_default_deny(policy)
        }
        order = tuple(
            (step, tuple(sorted(objects, key=lambda each: each.name in denials)))
            for step, objects in self._order
        )
        return self._follower.follow(order, self._plan.chart, Situation.EXISTING)

    def _follow_computed(self) -> Course | None:
        """The computed order, where flows stay broken in this one."""
        ends = (step.after for step in self.existing.steps)
        if self._plan is self._computed or not any(s.count(Fault.BROKEN) for s in ends):
            return None
        order = order_objects(self._computed, self._case)
        return self._follower.follow(order, self._computed.chart, Situation.EXISTING)
