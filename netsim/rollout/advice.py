"""What could be better about an order though nothing fails, as notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netsim.model.finding import Finding, Related, Severity
from netsim.model.location import Location
from netsim.rollout.course import Course, State, StepCourse
from netsim.rollout.dependency import Dependency, Reason, Retry, Strength
from netsim.rollout.faults import RULE, flows_text, references
from netsim.rollout.plan import Plan
from netsim.rollout.rollout import Modelled
from netsim.rollout.states import Fault
from netsim.rollout.violations import Violation, explained, some, violations

_OF_SELECTORS = frozenset((Reason.PROTECTION, Reason.DENIAL, Reason.BUDGET))


def order_advice(
    plan: Plan, found: Sequence[Dependency], first: Course | None
) -> Iterator[Finding]:
    """What is only advised, and objects of one step of which one has to wait."""
    for each in violations(plan, found):
        if each.places[0] == each.places[1]:
            yield from _waiting(each, first)
        else:
            yield from _later(each)


def _later(violation: Violation) -> Iterator[Finding]:
    found = [d for d in violation.dependencies if d.reason.strength is Strength.ADVISED]
    step, needed = violation.step, violation.needed
    if found:
        yield _note(
            f"{step.name} would better come after {needed.name}. {explained(found)}",
            step.location or found[0].location,
            references(found),
            "Kubernetes accepts either order.",
        )


def _waiting(violation: Violation, first: Course | None) -> Iterator[Finding]:
    """Objects of one step; which flows policies change there, the courses tell."""
    late = [d for d in violation.dependencies if d.reason.retry is Retry.ALWAYS]
    objects = [d for d in late if d.reason not in _OF_SELECTORS]
    policies = [d for d in late if d.reason is Reason.PROTECTION]
    if objects:
        yield _early(
            violation,
            objects,
            "This lasts a moment, and Kubernetes tries again; the other order avoids it.",
        )
    if policies and first is None:
        yield _early(violation, policies, "Put policies before the pods that they select.")


def _early(violation: Violation, found: Sequence[Dependency], fix: str) -> Finding:
    place = found[0].location
    return _note(
        f"{violation.step.name} applies objects before what they need. {explained(found)}",
        place,
        [each for each in references(found) if each.location != place],
        fix,
    )


def unplaced(found: Sequence[Modelled], chart: str | None) -> Iterator[Finding]:
    """Endpoints of which neither the input nor the order says when they come."""
    if found and chart is None:
        names = some([each.declared.name for each in found])
        yield _note(
            f"no step says when the pods of {names} come, so a first installation is followed "
            "without them",
            found[0].declared.location,
            [],
            "Name a step without files for them, such as Helm chart.",
        )


def passing(existing: Course, calmer: Course | None) -> Iterator[Finding]:
    """Steps that break documented flows of running pods while they are applied.

    ``calmer`` is the same course with each default deny last in its step.
    """
    for place, step in enumerate(existing.steps):
        states = [s for s in step.passing if s.count(Fault.BROKEN)]
        if states:
            yield _passing(step, states, _peak(calmer.steps[place]) if calmer else None)


def _passing(step: StepCourse, states: Sequence[State], calmer: int | None) -> Finding:
    worst = max(states, key=lambda state: state.count(Fault.BROKEN))
    peak = worst.count(Fault.BROKEN)
    items = [state.item for state in (*states, step.after) if state.item]
    span = f"from {items[0].title} to {items[-1].title}"
    text = flows_text(flow for flow in worst.flows if flow.fault is Fault.BROKEN)
    fix = "Apply the step with one command, and then it lasts a moment."
    if calmer is not None and calmer < peak:
        most = f"{calmer} at most" if calmer else "none"
        fix += f" With the default deny as its last policy, {most} would be denied."
    return _note(
        f"in an existing cluster, {step.step.name} breaks flows on the way, {span}; at worst "
        f"{text}",
        items[0].location,
        [Related(items[-1].location, "as documented from here on")],
        fix,
    )


def _peak(step: StepCourse) -> int:
    return max((state.count(Fault.BROKEN) for state in step.passing), default=0)


def lasting(existing: Course, other: Course | None) -> Iterator[Finding]:
    """Steps after which documented flows of running pods stay broken until a later one.

    An error where the course of ``other``, the computed order, breaks fewer of them: then it
    is the order that is to blame.
    """
    avoided = _broken(existing) - _broken(other) if other else set()
    for step in existing.steps:
        known = _broken_after(step.before)
        new = [f for f in step.after.flows if f.fault is Fault.BROKEN and str(f) not in known]
        if new:
            blame = any(str(flow) in avoided for flow in new)
            yield _lasting(step, flows_text(new), Severity.ERROR if blame else Severity.NOTE)


def _lasting(step: StepCourse, text: str, severity: Severity) -> Finding:
    item = step.after.item
    fix = {
        Severity.ERROR: "Follow the computed order (--order computed), which avoids it.",
    }.get(severity, "Apply the steps that follow without a pause.")
    return Finding(
        RULE,
        severity,
        f"in an existing cluster, after {step.step.name}, {text}",
        step.step.location or (item.location if item else Location("input", 0)),
        related=(Related(item.location, f"{item.title} is here"),) if item else (),
        fix=fix,
    )


def _broken(course: Course) -> set[str]:
    return {flow for step in course.steps for flow in _broken_after(step.after)}


def _broken_after(state: State) -> set[str]:
    return {str(flow) for flow in state.flows if flow.fault is Fault.BROKEN}


def _note(message: str, place: Location, related: list[Related], fix: str) -> Finding:
    return Finding(RULE, Severity.NOTE, message, place, related=tuple(related), fix=fix)
