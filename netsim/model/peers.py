"""Peers: what a rule names as the other end of its connections, and whom a policy selects.

Each kind of peer is one class that holds all that there is to know of it: the endpoints it
stands for in a :class:`Space`, what it wants, in words, and why it may be unknown whether an
endpoint is one.  ``namespaceSelector: {}`` beside ``podSelector: {app: web}`` is a
:class:`PodPeer`, ``ipBlock`` a :class:`BlockPeer`.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple, Protocol

from msgspec import Struct

from netsim.model.addresses import AddressSet
from netsim.model.labels import Labels, Selector
from netsim.model.location import Location
from netsim.model.placeholders import compare
from netsim.model.truth import Truth


class Match(NamedTuple):
    """Endpoints that surely match, and those that may; the two do not overlap.

    A set of endpoints is a number with a bit for each.
    """

    sure: int
    maybe: int = 0

    @property
    def possible(self) -> int:
        """Those that match or may."""
        return self.sure | self.maybe

    def meet(self, other: Match) -> Match:
        """What matches both."""
        sure = self.sure & other.sure
        if not (self.maybe or other.maybe):
            return Match(sure)
        return Match(sure, self.possible & other.possible & ~sure)


class Space(Protocol):
    """The endpoints that there are: what answers for the parts of a peer."""

    def pods(self, selector: Selector) -> Match:
        """Pods of any namespace that a selector chooses."""

    def namespace(self, name: str) -> Match:
        """All pods of a namespace."""

    def namespaces(self, selector: Selector) -> Match:
        """All pods of the namespaces that a selector chooses."""

    def nodes(self, selector: Selector) -> Match:
        """Nodes that a selector chooses, and the pods on their network."""

    def block(self, addresses: AddressSet | None) -> Match:
        """The endpoints in a block; None is a block that is not known."""

    def unowned_addresses(self) -> int:
        """Addresses that belong to neither a pod nor a node."""

    def addresses(self) -> int:
        """Addresses that belong to no pod."""

    def everything(self) -> int:
        """All endpoints."""


class Reason(Struct, frozen=True):
    """Why it is unknown what a policy does; follows its title.

    ``places`` are apart from the words, as they do not belong to its meaning.
    """

    words: str
    places: tuple[Location, ...] = ()

    def __str__(self) -> str:
        return f"{self.words} {' and at '.join(map(str, self.places))}".rstrip()


NOT_EVALUATED = Reason("is not evaluated")


class FarEnd(Enum):
    """Whom the connections of some pods are with."""

    ANYONE = "anyone"
    ADDRESSES = "addresses outside the cluster"
    OTHER_NAMESPACES = "everyone outside the namespace"


class PodPeer(Struct, frozen=True):
    """Pods chosen by labels.

    ``namespaces`` None means the policy's own namespace.  An absent podSelector is the
    empty selector, which matches every pod (NetworkPolicyPeer, types.go).
    """

    namespaces: Selector | None
    pods: Selector
    location: Location

    def match(self, space: Space, home: str) -> Match:
        """The endpoints it stands for in a policy of namespace ``home``."""
        chosen = space.pods(self.pods)
        if self.namespaces is None:
            return chosen.meet(space.namespace(home))
        return chosen.meet(space.namespaces(self.namespaces))

    def selects(self, labels: Labels, namespace: str, space: Labels, home: str) -> Truth:
        """Whether a pod with these labels, in a namespace with the labels ``space``, is one."""
        if self.namespaces is None:
            return min(compare(namespace, home), self.pods.test(labels))
        return min(self.namespaces.test(space), self.pods.test(labels))

    def failing(
        self, labels: Labels, namespace: str, space: Labels, home: str
    ) -> Iterator[str]:
        """What keeps such a pod from being one, a text for each requirement."""
        if self.namespaces is None and not compare(namespace, home):
            yield f"wants a pod of namespace {home}, the peer is in {namespace}"
        elif self.namespaces is not None:
            for requirement in self.namespaces.failing(space):
                has = space.entry(requirement.key)
                yield f"wants namespace label {requirement}, {namespace} has {has}"
        for requirement in self.pods.failing(labels):
            yield f"wants pod label {requirement}, the peer has {labels.entry(requirement.key)}"

    @property
    def has_placeholder(self) -> bool:
        """Whether what it stands for still has to be filled in."""
        return self.pods.is_open or (self.namespaces is not None and self.namespaces.is_open)

    def describe(self) -> str:
        """What it wants."""
        return "a pod"

    def why_unknown(self) -> str:
        """Why it may be open whether an endpoint is one."""
        return f"{self.location}: whether the peer is such a pod is unknown"


class BlockPeer(Struct, frozen=True):
    """An ipBlock: ``addresses`` are those of ``cidr`` without the exceptions.

    ``addresses`` is None where the text holds a placeholder, or is one that servers read
    differently; what it matches is unknown, and ``location`` is that of the text.
    """

    cidr: str
    exceptions: tuple[str, ...]
    addresses: AddressSet | None
    location: Location

    def match(self, space: Space, home: str) -> Match:  # noqa: ARG002
        """The endpoints it stands for; a namespace has no say."""
        return space.block(self.addresses)

    @property
    def has_placeholder(self) -> bool:
        """Whether what it stands for still has to be filled in."""
        return bool(self.placeholders)

    def describe(self) -> str:
        """What it wants."""
        without = f" except {', '.join(self.exceptions)}" if self.exceptions else ""
        return f"an address of {self.cidr}{without}"

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The texts that still have to be filled in."""
        if self.addresses is not None:
            return ()
        return tuple(text for text in (self.cidr, *self.exceptions) if "${" in text)

    def why_unknown(self) -> str:
        """Empty where the block is known: it is the pod whose addresses leave it open."""
        if self.addresses is not None:
            return ""
        if self.placeholders:
            texts = " and ".join(self.placeholders)
            return f"{self.location}: the ipBlock still holds the placeholder {texts}"
        return f"{self.location}: it is unknown which addresses {self.cidr} stands for"


