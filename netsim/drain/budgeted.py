"""The pods that budgets select, as far as they are known."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.drain.pod_groups import PodGroup, pod_groups
from netsim.engine.space.stand_ins import is_stand_in
from netsim.judge.case import Case
from netsim.model.disruption import DisruptionBudget
from netsim.model.resources import Origin, Pod


class Budgeted(Struct, frozen=True):
    """A budget and the groups of pods that it selects, whatever else does."""

    budget: DisruptionBudget
    groups: tuple[PodGroup, ...]

    @property
    def titles(self) -> list[str]:
        """The names of the groups."""
        return [group.title for group in self.groups]


def budgeted(case: Case) -> Iterator[Budgeted]:
    """The budgets of the input, in its order."""
    groups = pod_groups(case.bundle, known_pods(case)) if case.bundle.budgets else ()
    selected: dict[int, list[PodGroup]] = {}
    for group in groups:
        for budget in group.budgets:
            selected.setdefault(id(budget), []).append(group)
    for budget in case.bundle.budgets:
        yield Budgeted(budget, tuple(selected.get(id(budget), ())))


def known_pods(case: Case) -> tuple[Pod, ...]:
    """The pods that were read, and those with labels that the scenario models."""
    return tuple(
        pod
        for pod in case.reachability.universe.resources.pods
        if not is_stand_in(pod) and (pod.origin is Origin.READ or pod.labels.pairs)
    )
