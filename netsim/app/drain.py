"""``drain``: what a drain of a node does to the pods, and what stays available."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from msgspec import Struct

from netsim.app.documentation import Discovery, find_scenario, report_foreign
from netsim.app.input import InputRequest, InputResult, answering, count_read
from netsim.app.modelled_input import ModelledInput, add_modelled
from netsim.app.pod_counts import REPLICAS, UNREADY, Counted, Counts
from netsim.drain.drain import Drain, drain_groups
from netsim.drain.placement import Assumptions, Number, NumberSource, parse_pod_count
from netsim.drain.pod_groups import Keeper, PodGroup, group_pods
from netsim.engine.naming.endpoints import hint, near_names
from netsim.errors import RequestError, UnanswerableError
from netsim.intent.diagram.drawing import fold
from netsim.intent.scenario.bundle import WarmPool
from netsim.intent.scenario.scenario import Scenario
from netsim.loader.load import Loaded
from netsim.loader.registry import Scope
from netsim.model.bundle import Bundle
from netsim.model.endpoint import PodEndpoint
from netsim.model.pod_template import Variable
from netsim.model.resources import Origin, WorkloadName
from netsim.words.lists import count_noun

_DECISIVE = ("Pod", "PodDisruptionBudget")
"""Kinds without which a drain cannot be foreseen."""


class DrainRequest(InputRequest, frozen=True, kw_only=True):
    """What to drain; ``node`` None is one that holds every pod.

    ``replicas`` and ``unready`` are numbers of pods as ``name=number``.  ``scenario`` None is
    the one file in ``scenarios/``, if there is one.
    """

    replicas: tuple[str, ...] = ()
    unready: tuple[str, ...] = ()
    node: str | None = None
    scenario: str | None = None
    discovery: Discovery = Discovery.NEAR


class DrainResult(InputResult, frozen=True, kw_only=True):
    """A drain, the node if one was named, and how many budgets were read.

    ``elsewhere`` are the names of pods that take no part, as nothing is known of their
    namespace.
    """

    drain: Drain
    node: str | None
    budgets: int
    elsewhere: tuple[str, ...] = ()


def drain(request: DrainRequest) -> DrainResult:
    """Drains a node in the worst order that can happen.

    Raises :class:`RequestError` for numbers and nodes that do not fit the input, and
    :class:`UnanswerableError` for a scenario that cannot be used.
    """
    scenario = find_scenario(request.scenario, request.paths, request.discovery)
    loaded = request.load(scenario, Scope.BUNDLE)
    lacking = [kind for kind in loaded.inventory.unread if kind in _DECISIVE]
    if lacking:
        message = f"the input lacks {' and '.join(lacking)}: what a drain does is unknown"
        raise UnanswerableError(message, loaded.diagnostics)
    with answering(loaded):
        pods = _Pods.of(loaded, scenario)
        assumptions = pods.assume(request)
    return DrainResult(
        (
            *report_foreign(request.scenario, request.paths, request.discovery),
            *loaded.diagnostics,
        ),
        count_read(loaded),
        drain=drain_groups(pods.groups, assumptions),
        node=request.node,
        budgets=len(pods.bundle.budgets),
        elsewhere=pods.elsewhere,
    )


class _Pods(Struct, frozen=True):
    """What is drained; ``elsewhere`` are names of the scenario that take no part."""

    bundle: Bundle
    world: ModelledInput
    groups: tuple[PodGroup, ...]
    elsewhere: tuple[str, ...]
    warm_pool: WarmPool | None

    @classmethod
    def of(cls, loaded: Loaded, scenario: Scenario | None) -> Self:
        """The pods of the input, and those of the scenario that the input lacks."""
        bundle = loaded.bundle or Bundle()
        world = add_modelled(loaded.resources, scenario)
        groups = group_pods(bundle, world.resources.pods)
        present = {group.namespace for group in groups}
        elsewhere = tuple(
            pod.workload.name
            for pod in world.resources.pods
            if pod.origin is Origin.MODELLED and pod.namespace not in present
        )
        return cls(bundle, world, groups, elsewhere, scenario.warm_pool if scenario else None)

    def assume(self, request: DrainRequest) -> Assumptions:
        """What the request and the warm pool say of the pods.  Raises ``RequestError``."""
        self._check_node(request.node)
        counts = Counts(self.groups, self.world.named)
        numbers = dict(self._of_warm_pool())
        for each in counts.read(REPLICAS, request.replicas):
            numbers[each.group.workloads[0]] = Number(each.number, NumberSource.OPTION)
        unready = counts.read(UNREADY, request.unready)
        for each in unready:
            _check_unready(each, numbers)
        idle = {each.group.workloads[0]: each.number for each in unready}
        return Assumptions(numbers, idle, request.node)

    def _check_node(self, name: str | None) -> None:
        resources = self.world.resources
        nodes = {pod.node for pod in resources.pods if pod.name and pod.node}
        nodes |= {node.name for node in resources.nodes}
        if name is None or name in nodes:
            return
        if not nodes:
            message = f"the input places no pod on a node, so {name!r} is unknown"
            raise RequestError(message, "node")
        near = hint(near_names(name, sorted(nodes)))
        raise RequestError(f"no node {name!r} in the input{near}", "node")

    def _of_warm_pool(self) -> Iterator[tuple[WorkloadName, Number]]:
        """The bare pods that a CronJob keeps ready, as many as its variable says."""
        if self.warm_pool is None or self.warm_pool.deployment:
            return
        size = self._pool_size(self.warm_pool)
        endpoint = self.world.named.get(fold(self.warm_pool.endpoint))
        count = parse_pod_count(size.value) if size and size.value else None
        if size is None or count is None or not isinstance(endpoint, PodEndpoint):
            return
        own = {pod.workload for pod in endpoint.pods}
        for group in self.groups:
            if group.keeper is Keeper.NONE and not group.running and own & {*group.workloads}:
                number = Number(count, NumberSource.WARM_POOL, size.location)
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
    if total is None:
        message = f"unknown how many pods {each.group.title} has: also give --replicas"
        raise RequestError(message, UNREADY)
    if each.number > total:
        pods = count_noun(total, "pod")
        message = f"{each.group.title} has {pods}, so {each.number} cannot be unready"
        raise RequestError(message, UNREADY)
