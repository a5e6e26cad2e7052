"""Network policies and their rules."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from netsim.model.addresses import AddressSet
from netsim.model.labels import Selector
from netsim.model.location import Location
from netsim.model.ports import Protocol


class Direction(Enum):
    """Seen from the policy's subject."""

    INGRESS = "Ingress"
    EGRESS = "Egress"

    # The one of Enum is the hash of the name, which takes longer, and it is asked for a lot.
    __hash__ = object.__hash__

    @property
    def word(self) -> str:
        """The name of its field in a NetworkPolicy's ``spec``."""
        return self.value.lower()


class Action(Enum):
    """What a rule does with a connection that it matches.

    The rules of a NetworkPolicy allow.  ALLOW is ``Allow`` in the policies of
    policy.networking.k8s.io/v1alpha1 and ``Accept`` in v1alpha2; PASS leaves the decision to
    the next tier.
    """

    ALLOW = "Allow"
    DENY = "Deny"
    PASS = "Pass"  # noqa: S105


class Tier(Enum):
    """Where a policy stands in the order of evaluation."""

    ADMIN = "Admin"
    NETWORK_POLICY = "NetworkPolicy"
    BASELINE = "Baseline"
    DEFAULT = "default"


class PodPeer(Struct, frozen=True):
    """Pods chosen by labels.

    ``namespaces`` None means the policy's own namespace.  An absent podSelector is the
    empty selector, which matches every pod (NetworkPolicyPeer, types.go).
    """

    namespaces: Selector | None
    pods: Selector
    location: Location


class BlockPeer(Struct, frozen=True):
    """An ipBlock: ``addresses`` are those of ``cidr`` without the exceptions.

    ``addresses`` is None where the text holds a placeholder; what it matches is unknown.
    """

    cidr: str
    exceptions: tuple[str, ...]
    addresses: AddressSet | None
    location: Location


class NodePeer(Struct, frozen=True):
    """Nodes chosen by labels, at their own addresses (an egress peer of the admin tiers)."""

    nodes: Selector
    location: Location


class DomainPeer(Struct, frozen=True):
    """Domain names (an egress peer of the admin tiers).

    Which addresses they stand for cannot be known offline: any external address may match.
    """

    names: tuple[str, ...]
    location: Location


Peer = PodPeer | BlockPeer | NodePeer | DomainPeer


class NumberedPorts(Struct, frozen=True):
    """Ports ``first`` to ``last``, both included."""

    protocol: Protocol
    first: int
    last: int
    location: Location

    def __str__(self) -> str:
        ports = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.protocol} {ports}"


class EveryPort(Struct, frozen=True):
    """All ports of one protocol: an entry without ``port``."""

    protocol: Protocol
    location: Location

    def __str__(self) -> str:
        return f"{self.protocol} every port"


class NamedPort(Struct, frozen=True):
    """A port by name, resolved on the destination pod in both directions."""

    protocol: Protocol
    name: str
    location: Location

    def __str__(self) -> str:
        return f"{self.protocol} {self.name}"


class UnknownPort(Struct, frozen=True):
    """A port that is still a placeholder; it may be any of its protocol."""

    protocol: Protocol
    text: str
    location: Location

    def __str__(self) -> str:
        return f"{self.protocol} {self.text}"


PolicyPort = NumberedPorts | EveryPort | NamedPort | UnknownPort


class Rule(Struct, frozen=True):
    """One ingress or egress rule of a policy.

    Empty ``peers`` means any peer, empty ``ports`` any port, as in the API.  ``policy`` is
    the title of its policy, ``index`` counts from 0 within the direction, ``name`` is what
    the admin tiers let people call a rule.
    """

    policy: str
    direction: Direction
    index: int
    peers: tuple[Peer, ...]
    ports: tuple[PolicyPort, ...]
    location: Location
    action: Action = Action.ALLOW
    name: str = ""

    @property
    def namespace(self) -> str:
        """The namespace of its NetworkPolicy."""
        return self.policy.partition("/")[0]

    @property
    def title(self) -> str:
        """``namespace/name ingress[0]``."""
        return f"{self.policy} {self.direction.word}[{self.index}]"


class NetworkPolicy(Struct, frozen=True):
    """A networking.k8s.io/v1 NetworkPolicy.

    ``directions`` are those in which it isolates its subject.  ``rules`` holds only rules of
    these directions; those of others have no effect in Kubernetes either.
    """

    namespace: str
    name: str
    subject: Selector
    directions: tuple[Direction, ...]
    rules: tuple[Rule, ...]
    location: Location

    @property
    def title(self) -> str:
        """``namespace/name``."""
        return f"{self.namespace}/{self.name}"

    def rules_of(self, direction: Direction) -> tuple[Rule, ...]:
        """The rules of one direction, in order."""
        return tuple(rule for rule in self.rules if rule.direction is direction)


class AdminPolicy(Struct, frozen=True):
    """An AdminNetworkPolicy, BaselineAdminNetworkPolicy or ClusterNetworkPolicy.

    ``subject`` are pods of any namespace.  Rules count in order, each direction by itself;
    the first that matches decides.  Of the policies of a tier the one of the lowest
    ``priority`` comes first; a BaselineAdminNetworkPolicy has none and comes last.
    Source: network-policy-api, apis/v1alpha1 and apis/v1alpha2.
    """

    kind: str
    name: str
    tier: Tier
    priority: int
    subject: PodPeer
    rules: tuple[Rule, ...]
    location: Location

    @property
    def title(self) -> str:
        """``Kind/name``."""
        return f"{self.kind}/{self.name}"

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The directions in which it has rules; no other is affected."""
        return tuple(d for d in Direction if any(rule.direction is d for rule in self.rules))

    def rules_of(self, direction: Direction) -> tuple[Rule, ...]:
        """The rules of one direction, in order."""
        return tuple(rule for rule in self.rules if rule.direction is direction)


Policy = NetworkPolicy | AdminPolicy
