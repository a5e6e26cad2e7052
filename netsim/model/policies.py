"""Policies of every kind, and their rules.

``shop/deny-all`` is the :class:`Policy` of a NetworkPolicy, ``AdminNetworkPolicy/guard`` that
of an AdminNetworkPolicy; ``shop/web ingress[0]`` is a :class:`Rule`.
"""

from __future__ import annotations

from enum import Enum
from math import inf

from msgspec import Struct

from netsim.model.location import Location
from netsim.model.peers import Peer, PodPeer
from netsim.model.placeholders import has_placeholder
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

    @property
    def peer_word(self) -> str:
        """The name of the field of a rule that lists its peers."""
        return "from" if self is Direction.INGRESS else "to"

    @property
    def opposite(self) -> Direction:
        """The direction in which the peer's policies see the same connections."""
        return Direction.EGRESS if self is Direction.INGRESS else Direction.INGRESS


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
    """Where a policy stands in the order of evaluation, which is the order here.

    In an ordered tier the first rule that matches decides.  In the others all rules count
    together, and what none of them allows is denied to whom a policy isolates.  OTHER_SYSTEMS
    holds policies that are not evaluated: any of their rules may match.
    """

    OTHER_SYSTEMS = "other systems"
    ADMIN = "Admin"
    NETWORK_POLICY = "NetworkPolicy"
    BASELINE = "Baseline"
    DEFAULT = "default"

    @property
    def is_ordered(self) -> bool:
        """Whether its rules are asked one after the other."""
        return self in (Tier.OTHER_SYSTEMS, Tier.ADMIN, Tier.BASELINE)


class PolicyApi(Enum):
    """The kind of policy that netsim writes."""

    NETWORK_POLICY = "networkpolicy"
    CLUSTER_NETWORK_POLICY = "clusternetworkpolicy"


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


class PolicyId(Struct, frozen=True, order=True, cache_hash=True):
    """What identifies a policy; ``namespace`` is empty for one of the whole cluster.

    The group belongs to it: a NetworkPolicy of Calico is another one than that of Kubernetes.
    """

    group: str
    kind: str
    namespace: str
    name: str

    @property
    def title(self) -> str:
        """``namespace/name`` of a NetworkPolicy, ``Kind/name`` of a policy of the cluster."""
        if not self.namespace:
            return f"{self.kind}/{self.name}"
        own = f"{self.namespace}/{self.name}"
        is_standard = self.group == "networking.k8s.io"
        return own if is_standard else f"{self.kind}.{self.group} {own}"


class Rule(Struct, frozen=True):
    """One ingress or egress rule of a policy.

    Empty ``peers`` means any peer, empty ``ports`` any port, as in the API.  ``index`` counts
    from 0 within the direction, ``name`` is what the admin tiers let people call a rule.
    """

    policy: PolicyId
    direction: Direction
    index: int
    peers: tuple[Peer, ...]
    ports: tuple[PolicyPort, ...]
    location: Location
    action: Action = Action.ALLOW
    name: str = ""

    @property
    def namespace(self) -> str:
        """The namespace of its policy."""
        return self.policy.namespace

    @property
    def has_placeholder(self) -> bool:
        """Whether a value that decides what it matches still has to be filled in."""
        return any(isinstance(port, UnknownPort) for port in self.ports) or any(
            peer.has_placeholder for peer in self.peers
        )

    @property
    def title(self) -> str:
        """``namespace/name ingress[0]``."""
        return f"{self.policy.title} {self.direction.word}[{self.index}]"


class Blank(Struct, frozen=True):
    """A field of a rule that is written and left empty, which the API reads as absent.

    A template whose values are missing leaves ``to:`` so.  ``field`` is its path in the rule,
    such as ``to`` or ``from[1].podSelector.matchLabels``.
    """

    direction: Direction
    index: int
    field: str
    location: Location


class IdleRules(Struct, frozen=True):
    """The rules of a direction that ``policyTypes`` does not list.

    ``is_list`` tells an empty list from a field without a value.
    """

    direction: Direction
    rules: tuple[Rule, ...]
    is_list: bool
    location: Location


class Listing(Enum):
    """Where the ``policyTypes`` of a policy come from."""

    WRITTEN = "written"
    """From a manifest."""

    DEFAULTED = "defaulted"
    """From the rules, as the manifest has none."""

    STORED = "stored"
    """From an object of a cluster, where the API server wrote them if its author did not."""


class Notation(Struct, frozen=True):
    """How the text of a policy says what it means; of two equal policies it may differ."""

    blanks: tuple[Blank, ...] = ()
    idle: tuple[IdleRules, ...] = ()
    listing: Listing = Listing.WRITTEN


AS_WRITTEN = Notation()
"""Of a policy about whose text there is nothing to say."""

UNRANKED = inf
"""The priority of a policy that has none and comes after all others of its tier."""


class Policy(Struct, frozen=True):
    """An object of a cluster that decides who can reach whom.

    ``subject`` are the pods it applies to.  Of the policies of an ordered tier the one of the
    lowest ``priority`` comes first, and the first of its rules that matches decides, each
    direction by itself.  ``isolates`` are the directions in which the subject may do only
    what some rule allows; ``rules`` holds none of a direction that the policy does not list,
    as it has no effect in Kubernetes either.  ``notation`` is how its text says all this.

    =============================  =============  ========  ==============================
    kind                           tier           priority  isolates
    =============================  =============  ========  ==============================
    NetworkPolicy                  NetworkPolicy  0         its ``policyTypes``
    AdminNetworkPolicy             Admin          0-1000    nothing
    ClusterNetworkPolicy           its ``tier``   0-1000    nothing
    BaselineAdminNetworkPolicy     Baseline       unranked  nothing
    =============================  =============  ========  ==============================

    Source: networking.k8s.io/v1, and network-policy-api, apis/v1alpha1 and apis/v1alpha2.
    """

    id: PolicyId
    tier: Tier
    subject: PodPeer
    rules: tuple[Rule, ...]
    location: Location
    isolates: tuple[Direction, ...] = ()
    priority: float = 0
    notation: Notation = AS_WRITTEN

    @property
    def kind(self) -> str:
        """The kind of its object."""
        return self.id.kind

    @property
    def namespace(self) -> str:
        """Its namespace; empty for a policy of the whole cluster."""
        return self.id.namespace

    @property
    def name(self) -> str:
        """The name of its object."""
        return self.id.name

    @property
    def has_placeholder(self) -> bool:
        """Whether something that decides what it does still has to be filled in."""
        return (
            has_placeholder(self.namespace)
            or self.subject.has_placeholder
            or any(rule.has_placeholder for rule in self.rules)
        )

    @property
    def title(self) -> str:
        """What people call it: ``namespace/name`` or ``Kind/name``."""
        return self.id.title

    @property
    def without_effect(self) -> tuple[Rule, ...]:
        """The rules of directions that it does not list."""
        return tuple(rule for each in self.notation.idle for rule in each.rules)

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The directions in which it isolates or has rules; no other is affected."""
        ruled = {rule.direction for rule in self.rules}
        return tuple(each for each in Direction if each in self.isolates or each in ruled)

    def rules_of(self, direction: Direction) -> tuple[Rule, ...]:
        """The rules of one direction, in order."""
        return tuple(rule for rule in self.rules if rule.direction is direction)