class NodePeer(Struct, frozen=True):
    """Nodes chosen by labels, at their own addresses (an egress peer of the admin tiers)."""

    nodes: Selector
    location: Location

    def match(self, space: Space, home: str) -> Match:  # noqa: ARG002
        """The endpoints it stands for; a namespace has no say."""
        return space.nodes(self.nodes)

    @property
    def has_placeholder(self) -> bool:
        """Whether what it stands for still has to be filled in."""
        return self.nodes.is_open

    def describe(self) -> str:
        """What it wants."""
        labels = " and ".join(str(each) for each in self.nodes.requirements)
        return f"a node with {labels}" if labels else "a node"

    def why_unknown(self) -> str:
        """Why it may be open whether an endpoint is one."""
        return f"{self.location}: whether the peer is such a node is unknown"


class DomainPeer(Struct, frozen=True):
    """Domain names (an egress peer of the admin tiers).

    Which addresses they stand for cannot be known offline: any external address may match.
    """

    names: tuple[str, ...]
    location: Location

    def match(self, space: Space, home: str) -> Match:  # noqa: ARG002
        """The endpoints it may stand for; a namespace has no say."""
        return Match(0, space.unowned_addresses())

    @property
    def has_placeholder(self) -> bool:
        """Whether what it stands for still has to be filled in."""
        return any("${" in name for name in self.names)

    def describe(self) -> str:
        """What it wants."""
        return f"an address of {', '.join(self.names)}"

    def why_unknown(self) -> str:
        """Why it is open whether an address is one."""
        names = ", ".join(self.names)
        return f"{self.location}: {names} cannot be resolved offline"


class UnevaluatedPeer(Struct, frozen=True):
    """Whoever a policy that is not evaluated may be about: any of ``far_end`` may match."""

    far_end: FarEnd
    policy: str
    location: Location
    reason: Reason = NOT_EVALUATED

    def match(self, space: Space, home: str) -> Match:
        """The endpoints it may stand for."""
        match self.far_end:
            case FarEnd.ANYONE:
                return Match(0, space.everything())
            case FarEnd.ADDRESSES:
                return Match(0, space.addresses())
            case FarEnd.OTHER_NAMESPACES:
                return Match(0, space.everything() & ~space.namespace(home).sure)

    @property
    def has_placeholder(self) -> bool:
        """Whether what it stands for still has to be filled in."""
        return False

    def describe(self) -> str:
        """What it wants."""
        return "what a policy that is not evaluated says"

    def why_unknown(self) -> str:
        """Why it is open whether an endpoint is one."""
        return f"{self.location}: {self.policy} {self.reason}"


Peer = PodPeer | BlockPeer | NodePeer | DomainPeer | UnevaluatedPeer
