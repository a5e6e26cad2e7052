"""Violations: dependencies that a plan breaks.

Step 1 applies a Pod whose policy comes in step 2.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from netsim.rollout.dependency import Dependency, DependencyReason, Item, Strength
from netsim.rollout.plan import Plan, PlannedStep
from netsim.words.lists import join_first


class Violation(Struct, frozen=True):
    """A step that needs a later one, and all dependencies that say so.

    ``places`` are the two steps' places in the plan; equal where one step applies objects in
    the wrong order.
    """

    step: PlannedStep
    needed: PlannedStep
    places: tuple[int, int]
    dependencies: tuple[Dependency, ...]

    def of(self, unit: str) -> Violation:
        """The part that is about one unit of the later step."""
        return replace(
            self, dependencies=tuple(d for d in self.dependencies if d.on.unit == unit)
        )

    @property
    def protects(self) -> bool:
        """Whether pods come before their policies."""
        return any(d.reason.strength is Strength.PROTECTS for d in self.dependencies)


def find_violations(plan: Plan, found: Iterable[Dependency]) -> tuple[Violation, ...]:
    """One for each pair of steps, in the order of the steps."""
    grouped: dict[tuple[int, int], list[Dependency]] = defaultdict(list)
    places = plan.places
    for each in found:
        own, needed = places.get(each.dependent.unit), places.get(each.on.unit)
        if own and needed and _is_early(each, own, needed):
            grouped[own[0], needed[0]].append(each)
    return tuple(
        Violation(
            plan.steps[own], plan.steps[needed], (own, needed), tuple(grouped[own, needed])
        )
        for own, needed in sorted(grouped)
    )


def group_by_move(found: Sequence[Violation]) -> tuple[tuple[Violation, ...], ...]:
    """Grouped by the step that has to move: the one that most of them have in common."""
    left = list(found)
    groups: list[tuple[Violation, ...]] = []
    while left:
        ends = [(end, each.places[end]) for end in (1, 0) for each in left]
        alike = ([each for each in left if each.places[end] == at] for end, at in ends)
        group = max(alike, key=len)
        groups.append(tuple(group))
        left = [each for each in left if each not in group]
    return tuple(sorted(groups, key=lambda group: group[0].places))


def _is_early(each: Dependency, own: tuple[int, int], needed: tuple[int, int]) -> bool:
    if own != needed:
        return own < needed
    # kubectl resolves the kinds of a whole file before it applies the first object of it.
    lines = each.dependent.location.line, each.on.location.line
    return each.reason is DependencyReason.DEFINITION or lines[0] < lines[1]


def list_needs(
    plan: Plan, found: Iterable[Dependency]
) -> dict[int, tuple[tuple[int, tuple[str, ...]], ...]]:
    """For each step the others that it needs, with the objects in them, by place."""
    wanted: dict[int, dict[int, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
    places = plan.places
    for each in found:
        own, needed = places.get(each.dependent.unit), places.get(each.on.unit)
        advised = each.reason.strength is Strength.ADVISED
        if own and needed and own[0] != needed[0] and not advised:
            wanted[own[0]][needed[0]][shorten_title(each.on)] = None
    return {
        own: tuple((place, tuple(titles)) for place, titles in sorted(others.items()))
        for own, others in wanted.items()
    }


def shorten_title(item: Item) -> str:
    """An object without its namespace; the policies of a plan share one."""
    kind, space, name = item.title.partition(" ")
    return f"{kind} {name.rpartition('/')[2]}" if space else item.title


def explain(found: Sequence[Dependency]) -> str:
    """What needs what and why, a clause for each reason."""
    grouped: dict[DependencyReason, list[Dependency]] = defaultdict(list)
    for each in found:
        grouped[each.reason].append(each)
    return "; ".join(
        f"{describe_needs(each)}: {reason.value}" for reason, each in grouped.items()
    )


def describe_needs(found: Sequence[Dependency]) -> str:
    """What needs what: ``CronJob a/b needs ServiceAccount a/c``."""
    dependents = tuple(dict.fromkeys(each.dependent.title for each in found))
    others = tuple(dict.fromkeys(each.on.title for each in found))
    verb = "needs" if len(dependents) == 1 else "need"
    if found[0].reason.strength is Strength.ADVISED:
        verb = "should follow"
    subject, target = (join_first(_name_kind_once(each)) for each in (dependents, others))
    return f"{subject} {verb} {target}"


def _name_kind_once(titles: Sequence[str]) -> Sequence[str]:
    """Objects of one kind name it once."""
    kinds = {title.partition(" ")[0] for title in titles if " " in title}
    if len(kinds) != 1 or not all(" " in title for title in titles):
        return titles
    return (titles[0], *(title.partition(" ")[2] for title in titles[1:]))
