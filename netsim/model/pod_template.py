"""What a manifest says of the pods it makes, apart from their place in the network."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from netsim.model.labels import Labels
from netsim.model.location import Location
from netsim.model.references import ObjectName, Reference
from netsim.model.resources import WorkloadName
from netsim.model.runtime_class import Toleration

AUTOSCALERS = frozenset(("HorizontalPodAutoscaler", "ScaledObject"))
"""Kinds that set the replicas of a template while it runs; the second is of KEDA."""


class Variable(Struct, frozen=True):
    """An environment variable; ``value`` is None where it comes from another object."""

    name: str
    value: str | None
    location: Location

    def __repr__(self) -> str:
        """Without the value, which may be a password."""
        return f"Variable(name={self.name!r}, location={self.location!r})"


class Container(Struct, frozen=True):
    """A container, also an init container.

    ``mounts`` are the names of its volumes with the path each is at.
    """

    name: str
    image: str
    image_location: Location
    command: tuple[str, ...]
    variables: tuple[Variable, ...]
    mounts: tuple[tuple[str, str], ...]
    location: Location

    def variable(self, name: str) -> Variable | None:
        """The environment variable of this name; the last one counts, as for the kubelet."""
        found = [variable for variable in self.variables if variable.name == name]
        return found[-1] if found else None


class Volume(Struct, frozen=True):
    """A volume and the ConfigMap or Secret it shows, if it is one of these."""

    name: str
    source: ObjectName | None


class ControllerKind(Enum):
    """What keeps up the number of pods, by the kind of the object that holds the template."""

    SCALED = "scaled"
    """Deployment, ReplicaSet, StatefulSet, ReplicationController, or a kind of another project
    that says how many: has a scale."""

    UNSCALED = "unscaled"
    """DaemonSet, Job, CronJob: a controller whose scale a budget cannot read."""

    NONE = "none"
    """A Pod, or a PodTemplate of which others make bare pods."""


class PodTemplate(Struct, frozen=True):
    """The pods of a workload.

    ``replicas`` is None where the manifest has no number.  ``runtime_class`` refers to the
    RuntimeClass, ``references`` to all objects that the pods need, that one among them.
    """

    workload: WorkloadName
    labels: Labels
    controller: ControllerKind
    replicas: int | None
    runtime_class: Reference | None
    node_selector: Labels
    node_selector_location: Location
    tolerations: tuple[Toleration, ...]
    service_account: ObjectName
    containers: tuple[Container, ...]
    volumes: tuple[Volume, ...]
    references: tuple[Reference, ...]
    location: Location
    spec_location: Location
    node: str | None = None

    @property
    def namespace(self) -> str:
        """The namespace of its workload."""
        return self.workload.namespace


class Concurrency(Enum):
    """What a CronJob does when the last run has not ended (``concurrencyPolicy``)."""

    ALLOW = "Allow"
    FORBID = "Forbid"
    REPLACE = "Replace"


class CronJob(Struct, frozen=True):
    """A CronJob; its pods are the PodTemplate of the same workload name."""

    workload: WorkloadName
    schedule: str
    schedule_location: Location
    time_zone: str | None
    concurrency: Concurrency
    location: Location
