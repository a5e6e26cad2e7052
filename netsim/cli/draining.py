"""From the input and the options of ``netsim drain`` to what the engine drains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Self

import typer
from msgspec import Struct

from netsim.cli.modelled import Modelled, modelled
from netsim.drain.placement import Assumptions, Number, Source, pod_count
from netsim.drain.pod_counts import REPLICAS, UNREADY, Counted, Counts
from netsim.drain.pod_groups import Keeper, PodGroup, pod_groups
from netsim.engine.naming.endpoints import hint, near_names
from netsim.intent.diagram.drawing import folded
from netsim.intent.scenario.bundle import WarmPool
from netsim.intent.scenario.scenario import Scenario
from netsim.loader.load import Loaded
from netsim.model.bundle import Bundle
from netsim.model.endpoint import PodEndpoint
from netsim.model.pod_template import Variable
from netsim.model.resources import Origin, WorkloadName

NODE = "'--node'"


class Given(Struct, frozen=True):
    """The options as they were written."""

    replicas: Sequence[str]
    unready: Sequence[str]
    node: str | None


class Subject(Struct, frozen=True):
    """What is drained; ``elsewhere`` are names of the scenario that take no part."""

    bundle: Bundle
    world: Modelled
    groups: tuple[PodGroup, ...]
    elsewhere: tuple[str, ...]
    warm_pool: WarmPool | None

    @classmethod
    def of(cls, loaded: Loaded, scenario: Scenario | None) -> Self:
        """The pods of the input, and those of the scenario that the input lacks."""
        bundle = loaded.bundle or Bundle()
        world = modelled(loaded.resources, scenario)
        groups = pod_groups(bundle, world.resources.pods)
        present = {group.namespace for group in groups}
        elsewhere = tuple(
            pod.workload.name
            for pod in world.resources.pods
            if pod.origin is Origin.MODELLED and pod.namespace not in present
        )
        return cls(bundle, world, groups, elsewhere, scenario.warm_pool if scenario else None)

    def assumptions(self, given: Given) -> Assumptions:
        """What the options and the warm pool say of the pods.

        Raises ``typer.BadParameter``.
        """
        self._check_node(given.node)
        counts = Counts(self.groups, self.world.named)
        numbers = dict(self._of_warm_pool())
        for each in counts.read(REPLICAS, given.replicas):
            numbers[each.group.workloads[0]] = Number(each.number, Source.OPTION)
        unready = counts.read(UNREADY, given.unready)
        for each in unready:
            _check_unready(each, numbers)
        idle = {each.group.workloads[0]: each.number for each in unready}
        return Assumptions(numbers, idle, given.node)

    def _check_node(self, name: str | None) -> None:
        resources = self.world.resources
        nodes = {pod.node for pod in resources.pods if pod.name and pod.node}
        nodes |= {node.name for node in resources.nodes}
        if name is None or name in nodes:
            return
        if not nodes:
            message = f"the input places no pod on a node, so nothing is known of {name!r}"
            raise typer.BadParameter(message, param_hint=NODE)
        near = hint(near_names(name, sorted(nodes)))
        raise typer.BadParameter(f"no node {name!r} in the input{near}", param_hint=NODE)

    def _of_warm_pool(self) -> Iterator[tuple[WorkloadName, Number]]:
        """The bare pods that a CronJob keeps ready, as many as its variable says."""
        if self.warm_pool is None:
            return
        size = self._pool_size(self.warm_pool)
        endpoint = self.world.named.get(folded(self.warm_pool.endpoint))
        count = pod_count(size.value) if size and size.value else None
        if size is None or count is None or not isinstance(endpoint, PodEndpoint):
            return
        own = {pod.workload for pod in endpoint.pods}
        for group in self.groups:
            if group.keeper is Keeper.NONE and not group.running and own & {*group.workloads}:
                number = Number(count, Source.WARM_POOL, size.location)
                yield group.workloads[0], number

    def _pool_size(self, pool: WarmPool) -> Variable | None:
        """The variable of the CronJob."""
        for template in self.bundle.templates:
            if (template.workload.kind, template.workload.name) != ("CronJob", pool.cron_job):
                continue
            for container in template.containers:
                found = container.variable(pool.size)
                if found and found.value:
                    return found
        return None


def _check_unready(each: Counted, numbers: dict[WorkloadName, Number]) -> None:
    own = numbers.get(each.group.workloads[0])
    total = own.pods if own and not each.group.running else each.group.size
    hint_at = f"'{UNREADY}'"
    if total is None:
        message = f"how many pods {each.group.title} has is not known: give {REPLICAS}, too"
        raise typer.BadParameter(message, param_hint=hint_at)
    if each.number > total:
        message = f"{each.group.title} has {total} pods, so not {each.number} unready ones"
        raise typer.BadParameter(message, param_hint=hint_at)
