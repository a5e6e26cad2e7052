"""Pods that the input does not have but a cluster may: those the documentation is silent about.

The documented world is closed, so "everything else is denied" speaks of pods nobody has
written yet.  One pod without labels stands for them in each namespace the documentation
names, and one in a namespace that nothing names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from netsim.model.endpoint import PodEndpoint
from netsim.model.labels import Labels
from netsim.model.resources import (
    NAME_LABEL,
    Namespace,
    Origin,
    Pod,
    Resources,
    WorkloadName,
)

ANY = "Any"
ELSEWHERE = "another-namespace"


def populated(
    resources: Resources, modelled: Iterable[PodEndpoint], governed: str
) -> Resources:
    """The resources with the scenario's modelled pods and the representatives added."""
    extra = [
        pod for endpoint in modelled for pod in endpoint.pods if pod.origin is Origin.MODELLED
    ]
    named = {governed} | {pod.namespace for pod in extra}
    named |= {space.name for space in resources.namespaces}
    spaces = [resources.namespace(name) for name in sorted(named)]
    stranger = Namespace(ELSEWHERE, Labels.of({NAME_LABEL: ELSEWHERE}), Origin.MODELLED)
    everyone = [representative(name) for name in [*sorted(named), ELSEWHERE]]
    return replace(
        resources,
        namespaces=(*spaces, stranger),
        pods=(*resources.pods, *extra, *everyone),
    )


def representative(namespace: str) -> Pod:
    """A pod without labels that stands for all that is not written down."""
    name = WorkloadName(namespace, "any other pod", ANY)
    return Pod(name, Labels(), origin=Origin.MODELLED)


def is_representative(pod: Pod) -> bool:
    """Whether a pod stands for those that nobody has written."""
    return pod.origin is Origin.MODELLED and pod.workload.kind == ANY


def title(pod: Pod) -> str:
    """What people call a pod that the scenario does not name."""
    if not is_representative(pod):
        return str(pod.workload)
    if pod.namespace == ELSEWHERE:
        return "any pod in another namespace"
    return f"any other pod in {pod.namespace}"
