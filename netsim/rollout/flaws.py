"""The flaws of an order: what is wrong with it, and what could be better.

``step 1 (Web) comes before step 2 (Network Policies). Pod shop/web needs NetworkPolicy
shop/web: until then the pods run without their policies``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from netsim.model.finding import Related, Severity
from netsim.model.location import Location
from netsim.rollout.course import Course, CourseState, Fault, StepCourse, WrongFlow
from netsim.rollout.dependency import Dependency, DependencyReason, Retry, Strength
from netsim.rollout.plan import Kind, Plan, Unknown
from netsim.rollout.rollout import ModelledPod
from netsim.rollout.sequence import Cycle
from netsim.rollout.violations import (
    Violation,
    describe_needs,
    explain,
    find_violations,
    group_by_move,
)
from netsim.words.lists import join_all, join_first, join_phrases
from netsim.words.nearness import did_you_mean

_MOST_PLACES = 4
_WORDS = {
    Fault.BROKEN: ("documented", "denied"),
    Fault.OPEN: ("undocumented", "allowed"),
}
_OF_SELECTORS = frozenset(
    (DependencyReason.PROTECTION, DependencyReason.DENIAL, DependencyReason.BUDGET)
)


class Flaw(Struct, frozen=True):
    """An error of an order, or a note where nothing fails; ``fix`` says what to do."""

    severity: Severity
    message: str
    location: Location
    related: tuple[Related, ...]
    fix: str


def find_errors(
    plan: Plan, found: Sequence[Dependency], first: Course | None
) -> tuple[Flaw, ...]:
    """Files and paths that do not fit, disregarded dependencies, and flows that go wrong.

    ``first`` is the course of a first installation, where a scenario says what is documented.
    """
    strong = [each for each in found if each.reason.strength is not Strength.ADVISED]
    early = find_violations(plan, strong)
    apart = [each for each in early if each.places[0] != each.places[1]]
    within = [each for each in early if each.places[0] == each.places[1]]
    listed = [each for each in apart if each.needed.kind is not Kind.UNLISTED]
    meant = {related.location.file for each in plan.unknown for related in each.related}
    return (
        *(_report_unknown(plan, each) for each in plan.unknown),
        *(
            _report_unlisted(plan, file, apart, first)
            for file in plan.unlisted
            if file not in meant
        ),
        *(_report_early(group, first) for group in group_by_move(listed)),
        *(flaw for each in within for flaw in _report_refused(each)),
        *(_report_gone_wrong(first, apart) if first else ()),
    )


def report_cycle(cycle: Cycle) -> Flaw:
    """Files that each need another to come first."""
    reasons = [explain((each,)) for each in cycle.dependencies]
    places = [each.location for each in cycle.dependencies]
    return _error(
        f"no order of {', '.join(cycle.units)} keeps all dependencies: {'; '.join(reasons)}",
        places[0],
        [Related(*each) for each in zip(places[1:], reasons[1:], strict=True)],
        "Split one of the files, so that each part can come at its time.",
    )


def describe_flows(flows: Iterable[WrongFlow]) -> str:
    """``2 documented flows are denied (a; b)``, and the same of undocumented ones."""
    every = tuple(dict.fromkeys(flows))
    of_kind = ((fault, [str(f) for f in every if f.fault is fault]) for fault in Fault)
    return ", ".join(_count_flows(fault, texts) for fault, texts in of_kind if texts)


def _count_flows(fault: Fault, texts: list[str]) -> str:
    which, what = _WORDS[fault]
    flows = "flow is" if len(texts) == 1 else "flows are"
    return f"{len(texts)} {which} {flows} {what} ({join_phrases(texts)})"


def list_places(found: Iterable[Dependency]) -> list[Related]:
    """Where the manifests say what needs what, the first few places."""
    places: dict[Location, list[Dependency]] = {}
    for each in found:
        places.setdefault(each.location, []).append(each)
    shown = list(places.items())[:_MOST_PLACES]
    return [Related(location, describe_needs(each)) for location, each in shown]


def _report_unknown(plan: Plan, unknown: Unknown) -> Flaw:
    return _error(
        f"{unknown.step.name} applies {unknown.path}, which is not beside the document"
        f"{did_you_mean(unknown.near)}",
        _locate(unknown.step.location, plan),
        [*unknown.related],
        "Correct the path, or take it out of the step.",
    )


def _report_unlisted(
    plan: Plan, file: str, early: Sequence[Violation], first: Course | None
) -> Flaw:
    """A file in no step, and what needs it."""
    waiting = [
        found
        for each in early
        if each.needed.kind is Kind.UNLISTED and (found := each.of(file)).dependencies
    ]
    parts = [f"{file} is in no step of the deployment order"]
    fix = "Add it to a step."
    if waiting:
        step = waiting[0].step.name
        reasons = explain([d for each in waiting for d in each.dependencies])
        parts += [f"{step} comes without it: {reasons}"]
        parts += _describe_meanwhile(waiting[:1], first)
        fix = f"Add it to a step before {step}."
    last = next((s.location for s in reversed(plan.steps) if s.location), None)
    related = list_places(d for each in waiting for d in each.dependencies)
    related.insert(0, Related(Location(file, 0), "the file"))
    return _error(". ".join(parts), _locate(last, plan), related, fix)


def _report_early(group: Sequence[Violation], first: Course | None) -> Flaw:
    """Steps that need a later one, or one step that needs several later ones."""
    step, needed = group[0].step, group[-1].needed
    names = [each.step.name for each in group]
    wanted = [each.needed.name for each in group]
    found = [dependency for each in group for dependency in each.dependencies]
    if len({*names}) == 1:
        moved, others = step, [each.needed for each in group]
        head = f"{step.name} comes before {join_all(wanted)}"
        fix = f"Move {step.name} after {needed.name}."
    else:
        moved, others = needed, [each.step for each in group]
        head = f"{needed.name} comes after {join_all(names)}"
    if len({*wanted}) == 1:
        fix = f"Move {needed.name} before {step.name}."
    here = [Related(each.location, f"{each.name} is here") for each in others if each.location]
    place = moved.location or found[0].location
    parts = (head, explain(found), *_describe_meanwhile(group, first))
    return _error(". ".join(parts), place, [*here, *list_places(found)], fix)


def _describe_meanwhile(group: Sequence[Violation], first: Course | None) -> Iterator[str]:
    """What a first installation has wrong between the steps, by lack of policies."""
    spans = [each.places for each in group if each.protects]
    if first and spans:
        steps = first.steps[min(own for own, _ in spans) : max(needed for _, needed in spans)]
        wrong = (flow for step in steps for flow in step.after.flows)
        if text := describe_flows(wrong):
            yield f"Meanwhile, in a first installation, {text}"


def _report_refused(violation: Violation) -> Iterator[Flaw]:
    """Objects of one step of which one is refused, as the other does not exist yet."""
    found = [d for d in violation.dependencies if d.reason.retry is Retry.NEVER]
    if found:
        yield _error(
            f"{violation.step.name} fails the first time it is applied: {explain(found)}",
            violation.step.location or found[0].location,
            list_places(found),
            "Apply what is needed in a step of its own, before.",
        )


def _report_gone_wrong(first: Course, early: Sequence[Violation]) -> Iterator[Flaw]:
    """States with wrong flows that no disregarded dependency accounts for.

    Policies that come too late also break flows while they are applied.
    """
    spans = (each.places for each in early if each.protects)
    accounted = {place for own, needed in spans for place in range(own, needed + 1)}
    for place, step in enumerate(first.steps):
        known = set(step.before.flows)
        wrong = [state for state in step.states if set(state.flows) - known]
        if place not in accounted and wrong:
            yield _report_wrong(wrong, step.step.name, step.step.location)


def _report_wrong(states: Sequence[CourseState], step: str, location: Location | None) -> Flaw:
    item = states[0].item
    after = f"after {item.title}, in {step}" if item else f"after {step}"
    text = describe_flows(flow for state in states for flow in state.flows)
    return _error(
        f"{after}, in a first installation, {text}",
        location or (item.location if item else Location("input", 0)),
        [Related(item.location, f"{item.title} is here")] if item else [],
        "Apply policies before the pods they select, and those that open before or together "
        "with the default deny.",
    )


def _locate(location: Location | None, plan: Plan) -> Location:
    return location or Location(plan.document or "", 0)


def advise_order(
    plan: Plan, found: Sequence[Dependency], first: Course | None
) -> Iterator[Flaw]:
    """What is only advised, and objects of one step of which one has to wait."""
    for each in find_violations(plan, found):
        if each.places[0] == each.places[1]:
            yield from _advise_waiting(each, first)
        else:
            yield from _advise_later(each)


def _advise_later(violation: Violation) -> Iterator[Flaw]:
    found = [d for d in violation.dependencies if d.reason.strength is Strength.ADVISED]
    step, needed = violation.step, violation.needed
    if found:
        yield _note(
            f"{step.name} should come after {needed.name}. {explain(found)}",
            step.location or found[0].location,
            list_places(found),
            "Kubernetes accepts either order.",
        )


def _advise_waiting(violation: Violation, first: Course | None) -> Iterator[Flaw]:
    """Objects of one step; which flows policies change there, the courses tell."""
    late = [d for d in violation.dependencies if d.reason.retry is Retry.ALWAYS]
    objects = [d for d in late if d.reason not in _OF_SELECTORS]
    policies = [d for d in late if d.reason is DependencyReason.PROTECTION]
    if objects:
        yield _note_early(
            violation,
            objects,
            "This lasts a moment, and Kubernetes tries again; the other order avoids it.",
        )
    if policies and first is None:
        yield _note_early(violation, policies, "Put policies before the pods that they select.")


def _note_early(violation: Violation, found: Sequence[Dependency], fix: str) -> Flaw:
    place = found[0].location
    return _note(
        f"{violation.step.name} applies objects before what they need. {explain(found)}",
        place,
        [each for each in list_places(found) if each.location != place],
        fix,
    )


def advise_placing(found: Sequence[ModelledPod], chart: str | None) -> Iterator[Flaw]:
    """Endpoints of which neither the input nor the order says when they come."""
    if found and chart is None:
        names = join_first([each.declared.name for each in found])
        yield _note(
            f"no step says when the pods of {names} come, so a first installation is followed "
            "without them",
            found[0].declared.location,
            [],
            "Name a step without files for them, such as Helm chart.",
        )


def advise_passing(existing: Course, calmer: Course | None) -> Iterator[Flaw]:
    """Steps that break documented flows of running pods while they are applied.

    ``calmer`` is the same course with each default deny last in its step.
    """
    for place, step in enumerate(existing.steps):
        states = [s for s in step.passing if s.count(Fault.BROKEN)]
        if states:
            yield _note_passing(
                step, states, _count_peak(calmer.steps[place]) if calmer else None
            )


def _note_passing(step: StepCourse, states: Sequence[CourseState], calmer: int | None) -> Flaw:
    worst = max(states, key=lambda state: state.count(Fault.BROKEN))
    peak = worst.count(Fault.BROKEN)
    items = [state.item for state in (*states, step.after) if state.item]
    span = f"from {items[0].title} to {items[-1].title}"
    text = describe_flows(flow for flow in worst.flows if flow.fault is Fault.BROKEN)
    fix = "Apply the step with one command, so that this lasts only a moment."
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


def _count_peak(step: StepCourse) -> int:
    return max((state.count(Fault.BROKEN) for state in step.passing), default=0)


def report_lasting(existing: Course, other: Course | None) -> Iterator[Flaw]:
    """Steps after which documented flows of running pods stay broken until a later one.

    An error where the course of ``other``, the computed order, breaks fewer of them: then it
    is the order that is to blame.
    """
    avoided = _collect_broken(existing) - _collect_broken(other) if other else set()
    for step in existing.steps:
        known = _list_broken(step.before)
        new = [f for f in step.after.flows if f.fault is Fault.BROKEN and str(f) not in known]
        if new:
            blame = any(str(flow) in avoided for flow in new)
            yield _report_lasting(
                step, describe_flows(new), Severity.ERROR if blame else Severity.NOTE
            )


def _report_lasting(step: StepCourse, text: str, severity: Severity) -> Flaw:
    item = step.after.item
    is_avoidable = severity is Severity.ERROR
    return Flaw(
        severity,
        f"in an existing cluster, after {step.step.name}, {text}",
        step.step.location or (item.location if item else Location("input", 0)),
        (Related(item.location, f"{item.title} is here"),) if item else (),
        "Follow the computed order (--order computed), which avoids it."
        if is_avoidable
        else "Apply the steps that follow without a pause.",
    )


def _collect_broken(course: Course) -> set[str]:
    return {flow for step in course.steps for flow in _list_broken(step.after)}


def _list_broken(state: CourseState) -> set[str]:
    return {str(flow) for flow in state.flows if flow.fault is Fault.BROKEN}


def _error(message: str, place: Location, related: list[Related], fix: str) -> Flaw:
    return Flaw(Severity.ERROR, message, place, tuple(related), fix)


def _note(message: str, place: Location, related: list[Related], fix: str) -> Flaw:
    return Flaw(Severity.NOTE, message, place, tuple(related), fix)
