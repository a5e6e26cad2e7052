"""Pods that nobody has written yet: what protects only them is of use all the same."""

from __future__ import annotations

from msgspec.structs import replace

from netsim.model.labels import Labels
from netsim.model.resources import Origin, Pod, Resources, WorkloadName

ELSEWHERE = "another namespace"


def with_strangers(resources: Resources) -> Resources:
    """The resources with a pod without labels in each namespace, and in one of no name."""
    spaces = {space.name: None for space in resources.namespaces}
    spaces |= {pod.namespace: None for pod in resources.pods}
    spaces |= {policy.namespace: None for policy in resources.policies if policy.namespace}
    strangers = tuple(_stranger(name) for name in (*spaces, ELSEWHERE))
    return replace(resources, pods=(*resources.pods, *strangers))


def _stranger(namespace: str) -> Pod:
    name = WorkloadName(namespace, "any other pod", "Any")
    return Pod(name, Labels(), origin=Origin.MODELLED)
