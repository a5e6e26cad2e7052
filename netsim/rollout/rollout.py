"""The rollout: what is to be deployed, by files, by other means, and by steps without files.

A step ``Helm chart`` brings the pods that the scenario models and the input lacks, a step
``External Secrets Operator`` the kinds of ``external-secrets.io``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from msgspec import Struct

from netsim.bundle.warm_pool import find_pool_job
from netsim.intent.scenario.bind import BoundEndpoint
from netsim.intent.scenario.endpoints import LabelledEndpoint
from netsim.judge.case import Case
from netsim.judge.parties import is_wide
from netsim.model.bundle import Bundle, Manifest
from netsim.model.endpoint import PodEndpoint
from netsim.model.location import Location
from netsim.model.references import ObjectName, Reference
from netsim.model.resources import Origin, Pod
from netsim.rollout.dependency import Installation, Preparation, Rollout
from netsim.rollout.plan import Kind, PlannedStep

_NAMESPACE = re.compile(r"(?:create (?:the )?)?namespaces?(?: (\S+))?", re.IGNORECASE)
_DEFINING = frozenset(
    ("operator", "controller", "manager", "chart", "crd", "crds", "definition", "definitions")
)
_WORD = re.compile(r"[a-z0-9]+")


class ModelledPod(Struct, frozen=True):
    """An endpoint that the scenario describes and the input has no pods of, with its pod."""

    declared: LabelledEndpoint
    pod: Pod


def make_rollout(case: Case, chart: str | None, steps: Iterable[PlannedStep] = ()) -> Rollout:
    """Everything that dependencies are searched in; ``chart`` brings what is modelled.

    ``steps`` are those that may bring namespaces or kinds.
    """
    modelled = list_deployed_elsewhere(case)
    installations: tuple[Installation, ...] = ()
    if chart and modelled:
        needs = tuple(need for each in modelled for need in _list_needs(each.declared))
        pods = tuple(each.pod for each in modelled)
        installations = (Installation(chart, pods, needs, modelled[0].declared.location),)
    return Rollout(
        case.bundle,
        case.resources,
        installations,
        tuple(_find_pool_templates(case)),
        tuple(each for step in steps for each in _prepare(step, case.bundle, case.namespaces)),
    )


def list_modelled(endpoints: Iterable[BoundEndpoint]) -> tuple[ModelledPod, ...]:
    """The endpoints whose pods something else than the input brings."""
    return tuple(each for bound in endpoints if (each := _find_modelled(bound)))


def _find_modelled(bound: BoundEndpoint) -> ModelledPod | None:
    declared, endpoint = bound.declared, bound.endpoint
    if not isinstance(declared, LabelledEndpoint) or is_wide(bound):
        return None
    if isinstance(endpoint, PodEndpoint):
        for pod in endpoint.pods:
            own = pod.workload.name == declared.name
            if pod.origin is Origin.MODELLED and own and pod.location == declared.location:
                return ModelledPod(declared, pod)
    return None


def list_deployed_elsewhere(case: Case) -> tuple[ModelledPod, ...]:
    """The modelled pods of the scenario's namespaces: others are part of every cluster."""
    modelled = list_modelled(case.endpoints)
    return tuple(each for each in modelled if each.pod.namespace in case.namespaces)


def _list_needs(declared: LabelledEndpoint) -> Iterator[Reference]:
    if declared.runtime_class:
        name = ObjectName("RuntimeClass", "", declared.runtime_class)
        yield Reference(name, declared.location)


def _find_pool_templates(case: Case) -> Iterator[tuple[ObjectName, Reference]]:
    """The PodTemplate that the warm pool's CronJob names in its environment."""
    job = find_pool_job(case.scenario, case.bundle)
    for variable in job.variables(job.pool.template) if job else ():
        if job and variable.value:
            target = ObjectName("PodTemplate", job.name.namespace, variable.value)
            yield job.name, Reference(target, variable.location)


def _prepare(
    step: PlannedStep, bundle: Bundle, homes: Collection[str]
) -> Iterator[Preparation]:
    """What a step without files brings, as far as its title says so.

    ``Namespace`` brings the scenario's namespaces ``homes``, ``Namespace shop`` that one.  An
    operator brings the kinds of the API group whose name is in its title, as External Secrets
    Operator does for ``external-secrets.io``.
    """
    if step.kind is not Kind.INSTALLED:
        return
    unit, place = step.units[0], step.location or Location("input", 0)
    namespaces = {each.name.namespace for each in bundle.manifests}
    found = _NAMESPACE.fullmatch(step.title)
    wanted = {found[1]} if found and found[1] else set(homes if found else ())
    groups = frozenset(
        group for group in _list_groups(bundle.manifests) if _brings(step, group)
    )
    brought = frozenset(wanted & namespaces - {""})
    if brought or groups:
        yield Preparation(unit, place, brought, groups)


def _list_groups(manifests: Iterable[Manifest]) -> set[str]:
    """The API groups that Kubernetes has not itself; its own end in k8s.io or have no dot."""
    found = {each.api_group for each in manifests}
    return {group for group in found if "." in group and not group.endswith(".k8s.io")}


def _brings(step: PlannedStep, group: str) -> bool:
    words = set(_WORD.findall(step.title.casefold()))
    named = set(_WORD.findall(group.partition(".")[0]))
    return named <= words and not _DEFINING.isdisjoint(words)
