"""The pods that budgets select, as far as they are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netsim.checks.interface import Context
from netsim.checks.population import is_representative
from netsim.engine.pod_groups import PodGroup, pod_groups
from netsim.model.disruption import DisruptionBudget
from netsim.model.resources import Origin, Pod


@dataclass(frozen=True, slots=True)
class Budgeted:
    """A budget and the groups of pods that it selects, whatever else does."""

    budget: DisruptionBudget
    groups: tuple[PodGroup, ...]

    @property
    def titles(self) -> list[str]:
        """The names of the groups."""
        return [group.title for group in self.groups]


def budgeted(context: Context) -> Iterator[Budgeted]:
    """The budgets of the input, in its order."""
    groups = pod_groups(context.bundle, known_pods(context)) if context.bundle.budgets else ()
    selected: dict[int, list[PodGroup]] = {}
    for group in groups:
        for budget in group.budgets:
            selected.setdefault(id(budget), []).append(group)
    for budget in context.bundle.budgets:
        yield Budgeted(budget, tuple(selected.get(id(budget), ())))


def known_pods(context: Context) -> tuple[Pod, ...]:
    """The pods that were read, and those with labels that the scenario models."""
    return tuple(
        pod
        for pod in context.reachability.universe.resources.pods
        if not is_representative(pod) and (pod.origin is Origin.READ or pod.labels.pairs)
    )
