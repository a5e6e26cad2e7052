"""The objects of a cluster that decide who can reach whom."""

from __future__ import annotations

from enum import Enum
from typing import Self

from msgspec import Struct

from netsim.model.addresses import AddressSet
from netsim.model.labels import Labels, Selector
from netsim.model.location import Location
from netsim.model.other_systems import UnevaluatedPolicy
from netsim.model.policies import Policy, Tier
from netsim.model.ports import Protocol

NAME_LABEL = "kubernetes.io/metadata.name"


class Origin(Enum):
    """Whether an object was read, or is supplied because something refers to it."""

    READ = "read"
    IMPLIED = "implied"
    MODELLED = "modelled"


class Namespace(Struct, frozen=True):
    """A namespace; ``labels`` always holds ``kubernetes.io/metadata.name``."""

    name: str
    labels: Labels
    origin: Origin
    location: Location | None = None

    @classmethod
    def implied(cls, name: str) -> Self:
        """A namespace that the input uses but does not hold: it has its name label only."""
        return cls(name, Labels.of({NAME_LABEL: name}), Origin.IMPLIED)


class WorkloadName(Struct, frozen=True, order=True):
    """What people call the pods of one template; printed as ``namespace/name[Kind]``."""

    namespace: str
    name: str
    kind: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}[{self.kind}]"


class ContainerPort(Struct, frozen=True):
    """A port that a container declares; the name may be missing."""

    number: int
    protocol: Protocol
    name: str | None = None


class PodNetwork(Enum):
    """Whose network a pod uses."""

    POD = "pod"
    HOST = "host"


class Pod(Struct, frozen=True):
    """A running pod, or the pods that a template makes.

    ``name`` is None for a template.  ``addresses`` is None while the pod has no known
    address.  ``ports`` are in the order in which a name is looked up.  Where it runs: ``node``
    is a name, ``host_addresses`` are those of the node as the pod's status has them, and
    ``node_selector`` are labels that the node must have.
    """

    workload: WorkloadName
    labels: Labels
    ports: tuple[ContainerPort, ...] = ()
    name: str | None = None
    addresses: AddressSet | None = None
    network: PodNetwork = PodNetwork.POD
    node: str | None = None
    origin: Origin = Origin.READ
    location: Location | None = None
    host_addresses: AddressSet | None = None
    node_selector: Labels = Labels()

    @property
    def namespace(self) -> str:
        """The namespace of its workload."""
        return self.workload.namespace

    @property
    def title(self) -> str:
        """``namespace/pod`` for a running pod, else the workload."""
        return f"{self.namespace}/{self.name}" if self.name else str(self.workload)

    def port_named(self, name: str, protocol: Protocol) -> int | None:
        """The number a named port stands for on this pod, or None.

        Name and protocol must both match; the first declaration wins.
        """
        for port in self.ports:
            if port.name == name and port.protocol is protocol:
                return port.number
        return None


class Node(Struct, frozen=True):
    """A node, with its addresses and the pod ranges it hands out.

    ``host_addresses`` are those that pods on its network have, at most one of each family.
    """

    name: str
    labels: Labels
    addresses: AddressSet
    pod_ranges: AddressSet
    location: Location | None = None
    host_addresses: AddressSet = AddressSet()


class ServicePort(Struct, frozen=True):
    """A port of a Service; ``target`` is a number or the name of a container port."""

    number: int
    protocol: Protocol
    target: int | str
    name: str | None = None


class Service(Struct, frozen=True):
    """A Service; ``selector`` is None where endpoints are managed by hand."""

    namespace: str
    name: str
    selector: Selector | None
    ports: tuple[ServicePort, ...]
    location: Location | None = None

    @property
    def title(self) -> str:
        """``Service namespace/name``."""
        return f"Service {self.namespace}/{self.name}"


class Backend(Struct, frozen=True):
    """A Service that an entry sends connections to.

    ``port`` is the number or the name of a port of the Service; None means all of them.
    """

    namespace: str
    service: str
    port: int | str | None
    location: Location


class Entry(Struct, frozen=True):
    """A way in from outside the cluster: an Ingress, a Route or a route of the Gateway API."""

    kind: str
    namespace: str
    name: str
    backends: tuple[Backend, ...]
    location: Location

    @property
    def title(self) -> str:
        """``Kind namespace/name``."""
        return f"{self.kind} {self.namespace}/{self.name}"


class Resources(Struct, frozen=True):
    """Everything that was read and counts, in the order of the input.

    Of ``policies`` NetworkPolicies come first, then those of the ordered tiers.
    ``unevaluated`` are policies of other systems: verdicts that they may change are unknown.
    """

    namespaces: tuple[Namespace, ...] = ()
    pods: tuple[Pod, ...] = ()
    nodes: tuple[Node, ...] = ()
    services: tuple[Service, ...] = ()
    policies: tuple[Policy, ...] = ()
    entries: tuple[Entry, ...] = ()
    unevaluated: tuple[UnevaluatedPolicy, ...] = ()

    def policies_of(self, tier: Tier) -> tuple[Policy, ...]:
        """The policies of one tier; O(number of policies)."""
        if tier is Tier.OTHER_SYSTEMS:
            return self.unevaluated
        return tuple(policy for policy in self.policies if policy.tier is tier)

    def namespace(self, name: str) -> Namespace:
        """The namespace of this name; one that was not read has only its name label."""
        for namespace in self.namespaces:
            if namespace.name == name:
                return namespace
        return Namespace.implied(name)
