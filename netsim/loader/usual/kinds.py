"""The kinds that a cluster has many of, and what reads their usual objects."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from msgspec import DecodeError, Raw, ValidationError, convert
from msgspec.json import Decoder

from netsim.loader.catalogue import Known
from netsim.loader.usual.item import Item
from netsim.loader.usual.metadata import UnusualError

Read = Callable[[Any, Item, str], Known]
_APPS = "apps/v1"


class UsualKind:
    """A kind, by the shape of its objects."""

    def __init__(self, shape: Any, read: Read) -> None:
        self._shape = shape
        self._decoder = Decoder(shape)
        self._read = read

    def read(self, item: Item, default_namespace: str) -> Known | None:
        """What an object means; None where there is more to it than a usual one has."""
        value = item.value
        try:
            shape = (
                self._decoder.decode(value)
                if isinstance(value, Raw)
                else convert(value, self._shape)
            )
            return self._read(shape, item, default_namespace)
        except (DecodeError, ValidationError, UnusualError, ValueError):
            return None


KINDS = frozenset(
    (
        ("v1", "Namespace"),
        ("v1", "Node"),
        ("v1", "Service"),
        ("v1", "Pod"),
        (_APPS, "Deployment"),
        (_APPS, "ReplicaSet"),
        (_APPS, "DaemonSet"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
    )
)
"""By ``apiVersion`` and kind, each of which is the first of its name in the registry."""


def get_kind(api_version: str, kind: str) -> UsualKind | None:
    """What reads a kind; None for one of which there are few."""
    return _build_kind(kind) if (api_version, kind) in KINDS else None


@cache
def _build_kind(kind: str) -> UsualKind:
    # None of them is needed where an input has no such object.
    from netsim.loader.usual import cluster_objects, policies, services, workloads

    match kind:
        case "Namespace":
            return UsualKind(cluster_objects.NamespaceShape, cluster_objects.read_namespace)
        case "Node":
            return UsualKind(cluster_objects.NodeShape, cluster_objects.read_node)
        case "Service":
            return UsualKind(services.ServiceShape, services.read_service)
        case "NetworkPolicy":
            return UsualKind(policies.PolicyShape, policies.read_policy)
        case "Pod":
            return UsualKind(workloads.PodShape, workloads.read_pod)
    return UsualKind(workloads.WorkloadShape, partial(workloads.read_workload, kind))
