"""Pods as disruption budgets see them: who keeps up their number, and what selects them.

Two replicas of ``Deployment shop/web`` that ``PodDisruptionBudget shop/web`` selects are one
group, kept up by a controller with a scale.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from msgspec import Struct

from netsim.engine.space.stand_ins import is_stand_in
from netsim.model.bundle import Bundle
from netsim.model.disruption import DisruptionBudget
from netsim.model.labels import Labels
from netsim.model.location import Location
from netsim.model.pod_template import AUTOSCALERS, ControllerKind
from netsim.model.references import ObjectName
from netsim.model.resources import Origin, Pod, Resources, WorkloadName


class Keeper(Enum):
    """What makes a pod anew when it is gone."""

    SCALED = "a controller with a scale"
    JOB = "a Job"
    DAEMON_SET = "a DaemonSet"
    NODE = "a kubelet, as static pods"
    OTHER = "a controller of another kind"
    NONE = "nothing"


PASSED_OVER = frozenset((Keeper.DAEMON_SET, Keeper.NODE))
"""Pods that a drain leaves alone, with ``--ignore-daemonsets``."""

_KEEPERS = {
    "Deployment": Keeper.SCALED,
    "ReplicaSet": Keeper.SCALED,
    "StatefulSet": Keeper.SCALED,
    "ReplicationController": Keeper.SCALED,
    "Job": Keeper.JOB,
    "CronJob": Keeper.JOB,
    "DaemonSet": Keeper.DAEMON_SET,
    "Pod": Keeper.NONE,
    "PodTemplate": Keeper.NONE,
}


class PodGroup(Struct, frozen=True):
    """Pods of one workload that the same budgets select.

    Bare pods that the same budgets select are one group of several workloads.  ``running``
    are the pods that were read, none where a template or the scenario stands for them.
    ``scale`` is the number that the controller keeps up, or None where that is not known;
    ``unready`` are those of the running pods whose status says that they are not ready.
    """

    workloads: tuple[WorkloadName, ...]
    labels: Labels
    keeper: Keeper
    origin: Origin
    budgets: tuple[DisruptionBudget, ...]
    running: tuple[Pod, ...]
    scale: int | None
    location: Location | None
    unready: tuple[Pod, ...] = ()

    @property
    def namespace(self) -> str:
        """The namespace of its pods."""
        return self.workloads[0].namespace

    @property
    def title(self) -> str:
        """The first workload, and how many more there are."""
        more = len(self.workloads) - 1
        return f"{self.workloads[0]}{f' and {more} more' if more else ''}"

    @property
    def size(self) -> int | None:
        """How many pods it has, or None where that is not known."""
        if self.running:
            return len(self.running)
        return self.scale if self.keeper is Keeper.SCALED else None


def group_pods(bundle: Bundle, pods: Sequence[Pod]) -> tuple[PodGroup, ...]:
    """The pods in groups, in the order of the input.

    ``pods`` are those that were read and those that a scenario models; of the latter only
    those in namespaces of which something was read, as elsewhere nothing is known of budgets.
    """
    grouping = _Grouping(bundle, pods)
    members: dict[tuple[object, ...], list[Pod]] = defaultdict(list)
    for pod in _list_participants(bundle, pods):
        members[grouping.key(pod)].append(pod)
    return tuple(grouping.group(found) for found in members.values())


def _list_participants(bundle: Bundle, pods: Iterable[Pod]) -> Iterator[Pod]:
    """Without modelled pods that stand for every pod of a namespace: they have no label."""
    read = [pod for pod in pods if pod.origin is Origin.READ]
    known = {pod.namespace for pod in read} | {budget.namespace for budget in bundle.budgets}
    for pod in pods:
        is_modelled = pod.origin is not Origin.READ
        if not is_modelled or (pod.labels.pairs and pod.namespace in known):
            yield pod


class _Grouping:
    """What pods have in common."""

    def __init__(self, bundle: Bundle, pods: Sequence[Pod]) -> None:
        templates = (*bundle.templates, *bundle.kept_templates)
        self._templates = {template.workload: template for template in templates}
        self._static = {
            template.location
            for template in templates
            if template.workload.kind == "Pod"
            and template.controller is ControllerKind.UNSCALED
        }
        self._unready = bundle.unready
        self._running = Counter(pod.workload for pod in pods if pod.name)
        self._autoscaled = {
            each.name.namespace for each in bundle.manifests if each.name.kind in AUTOSCALERS
        }
        self._budgets: dict[str, list[DisruptionBudget]] = defaultdict(list)
        for budget in bundle.budgets:
            self._budgets[budget.namespace].append(budget)
        self._selecting: dict[tuple[str, Labels], tuple[DisruptionBudget, ...]] = {}

    def key(self, pod: Pod) -> tuple[object, ...]:
        """Equal for pods of one group."""
        keeper = self._find_keeper(pod)
        is_bare = keeper is Keeper.NONE and pod.name
        own = pod.namespace if is_bare else pod.workload
        return own, keeper, tuple(map(id, self._list_budgets(pod)))

    def group(self, pods: list[Pod]) -> PodGroup:
        """A group of these."""
        first = pods[0]
        keeper = self._find_keeper(first)
        return PodGroup(
            workloads=tuple(dict.fromkeys(pod.workload for pod in pods)),
            labels=first.labels,
            keeper=keeper,
            origin=first.origin,
            budgets=self._list_budgets(first),
            running=tuple(pod for pod in pods if pod.name),
            scale=self._find_scale(first.workload) if keeper is Keeper.SCALED else None,
            location=first.location,
            unready=tuple(pod for pod in pods if self._is_unready(pod)),
        )

    def _find_keeper(self, pod: Pod) -> Keeper:
        """Pods that Helm deploys, which a scenario models, are taken to have a scale."""
        if pod.origin is Origin.MODELLED:
            return Keeper.SCALED
        # The owner of a static pod is its node, which counts as no workload.
        if pod.workload.kind == "Pod" and pod.location in self._static:
            return Keeper.NODE
        keeper = _KEEPERS.get(pod.workload.kind)
        if keeper is None:
            template = self._templates.get(pod.workload)
            has_scale = template and template.controller is ControllerKind.SCALED
            return Keeper.SCALED if has_scale else Keeper.OTHER
        return keeper

    def _is_unready(self, pod: Pod) -> bool:
        return ObjectName("Pod", pod.namespace, pod.name or "") in self._unready

    def _find_scale(self, workload: WorkloadName) -> int | None:
        template, running = self._templates.get(workload), self._running[workload]
        if not running and self._autoscaled & {workload.namespace, ""}:
            return None  # the manifest only has the number to begin with, if any
        if template and template.replicas is not None:
            return template.replicas
        return running or None

    def _list_budgets(self, pod: Pod) -> tuple[DisruptionBudget, ...]:
        key = (pod.namespace, pod.labels)
        if key not in self._selecting:
            self._selecting[key] = tuple(
                budget
                for budget in self._budgets[pod.namespace]
                if budget.selector is not None and budget.selector.may_match(pod.labels)
            )
        return self._selecting[key]


class Budgeted(Struct, frozen=True):
    """A budget and the groups of pods that it selects, whatever else does."""

    budget: DisruptionBudget
    groups: tuple[PodGroup, ...]

    @property
    def titles(self) -> list[str]:
        """The names of the groups."""
        return [group.title for group in self.groups]


def list_budgeted(bundle: Bundle, pods: Sequence[Pod]) -> tuple[Budgeted, ...]:
    """The budgets of the input, in its order, with the groups of these pods."""
    selected: dict[int, list[PodGroup]] = {}
    for group in group_pods(bundle, pods):
        for budget in group.budgets:
            selected.setdefault(id(budget), []).append(group)
    return tuple(
        Budgeted(budget, tuple(selected.get(id(budget), ()))) for budget in bundle.budgets
    )


def list_known_pods(resources: Resources) -> tuple[Pod, ...]:
    """The pods that were read, and those with labels that the scenario models."""
    return tuple(
        pod
        for pod in resources.pods
        if not is_stand_in(pod) and (pod.origin is Origin.READ or pod.labels.pairs)
    )
