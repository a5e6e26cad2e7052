"""Whom a workload serves, as far as the input says.

``shop/web[Deployment]`` serves clients outside the cluster where a LoadBalancer leads to it.
Who serves nobody may still connect to anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from netsim.model.resources import Pod, Resources, WorkloadName


class Serving(Enum):
    """Who the clients of a workload are."""

    NOBODY = "nobody: it declares no port, and no Service leads to it"
    CLUSTER = "pods of the cluster"
    OUTSIDE = "clients outside the cluster, too"


_SHORT_LIVED = frozenset(("CronJob", "Job"))
"""Kinds whose ports count for nothing: their pods are gone before anyone would connect."""


def judge_serving(resources: Resources, pods: Iterable[Pod]) -> dict[WorkloadName, Serving]:
    """Whom the workloads of some pods serve, in the order of the pods.

    A pod that serves both pods and clients outside serves those outside, too.
    """
    from netsim.engine.naming.services import Services

    found: dict[WorkloadName, Serving] = {}
    for pod in pods:
        is_server = pod.ports and pod.workload.kind not in _SHORT_LIVED
        found.setdefault(pod.workload, Serving.CLUSTER if is_server else Serving.NOBODY)
    services = Services(resources)
    for service in resources.services:
        clients = Serving.OUTSIDE if service.is_open_outside else Serving.CLUSTER
        for pod in services.pods(service):
            if pod.workload in found and found[pod.workload] is not Serving.OUTSIDE:
                found[pod.workload] = clients
    return found
