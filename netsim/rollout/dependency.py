"""That one object should be in the cluster before another, and why."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from netsim.model.bundle import Bundle, Manifest
from netsim.model.location import Location
from netsim.model.references import ObjectName, Reference
from netsim.model.resources import Pod, Resources


class Strength(Enum):
    """What a wrong order costs."""

    REQUIRED = "required"
    """The object is refused, or does not work until the other exists."""

    PROTECTS = "protects"
    """Pods run without a policy that selects them."""

    ADVISED = "advised"
    """Nothing fails, yet the other way round is better."""


class Retry(Enum):
    """Whether the object works by itself once the other exists."""

    NEVER = "never"
    """It is refused, and has to be applied again."""

    ALWAYS = "always"
    """Kubernetes accepts it, and tries again until it works."""


class Reason(Enum):
    """Why an object should come after another; the value says what happens else."""

    NAMESPACE = "the API server refuses objects of a namespace that does not exist"
    DEFINITION = "kubectl refuses a kind that the cluster does not know yet"
    ADMISSION = "the API server refuses the pod before it exists"
    CREATION = "no pod can be created before it exists"
    START = "no pod can start before it exists"
    TEMPLATE = "pods are made from it"
    ROLE = "the binding grants nothing before it exists"
    STORE = "no secret can be fetched before it exists"
    PROTECTION = "until then the pods run without their policies"
    OPTIONAL = "pods that start earlier do without"
    BUDGET = "before, a budget has nothing to count"
    DENIAL = "until then it closes what they open"

    @property
    def strength(self) -> Strength:
        """What it costs to disregard it."""
        if self is Reason.PROTECTION:
            return Strength.PROTECTS
        return Strength.ADVISED if self in _ADVISED else Strength.REQUIRED

    @property
    def retry(self) -> Retry:
        """What happens to an object that comes too early.

        Admission rejects a Pod without its ServiceAccount, RuntimeClass or PriorityClass;
        a controller that creates pods tries again, as the kubelet does for Secrets,
        ConfigMaps and volumes.
        """
        return Retry.NEVER if self in _REFUSED else Retry.ALWAYS


_REFUSED = frozenset((Reason.NAMESPACE, Reason.DEFINITION, Reason.ADMISSION))
_ADVISED = frozenset((Reason.OPTIONAL, Reason.BUDGET, Reason.DENIAL))


class Item(Struct, frozen=True):
    """An object, or pods that come by other means.

    ``unit`` is what they come with: the file, or the title of the installation.
    """

    unit: str
    title: str
    location: Location

    @classmethod
    def of(cls, manifest: Manifest) -> Item:
        """An object of a file."""
        return cls(manifest.location.file, str(manifest.name), manifest.location)


class Dependency(Struct, frozen=True):
    """``dependent`` comes after ``on``; ``location`` is where the manifests say so."""

    dependent: Item
    on: Item
    reason: Reason
    location: Location


class Installation(Struct, frozen=True):
    """Pods that come by other means than a file, such as a chart.

    ``needs`` are the objects that they refer to, as far as that is known.
    """

    title: str
    pods: tuple[Pod, ...]
    needs: tuple[Reference, ...]
    location: Location

    def item(self, pod: Pod) -> Item:
        """One of its pods."""
        return Item(self.title, pod.workload.name, pod.location or self.location)


class Preparation(Struct, frozen=True):
    """Namespaces, and the kinds of API groups, that come by other means than a file."""

    title: str
    location: Location
    namespaces: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    @property
    def item(self) -> Item:
        """What comes after it names this."""
        return Item(self.title, self.title, self.location)


class Rollout(Struct, frozen=True):
    """Everything that is to come into a cluster.

    ``templates`` are references to PodTemplates that no field of Kubernetes makes, each with
    the object that has it.
    """

    bundle: Bundle
    resources: Resources
    installations: tuple[Installation, ...] = ()
    templates: tuple[tuple[ObjectName, Reference], ...] = ()
    preparations: tuple[Preparation, ...] = ()
