"""The kinds that a cluster has many of, and what reads their usual objects."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from msgspec import DecodeError, Raw, Struct, ValidationError, convert
from msgspec.json import Decoder

from netsim.loader.catalogue import Known
from netsim.loader.objects import validation
from netsim.loader.usual.item import Item
from netsim.loader.usual.metadata import MetadataShape, UnusualError, read_labels, require
from netsim.model.labels import Labels
from netsim.model.resources import NAME_LABEL, Namespace, Origin

Read = Callable[[Any, Item, str], Known]
_APPS = "apps/v1"


class NamespaceShape(Struct):
    """What is read of a Namespace."""

    metadata: MetadataShape


def _read_namespace(shape: NamespaceShape, item: Item, default_namespace: str) -> Namespace:  # noqa: ARG001
    metadata = shape.metadata
    require(validation.dns_label(metadata.name))
    written = read_labels(metadata.labels, metadata.annotations)
    require(validation.dns_label(metadata.namespace) if metadata.namespace else None)
    labels = Labels.of({**dict(written.pairs), NAME_LABEL: metadata.name})
    return Namespace(metadata.name, labels, Origin.READ, item.locate("metadata.name"))


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
        ("v1", "Pod"),
        (_APPS, "Deployment"),
        (_APPS, "ReplicaSet"),
        (_APPS, "DaemonSet"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
    )
)
"""By ``apiVersion`` and kind; each is registered under its name alone, too."""


@cache
def get_kind(api_version: str, kind: str) -> UsualKind | None:
    """What reads a kind; None for one of which there are few."""
    if (api_version, kind) not in KINDS:
        return None
    if kind == "Namespace":
        return UsualKind(NamespaceShape, _read_namespace)
    if kind == "NetworkPolicy":
        from netsim.loader.usual.policies import PolicyShape, read_policy

        return UsualKind(PolicyShape, read_policy)
    from netsim.loader.usual.workloads import PodShape, WorkloadShape, read_pod, read_workload

    if kind == "Pod":
        return UsualKind(PodShape, read_pod)
    return UsualKind(WorkloadShape, partial(read_workload, kind))
