"""The objects of a cluster that decide who can reach whom."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Self

from msgspec import Struct

from netsim.model.addresses import AddressSet
from netsim.model.conventions import page_of
from netsim.model.labels import Labels
from netsim.model.location import Location
from netsim.model.other_systems import UnevaluatedPolicy
from netsim.model.placeholders import compare, has_placeholder
from netsim.model.policies import Policy, PolicyId, Tier
from netsim.model.ports import PortSet, Protocol
from netsim.model.services import ReferenceGrant, Service, ServiceEndpoints

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

    @property
    def title(self) -> str:
        """``Namespace name``."""
        return f"Namespace {self.name}"

    @property
    def has_placeholder(self) -> bool:
        """Whether a label still has to be filled in; its name is one."""
        return self.labels.has_placeholder

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


class OpenPort(Struct, frozen=True):
    """A port that a container declares, whose number is still a placeholder."""

    protocol: Protocol
    name: str | None = None


class MisplacedLabel(Struct, frozen=True):
    """A label of an object that its pods do not get, as the object's pod template lacks it.

    ``location`` is where it stands, ``template`` the field to whose labels it belongs.
    """

    key: str
    value: str
    location: Location
    template: str


class PodNetwork(Enum):
    """Whose network a pod uses."""

    POD = "pod"
    HOST = "host"


class Resolver(Enum):
    """Whom a pod asks for the addresses of names."""

    CLUSTER = "the cluster's DNS"
    OTHER = "the resolver of its node, or one of its own"


class Pod(Struct, frozen=True):
    """A running pod, or the pods that a template makes.

    ``name`` is None for a template.  ``addresses`` is None while the pod has no known
    address.  ``ports`` are in the order in which a name is looked up; ``open_ports`` are those
    whose number is not known.  ``misplaced`` are labels that stand above its template.  Where
    it runs: ``node`` is a name, ``host_addresses`` are those of the node as the pod's status
    has them, and ``node_selector`` are labels that the node must have.
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
    open_ports: tuple[OpenPort, ...] = ()
    misplaced: tuple[MisplacedLabel, ...] = ()
    resolver: Resolver = Resolver.CLUSTER
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

    @property
    def has_open_names(self) -> bool:
        """Whether it is not known what each port name stands for."""
        return bool(self.open_ports) or any("${" in (port.name or "") for port in self.ports)

    @property
    def has_placeholder(self) -> bool:
        """Whether something that decides what it may do still has to be filled in."""
        return (
            has_placeholder(self.namespace)
            or self.labels.has_placeholder
            or self.has_open_names
        )

    def ports_named(self, name: str, protocol: Protocol) -> PortSet:
        """The numbers that a named port may stand for on this pod."""
        found = PortSet.empty()
        for open_port in self.open_ports:
            if open_port.protocol is protocol and compare(open_port.name or "", name):
                return PortSet.all_of(protocol)
        for port in self.ports:
            if port.protocol is protocol and compare(port.name or "", name):
                found |= PortSet.of(protocol, port.number)
                if port.name == name:
                    break
        return found


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


class FinishedPod(Struct, frozen=True):
    """A pod that takes no part any more; ``phase`` is Succeeded or Failed."""

    title: str
    phase: str
    addresses: AddressSet
    location: Location

    @property
    def why(self) -> str:
        """That it takes no part."""
        return (
            f"{self.title} has finished ({self.phase}, {self.location}), and takes no part: "
            f"see {page_of('finished-pods')}"
        )


class Resources(Struct, frozen=True):
    """Everything that was read and counts, in the order of the input.

    Of ``policies`` NetworkPolicies come first, then those of the ordered tiers.
    ``unevaluated`` are policies of other systems: verdicts that they may change are unknown.
    ``finished`` pods do not count, and are there to be named.  ``endpoints`` are those that the
    input lists for Services, beside what selectors say.
    """

    namespaces: tuple[Namespace, ...] = ()
    pods: tuple[Pod, ...] = ()
    nodes: tuple[Node, ...] = ()
    services: tuple[Service, ...] = ()
    policies: tuple[Policy, ...] = ()
    entries: tuple[Entry, ...] = ()
    unevaluated: tuple[UnevaluatedPolicy, ...] = ()
    finished: tuple[FinishedPod, ...] = ()
    endpoints: tuple[ServiceEndpoints, ...] = ()
    grants: tuple[ReferenceGrant, ...] = ()

    def policies_of(self, tier: Tier) -> tuple[Policy, ...]:
        """The policies of one tier; O(number of policies)."""
        if tier is Tier.OTHER_SYSTEMS:
            return self.unevaluated
        return tuple(policy for policy in self.policies if policy.tier is tier)

    def policy(self, known: PolicyId) -> Policy:
        """The policy that has an id, which one of the input has.  O(policies)."""
        return next(each for each in self.policies if each.id == known)

    def namespace(self, name: str) -> Namespace:
        """The namespace of this name; one that was not read has only its name label."""
        for namespace in self.namespaces:
            if namespace.name == name:
                return namespace
        return Namespace.implied(name)

    def possible_labels(self, names: Iterable[str]) -> dict[str, tuple[Labels, ...]]:
        """The labels that each of these namespaces may have, its own first.

        One that was not read may be one that was, where either name holds a placeholder.
        """
        known = {space.name: space for space in reversed(self.namespaces)}
        read = [space for space in self.namespaces if space.origin is Origin.READ]
        open_ = [space for space in read if "${" in space.name]
        found = {}
        for name in names:
            own = known.get(name) or Namespace.implied(name)
            others = read if "${" in name else open_
            found[name] = (
                own.labels,
                *(
                    Labels.of({**dict(other.labels.pairs), NAME_LABEL: name})
                    for other in (() if own.origin is Origin.READ else others)
                    if compare(other.name, name)
                ),
            )
        return found
