"""What is to be deployed, as far as manifests and scenario tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from netsim.intent.scenario.bind import BoundEndpoint
from netsim.intent.scenario.endpoints import LabelledEndpoint
from netsim.judge.case import BoundDocumentation, Case
from netsim.judge.parties import is_wide
from netsim.model.endpoint import PodEndpoint
from netsim.model.references import ObjectName, Reference
from netsim.model.resources import Origin, Pod
from netsim.rollout.dependency import Installation, Rollout
from netsim.rollout.plan import PlannedStep
from netsim.rollout.preparations import preparations

_CRON_JOB = "CronJob"


class Modelled(Struct, frozen=True):
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


def deployed_elsewhere(case: Case) -> tuple[Modelled, ...]:
    """Those in the scenario's namespace: the others are part of every cluster."""
    if case.intent is None:
        return ()
    home = case.intent.scenario.namespace
    return tuple(each for each in modelled(case.intent) if each.pod.namespace == home)


def rollout(case: Case, chart: str | None, steps: Iterable[PlannedStep] = ()) -> Rollout:
    """Everything that dependencies are looked for in; ``chart`` brings what is modelled.

    ``steps`` are those that may bring namespaces or kinds.
    """
    found = deployed_elsewhere(case)
    installations: tuple[Installation, ...] = ()
    if chart and found:
        needs = tuple(need for each in found for need in _needs(each.declared))
        pods = tuple(each.pod for each in found)
        installations = (Installation(chart, pods, needs, found[0].declared.location),)
    home = case.intent.scenario.namespace if case.intent else ""
    return Rollout(
        case.bundle,
        case.resources,
        installations,
        tuple(_templates(case)),
        preparations(steps, case.bundle, home),
    )


def _needs(declared: LabelledEndpoint) -> Iterator[Reference]:
    if declared.runtime_class:
        name = ObjectName("RuntimeClass", "", declared.runtime_class)
        yield Reference(name, declared.location)


def _templates(case: Case) -> Iterator[tuple[ObjectName, Reference]]:
    """The PodTemplate that the warm pool's CronJob names in its environment."""
    pool = case.intent.scenario.warm_pool if case.intent else None
    if case.intent is None or pool is None:
        return
    namespace = case.intent.scenario.namespace
    owner = ObjectName(_CRON_JOB, namespace, pool.cron_job)
    for template in case.bundle.templates:
        workload = template.workload
        if ObjectName(workload.kind, workload.namespace, workload.name) == owner:
            for container in template.containers:
                variable = container.variable(pool.template)
                if variable and variable.value:
                    target = ObjectName("PodTemplate", namespace, variable.value)
                    yield owner, Reference(target, variable.location)
