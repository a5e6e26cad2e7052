"""What is to be deployed, as far as manifests and scenario tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netsim.checks.interface import BoundDocumentation, Context
from netsim.checks.parties import is_wide
from netsim.engine.order.dependency import Installation, Rollout
from netsim.intent.bind import BoundEndpoint
from netsim.intent.scenario_endpoints import LabelledEndpoint
from netsim.model.endpoint import PodEndpoint
from netsim.model.references import ObjectName, Reference
from netsim.model.resources import Origin, Pod

_CRON_JOB = "CronJob"


@dataclass(frozen=True, slots=True)
class Modelled:
    """An endpoint that the scenario describes and the input has no pods of."""

    declared: LabelledEndpoint
    pod: Pod


def modelled(intent: BoundDocumentation | None) -> tuple[Modelled, ...]:
    """The endpoints whose pods something else than the input brings."""
    found = (_modelled(bound) for bound in (intent.endpoints if intent else ()))
    return tuple(each for each in found if each)


def _modelled(bound: BoundEndpoint) -> Modelled | None:
    declared, endpoint = bound.declared, bound.endpoint
    if not isinstance(declared, LabelledEndpoint) or is_wide(bound):
        return None
    if isinstance(endpoint, PodEndpoint):
        for pod in endpoint.pods:
            own = pod.workload.name == declared.name
            if pod.origin is Origin.MODELLED and own and pod.location == declared.location:
                return Modelled(declared, pod)
    return None


def deployed_elsewhere(context: Context) -> tuple[Modelled, ...]:
    """Those in the scenario's namespace: the others are part of every cluster."""
    if context.intent is None:
        return ()
    home = context.intent.scenario.namespace
    return tuple(each for each in modelled(context.intent) if each.pod.namespace == home)


def rollout(context: Context, chart: str | None) -> Rollout:
    """Everything that dependencies are looked for in; ``chart`` brings what is modelled."""
    found = deployed_elsewhere(context)
    installations: tuple[Installation, ...] = ()
    if chart and found:
        needs = tuple(need for each in found for need in _needs(each.declared))
        pods = tuple(each.pod for each in found)
        installations = (Installation(chart, pods, needs, found[0].declared.location),)
    return Rollout(context.bundle, context.resources, installations, tuple(_templates(context)))


def _needs(declared: LabelledEndpoint) -> Iterator[Reference]:
    if declared.runtime_class:
        name = ObjectName("RuntimeClass", "", declared.runtime_class)
        yield Reference(name, declared.location)


def _templates(context: Context) -> Iterator[tuple[ObjectName, Reference]]:
    """The PodTemplate that the warm pool's CronJob names in its environment."""
    pool = context.intent.scenario.warm_pool if context.intent else None
    if context.intent is None or pool is None:
        return
    namespace = context.intent.scenario.namespace
    owner = ObjectName(_CRON_JOB, namespace, pool.cron_job)
    for template in context.bundle.templates:
        workload = template.workload
        if ObjectName(workload.kind, workload.namespace, workload.name) == owner:
            for container in template.containers:
                variable = container.variable(pool.template)
                if variable and variable.value:
                    target = ObjectName("PodTemplate", namespace, variable.value)
                    yield owner, Reference(target, variable.location)
