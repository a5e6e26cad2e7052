"""What is wrong with an order, as findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from netsim.judge.wording import enumerated
from netsim.model.finding import Finding, Related, Severity
from netsim.model.location import Location
from netsim.rollout.course import Course, State
from netsim.rollout.dependency import Dependency, Retry, Strength
from netsim.rollout.plan import Kind, Plan, Unknown
from netsim.rollout.sequence import Cycle
from netsim.rollout.states import Fault, Flow
from netsim.rollout.violations import (
    Violation,
    explained,
    joined,
    needing,
    together,
    violations,
)
from netsim.words.nearness import did_you_mean

RULE = "documented-order"
MOST_PLACES = 4
_WORDS = {
    Fault.BROKEN: ("documented", "denied"),
    Fault.OPEN: ("undocumented", "allowed"),
}


def faults(
    plan: Plan, found: Sequence[Dependency], first: Course | None
) -> tuple[Finding, ...]:
    """Files and paths that do not fit, disregarded dependencies, and flows that go wrong.

    ``first`` is the course of a first installation, where a scenario says what is documented.
    """
    strong = [each for each in found if each.reason.strength is not Strength.ADVISED]
    early = violations(plan, strong)
    apart = [each for each in early if each.places[0] != each.places[1]]
    within = [each for each in early if each.places[0] == each.places[1]]
    listed = [each for each in apart if each.needed.kind is not Kind.UNLISTED]
    meant = {related.location.file for each in plan.unknown for related in each.related}
    return (
        *(_unknown(plan, each) for each in plan.unknown),
        *(_unlisted(plan, file, apart, first) for file in plan.unlisted if file not in meant),
        *(_early(group, first) for group in together(listed)),
        *(finding for each in within for finding in _refused(each)),
        *(_gone_wrong(first, apart) if first else ()),
    )


def cycle_fault(cycle: Cycle) -> Finding:
    """Files that each need another to come first."""
    reasons = [explained((each,)) for each in cycle.dependencies]
    places = [each.location for each in cycle.dependencies]
    return _fault(
        f"no order of {', '.join(cycle.units)} keeps all dependencies: {'; '.join(reasons)}",
        places[0],
        [Related(*each) for each in zip(places[1:], reasons[1:], strict=True)],
        "Split one of the files, so that each part can come at its time.",
    )


def flows_text(flows: Iterable[Flow]) -> str:
    """``2 documented flows are denied (a; b)``, and the same of undocumented ones."""
    every = tuple(dict.fromkeys(flows))
    of_kind = ((fault, [str(f) for f in every if f.fault is fault]) for fault in Fault)
    return ", ".join(_counted(fault, texts) for fault, texts in of_kind if texts)


def _counted(fault: Fault, texts: list[str]) -> str:
    which, what = _WORDS[fault]
    flows = "flow is" if len(texts) == 1 else "flows are"
    return f"{len(texts)} {which} {flows} {what} ({enumerated(texts)})"


def references(found: Iterable[Dependency]) -> list[Related]:
    """Where the manifests say what needs what, the first few places."""
    places: dict[Location, list[Dependency]] = {}
    for each in found:
        places.setdefault(each.location, []).append(each)
    shown = list(places.items())[:MOST_PLACES]
    return [Related(location, needing(each)) for location, each in shown]


def _unknown(plan: Plan, unknown: Unknown) -> Finding:
    return _fault(
        f"{unknown.step.name} applies {unknown.path}, which is not beside the document"
        f"{did_you_mean(unknown.near)}",
        _place(unknown.step.location, plan),
        [*unknown.related],
        "Correct the path, or take it out of the step.",
    )


def _unlisted(
    plan: Plan, file: str, early: Sequence[Violation], first: Course | None
) -> Finding:
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
        reasons = explained([d for each in waiting for d in each.dependencies])
        parts += [f"{step} comes without it: {reasons}"]
        parts += _meanwhile(waiting[:1], first)
        fix = f"Add it to a step before {step}."
    last = next((s.location for s in reversed(plan.steps) if s.location), None)
    related = references(d for each in waiting for d in each.dependencies)
    related.insert(0, Related(Location(file, 0), "the file"))
    return _fault(". ".join(parts), _place(last, plan), related, fix)


def _early(group: Sequence[Violation], first: Course | None) -> Finding:
    """Steps that need a later one, or one step that needs several later ones."""
    step, needed = group[0].step, group[-1].needed
    names = [each.step.name for each in group]
    wanted = [each.needed.name for each in group]
    found = [dependency for each in group for dependency in each.dependencies]
    if len({*names}) == 1:
        moved, others = step, [each.needed for each in group]
        head = f"{step.name} comes before {joined(wanted)}"
        fix = f"Move {step.name} after {needed.name}."
    else:
        moved, others = needed, [each.step for each in group]
        head = f"{needed.name} comes after {joined(names)}"
    if len({*wanted}) == 1:
        fix = f"Move {needed.name} before {step.name}."
    here = [Related(each.location, f"{each.name} is here") for each in others if each.location]
    place = moved.location or found[0].location
    parts = (head, explained(found), *_meanwhile(group, first))
    return _fault(". ".join(parts), place, [*here, *references(found)], fix)


def _meanwhile(group: Sequence[Violation], first: Course | None) -> Iterator[str]:
    """What a first installation has wrong between the steps, by lack of policies."""
    spans = [each.places for each in group if each.protects]
    if first and spans:
        steps = first.steps[min(own for own, _ in spans) : max(needed for _, needed in spans)]
        wrong = (flow for step in steps for flow in step.after.flows)
        if text := flows_text(wrong):
            yield f"Meanwhile, in a first installation, {text}"


def _refused(violation: Violation) -> Iterator[Finding]:
    """Objects of one step of which one is refused, as the other does not exist yet."""
    found = [d for d in violation.dependencies if d.reason.retry is Retry.NEVER]
    if found:
        yield _fault(
            f"{violation.step.name} fails the first time it is applied: {explained(found)}",
            violation.step.location or found[0].location,
            references(found),
            "Apply what is needed in a step of its own, before.",
        )


def _gone_wrong(first: Course, early: Sequence[Violation]) -> Iterator[Finding]:
    """States with wrong flows that no disregarded dependency accounts for.

    Policies that come too late also break flows while they are applied.
    """
    spans = (each.places for each in early if each.protects)
    accounted = {place for own, needed in spans for place in range(own, needed + 1)}
    for place, step in enumerate(first.steps):
        known = set(step.before.flows)
        wrong = [state for state in step.states if set(state.flows) - known]
        if place not in accounted and wrong:
            yield _wrong(wrong, step.step.name, step.step.location)


def _wrong(states: Sequence[State], step: str, location: Location | None) -> Finding:
    item = states[0].item
    after = f"after {item.title}, in {step}" if item else f"after {step}"
    text = flows_text(flow for state in states for flow in state.flows)
    return _fault(
        f"{after}, in a first installation, {text}",
        location or (item.location if item else Location("input", 0)),
        [Related(item.location, f"{item.title} is here")] if item else [],
        "Apply policies before the pods they select, and those that open before or together "
        "with the default deny.",
    )


def _place(location: Location | None, plan: Plan) -> Location:
    return location or Location(plan.document or "", 0)


def _fault(message: str, place: Location, related: list[Related], fix: str) -> Finding:
    return Finding(RULE, Severity.ERROR, message, place, related=tuple(related), fix=fix)
