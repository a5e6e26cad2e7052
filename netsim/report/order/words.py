"""The words that every format of ``order`` shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from netsim.app.order import OrderResult
from netsim.rollout.course import Course, CourseState, Fault, Presence, Situation, StepCourse
from netsim.rollout.flaws import describe_flows
from netsim.rollout.plan import Kind, Plan, PlannedStep
from netsim.rollout.violations import list_needs
from netsim.words.lists import count_noun

NOTHING = "-"
OK = "ok"
_HEADINGS = {Situation.FIRST: "first install", Situation.EXISTING: "existing cluster"}


class OrderRow(Struct, frozen=True):
    """A line of the table; each cell is a list of lines."""

    step: str
    applies: tuple[str, ...]
    needs: tuple[str, ...]
    after: tuple[tuple[str, ...], ...]


def describe_verdict(result: OrderResult) -> str:
    """The result in one sentence."""
    found = result.assessment
    if result.errors:
        wrong = count_noun(len(result.errors), "fault")
        return f"bad input: {wrong}, so the {result.order} order lacks what could not be read"
    if found.faults:
        return f"failed: {count_noun(len(found.faults), 'fault')} in the {result.order} order"
    kept = count_noun(result.kept, "dependency", "dependencies")
    way = ", and a first installation breaks and opens nothing on the way"
    return f"passed: the {result.order} order keeps {kept}{way if found.courses else ''}"


def list_columns(result: OrderResult) -> tuple[str, ...]:
    """The titles of the columns."""
    courses = (_HEADINGS[course.situation] for course in result.assessment.courses)
    return ("step", "applies", "needs", *courses)


def list_rows(result: OrderResult) -> Iterator[OrderRow]:
    """A row for what is there before the first step, and one for each step."""
    found = result.assessment
    plan, courses = found.plan, found.courses
    if any(course.before.flows for course in courses):
        cells = tuple(_state(course.before) for course in courses)
        yield OrderRow("", ("(before)",), (), cells)
    wanted = list_needs(plan, found.dependencies)
    for place, step in enumerate(plan.steps):
        yield OrderRow(
            _number(step),
            tuple(_applies(plan, step)),
            tuple(_needs(plan, place, wanted.get(place, ()))),
            tuple(_after(course.steps[place]) for course in courses),
        )


def _number(step: PlannedStep) -> str:
    return NOTHING if step.kind is Kind.UNLISTED else str(step.number)


def _applies(plan: Plan, step: PlannedStep) -> Iterator[str]:
    """The title, then the files below it."""
    title = "(in no step)" if step.kind is Kind.UNLISTED else step.title
    if title:
        yield title
    indent = "  " if title else ""
    if step.kind is not Kind.INSTALLED:
        names = step.paths or [shorten_path(plan, unit) for unit in step.units]
        yield from (f"{indent}{name}" for name in names)


def shorten_path(plan: Plan, unit: str) -> str:
    """A file as the document writes it, or without the folder that all files share."""
    files = [u for step in plan.steps if step.kind is not Kind.INSTALLED for u in step.units]
    folder = _shared([plan.document] if plan.document else files)
    return unit.removeprefix(folder)


def _shared(files: Iterable[str]) -> str:
    """The folder that these files are in or below, with a slash at its end."""
    parts: list[str] = []
    for names in zip(*(file.split("/")[:-1] for file in files), strict=False):
        if len({*names}) > 1:
            break
        parts.append(names[0])
    return "".join(f"{part}/" for part in parts)


def _needs(
    plan: Plan, own: int, wanted: tuple[tuple[int, tuple[str, ...]], ...]
) -> Iterator[str]:
    for place, titles in wanted:
        late = " (later)" if place > own else ""
        yield f"{_number(plan.steps[place])}{late}: {summarise_objects(titles)}"


def summarise_objects(titles: tuple[str, ...]) -> str:
    """An object by name, several of a kind by number: ``2 ExternalSecrets, Role a``."""
    kinds: dict[str, list[str]] = {}
    for title in titles:
        kinds.setdefault(title.partition(" ")[0], []).append(title)
    return ", ".join(
        found[0] if len(found) == 1 else f"{len(found)} {_plural(kind)}"
        for kind, found in kinds.items()
    )


def _plural(kind: str) -> str:
    if kind.endswith("y"):
        return f"{kind[:-1]}ies"
    return f"{kind}es" if kind.endswith("s") else f"{kind}s"


def _after(step: StepCourse) -> tuple[str, ...]:
    worst = max(step.passing, key=_weight, default=None)
    passing = (f"{count_faults(worst)} on the way",) if worst else ()
    return (*_state(step.after), *passing)


def _weight(state: CourseState) -> int:
    return len(state.flows)


def _state(state: CourseState) -> tuple[str, ...]:
    if state.flows:
        return (count_faults(state),)
    return (state.presence.value if state.presence is Presence.NO_PODS else OK,)


def count_faults(state: CourseState) -> str:
    """``2 broken, 1 open``."""
    counts = ((state.count(fault), fault.value) for fault in Fault)
    return ", ".join(f"{number} {word}" for number, word in counts if number)


def describe_columns(result: OrderResult) -> Iterator[str]:
    """What the columns mean."""
    plan, courses = result.assessment.plan, result.assessment.courses
    if courses:
        yield "first install: each pod comes with its step."
        yield (
            "existing cluster: all pods run from the start, and no policy is there yet, which "
            "is the worst case."
        )
        yield (
            "broken: documented, but denied. open: allowed, but not documented. Only pods that "
            "exist by then count."
        )
        yield from _opened(courses[-1])
    else:
        yield "no scenario was given, so no flow was judged."
    if plan.aside:
        names = ", ".join(shorten_path(plan, unit) for unit in plan.aside)
        yield f"left out, as they only hold Secrets of other namespaces: {names}."


def _opened(existing: Course) -> Iterator[str]:
    """The undocumented flows of running pods, wherever they change; the rest is advice."""
    known: set[str] = set()
    ends = [("before the first step", existing.before)]
    ends += [(f"after {each.step.name}", each.after) for each in existing.steps]
    for when, state in ends:
        flows = {str(flow): flow for flow in state.flows if flow.fault is Fault.OPEN}
        if flows.keys() != known and flows:
            yield f"existing cluster, {when}: {describe_flows(flows.values())}."
        known = {*flows}


def describe_read(result: OrderResult) -> str:
    """How much was looked at."""
    found = result.assessment
    dependencies = count_noun(len(found.dependencies), "dependency", "dependencies")
    return f"read {result.read}; {dependencies}"
