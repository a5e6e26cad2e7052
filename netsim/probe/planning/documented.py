"""What the documentation says of connections between live pods."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import product

from msgspec import Struct

from netsim.intent.scenario.endpoints import (
    ANY_NAMESPACE,
    AddressEndpoint,
    LabelledEndpoint,
    ScenarioEndpoint,
    WorkloadEndpoint,
)
from netsim.model.addresses import Address, AddressSet, parse_address
from netsim.model.flow import Claim, DocumentedFlow, Intent
from netsim.model.labels import Labels
from netsim.model.policies import Direction
from netsim.model.ports import Connection
from netsim.model.resources import ContainerPort
from netsim.model.verdict import Outcome
from netsim.probe.interface import Destination, Job
from netsim.probe.pods import LivePod


class Stated(Enum):
    """What is documented of a connection; the value is for people."""

    ALLOWED = "allowed"
    NEVER = "never"
    NOT_DRAWN = "denied"
    SILENT = "not documented"

    @property
    def outcome(self) -> Outcome:
        """The verdict it asks for; unknown where it asks for none."""
        if self is Stated.SILENT:
            return Outcome.UNKNOWN
        return Outcome.ALLOW if self is Stated.ALLOWED else Outcome.DENY


class LiveParty(Struct, frozen=True):
    """A documented endpoint: pods of a namespace by their labels, or addresses.

    ``workload`` is ``namespace/name`` or ``namespace/name[Kind]`` where pods go by that.
    ``ports`` are those it is documented to have.
    """

    name: str
    namespace: str = ""
    labels: Labels | None = None
    workload: str = ""
    addresses: AddressSet | None = None
    ports: tuple[ContainerPort, ...] = ()

    @property
    def is_wide(self) -> bool:
        """Whether it stands for every pod of a namespace, or of any, and so names none."""
        if self.labels is None:
            return False
        return self.namespace == ANY_NAMESPACE or not self.labels.pairs

    def has(self, pod: LivePod) -> bool:
        """Whether a pod is one of its."""
        if self.workload:
            return self.workload in (pod.workload, pod.workload.partition("[")[0])
        if self.labels is None or self.namespace not in (ANY_NAMESPACE, pod.namespace):
            return False
        return set(self.labels.pairs) <= set(pod.labels.pairs)

    def holds(self, address: Address) -> bool:
        """Whether an address is one of its."""
        return self.addresses is not None and address in self.addresses


def party_of(declared: ScenarioEndpoint) -> LiveParty:
    """What an endpoint of a scenario stands for in a cluster."""
    match declared:
        case AddressEndpoint():
            return LiveParty(declared.name, addresses=declared.addresses)
        case LabelledEndpoint():
            return LiveParty(
                declared.name, declared.namespace, declared.labels, ports=declared.ports
            )
        case WorkloadEndpoint():
            namespace, slash, _ = declared.workload.rpartition("/")
            full = declared.workload if slash else f"{declared.namespace}/{declared.workload}"
            return LiveParty(declared.name, namespace or declared.namespace, workload=full)


class Documented(Struct, frozen=True):
    """The documentation of one namespace: its world is closed, what is not drawn is denied.

    It is closed in ``directions``.
    """

    namespace: str
    parties: tuple[LiveParty, ...] = ()
    flows: tuple[DocumentedFlow, ...] = ()
    directions: tuple[Direction, ...] = tuple(Direction)

    @property
    def spaces(self) -> frozenset[str]:
        """The namespaces that parties are in."""
        return frozenset(party.namespace for party in self.parties) - {"", ANY_NAMESPACE}

    @property
    def origins(self) -> frozenset[str]:
        """The namespaces in which a documented flow that is allowed begins."""
        begin = {flow.source for flow in self.flows if flow.intent is Intent.ALLOWED}
        return self.spaces & {p.namespace for p in self.parties if p.name in begin}

    @property
    def mutual(self) -> tuple[DocumentedFlow, ...]:
        """The flows that claim mutual TLS."""
        allowed = (flow for flow in self.flows if flow.intent is Intent.ALLOWED)
        return tuple(flow for flow in allowed if Claim.MTLS in flow.claims)

    @property
    def demanding(self) -> frozenset[str]:
        """The namespaces in which such a flow ends."""
        ends = {flow.destination for flow in self.mutual}
        return self.spaces & {p.namespace for p in self.parties if p.name in ends}

    def names(self, pod: LivePod) -> tuple[str, ...]:
        """The parties of a pod, those that name few pods first."""
        found = [party for party in self.parties if party.has(pod)]
        return tuple(party.name for party in sorted(found, key=lambda p: p.is_wide))

    def title(self, pod: LivePod) -> str:
        """What people call a pod: its party, else its workload."""
        own = [party.name for party in self.parties if party.has(pod) and not party.is_wide]
        return own[0] if own else pod.workload

    def ends(self, job: Job, pods: dict[str, LivePod]) -> Iterator[tuple[str, str]]:
        """The pairs of parties that a job is about."""
        return product(self.names(job.source), self._of(job.destination, pods))

    def about(self, job: Job, pods: dict[str, LivePod]) -> Stated:
        """What is documented of a job; of a Service, what is of the pod behind it."""
        to = job.destination
        ends = self.names(job.source), self._of(to, pods)
        found = self._between(*ends, to.connection)
        if found is not Stated.NOT_DRAWN:
            return found
        if any(to.connection in flow.ports for flow in self.about_one_end(*ends)):
            return Stated.SILENT
        sides = {Direction.EGRESS: job.source.title, Direction.INGRESS: to.pod or ""}
        home = any(sides[each].startswith(f"{self.namespace}/") for each in self.directions)
        return found if home and self.parties else Stated.SILENT

    def _between(
        self,
        sources: tuple[str, ...],
        destinations: tuple[str, ...],
        connection: Connection,
    ) -> Stated:
        """What is stated between parties on a port; a denial holds even if drawn."""
        found = [f for f in self.stated(sources, destinations) if connection in f.ports]
        if any(flow.intent is Intent.DENIED for flow in found):
            return Stated.NEVER
        return Stated.ALLOWED if found else Stated.NOT_DRAWN

    def stated(
        self, sources: tuple[str, ...], destinations: tuple[str, ...]
    ) -> Iterator[DocumentedFlow]:
        """The flows from one of some parties to one of others."""
        return (
            flow
            for flow in self.flows
            if flow.source in sources and flow.destination in destinations
            if flow.intent is Intent.DENIED or len(flow.directions) > 1
        )

    def about_one_end(
        self, sources: tuple[str, ...], destinations: tuple[str, ...]
    ) -> Iterator[DocumentedFlow]:
        """The flows that are about one end only, as the other is a pod of any namespace."""
        return (
            flow
            for flow in self.flows
            if flow.source in sources and flow.destination in destinations
            if flow.intent is Intent.ALLOWED and len(flow.directions) == 1
        )

    def _of(self, to: Destination, pods: dict[str, LivePod]) -> tuple[str, ...]:
        if to.pod in pods:
            return self.names(pods[to.pod])
        try:
            address = parse_address(to.host)
        except ValueError:
            return self.outside
        return tuple(party.name for party in self.parties if party.holds(address))

    @property
    def outside(self) -> tuple[str, ...]:
        """The parties that a host name can be: the widest range of addresses."""
        ranges = [party for party in self.parties if party.addresses]
        return tuple(p.name for p in sorted(ranges, key=_width)[-1:])


def _width(party: LiveParty) -> int:
    blocks = party.addresses.v4 if party.addresses else ()
    return sum(high - low for low, high in blocks)
