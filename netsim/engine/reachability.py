"""Who can reach whom: the union of what both directions allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from netsim.engine.policy.compile import network_policy_access
from netsim.engine.policy.decision import ANYTHING, PASSED, Allowed, Decision
from netsim.engine.policy.rectangle import Access, Certainty, Rectangle
from netsim.engine.policy.tiers import OrderedTier, Stop, decide, ordered_tier
from netsim.engine.space import bits
from netsim.engine.space.selection import Selection
from netsim.engine.space.universe import Universe
from netsim.engine.space.vocabulary import Vocabulary
from netsim.model.addresses import AddressSet, Family
from netsim.model.conventions import Conventions
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.policies import AdminPolicy, Direction, NetworkPolicy, Policy, Tier
from netsim.model.ports import PortSet, Protocol
from netsim.model.resources import Pod, Resources
from netsim.model.verdict import Verdict


class Connections(Struct, frozen=True):
    """What may pass between two endpoints, each of which can be several pods or addresses.

    ``every``: surely allowed between all pairs.  ``some``: surely allowed between at least
    one.  ``possible``: allowed between at least one, or unknown there.
    """

    every: PortSet
    some: PortSet
    possible: PortSet


EVERY = {family: AddressSet.of_range(family, (0, family.last)) for family in Family}


class Reachability:
    """The answer for one set of resources; build it with :meth:`of`."""

    def __init__(
        self,
        universe: Universe,
        selection: Selection,
        accesses: dict[Direction, Access],
        tiers: dict[tuple[Tier, Direction], OrderedTier],
    ) -> None:
        self.universe = universe
        self.selection = selection
        self.accesses = accesses
        self._tiers = tiers
        self._touched = {
            direction: tiers[Tier.ADMIN, direction].touched
            | tiers[Tier.BASELINE, direction].touched
            for direction in Direction
        }
        self._near: dict[tuple[Direction, int], tuple[Rectangle, ...]] = {}
        self._stops: dict[tuple[Tier, Direction, int], tuple[Stop, ...]] = {}

    @classmethod
    def of(
        cls,
        resources: Resources,
        conventions: Conventions | None = None,
        cuts: Iterable[AddressSet] = (),
        groups: Iterable[PodEndpoint] = (),
    ) -> Reachability:
        """Compile the policies of ``resources``.

        ``cuts`` are address sets that questions will be asked about as a whole, ``groups``
        pods that questions tell apart from others, though no policy may.
        """
        policies: list[Policy] = [*resources.policies, *resources.admin_policies]
        universe = Universe(resources, Vocabulary.of(policies), cuts, groups)
        selection = Selection(universe, conventions or Conventions())
        accesses = {
            direction: network_policy_access(universe, selection, direction)
            for direction in Direction
        }
        tiers = {
            (tier, direction): ordered_tier(universe, selection, direction, tier)
            for tier in (Tier.ADMIN, Tier.BASELINE)
            for direction in Direction
        }
        return cls(universe, selection, accesses, tiers)

    def verdict(
        self, source: Endpoint, destination: Endpoint, protocol: Protocol, port: int
    ) -> Verdict:
        """The answer for one connection, with the rules that decide it.

        Where the pods or addresses of an endpoint differ, the outcome is unknown and says so.
        """
        from netsim.engine.explain.verdicts import verdict

        asked, source, destination = self._asked(source, destination)
        return verdict(asked, source, destination, protocol, port)

    def connections(self, source: Endpoint, destination: Endpoint) -> Connections:
        """What may pass from one endpoint to another."""
        if is_same_pod(source, destination):
            return Connections(PortSet.full(), PortSet.full(), PortSet.full())
        every, some, possible = PortSet.full(), PortSet.empty(), PortSet.empty()
        asked, source, destination = self._asked(source, destination)
        for origin in bits.members(asked.universe.of(source)):
            for target in bits.members(asked.universe.of(destination)):
                allowed = asked.allowed(origin, target)
                every &= allowed.sure
                some |= allowed.sure
                possible |= allowed.possible
        return Connections(every, some, possible)

    def _asked(
        self, source: Endpoint, destination: Endpoint
    ) -> tuple[Reachability, Endpoint, Endpoint]:
        """Where one address of a pod is asked for, both ends in its family."""
        if self.universe.knows(source) and self.universe.knows(destination):
            return self, source, destination
        ends = (source, destination)
        for end in ends:
            if not self.universe.knows(end):
                ends = (of_family(ends[0], end), of_family(ends[1], end))
        return self._by_address, *ends

    @cached_property
    def _by_address(self) -> Reachability:
        """The same input with a further pod for every address and family of a pod."""
        resources = self.universe.resources
        parts = (part for pod in resources.pods for part in parts_of(pod))
        pods = tuple(dict.fromkeys((*resources.pods, *parts)))
        narrowed = replace(resources, pods=pods)
        return Reachability.of(narrowed, self.selection.conventions, self.universe.cuts)

    def allowed(self, source: int, destination: int) -> Allowed:
        """What may pass between two classes, given by number."""
        if self.is_neighbour(source, destination):
            return ANYTHING
        return self.allowed_by_policies(source, destination)

    def allowed_by_policies(self, source: int, destination: int) -> Allowed:
        """The same, as if no node reached its pods by itself."""
        sent = self.allowed_by(Direction.EGRESS, source, destination)
        return sent & self.allowed_by(Direction.INGRESS, source, destination)

    def allowed_by(self, direction: Direction, source: int, destination: int) -> Allowed:
        """What one direction lets pass between two classes."""
        subject = subject_of(direction, source, destination)
        if self.is_open(direction, subject):
            return ANYTHING
        if not self.touched(direction) >> subject & 1:
            return self._by_network_policies(direction, source, destination)
        admin, following, baseline = (
            self.decision(tier, direction, source, destination)
            for tier in (Tier.ADMIN, Tier.NETWORK_POLICY, Tier.BASELINE)
        )
        return admin.then(following).then(baseline).allowed

    def decision(
        self, tier: Tier, direction: Direction, source: int, destination: int
    ) -> Decision:
        """What one tier makes of connections between two classes."""
        subject = subject_of(direction, source, destination)
        if tier in (Tier.ADMIN, Tier.BASELINE):
            stops = self.stops(tier, direction, subject)
            return decide(
                stop
                for stop in stops
                if not isinstance(stop, Rectangle) or stop.covers(source, destination)
            )
        if tier is Tier.NETWORK_POLICY and self.is_isolated(direction, subject):
            return Decision.isolating(self._by_network_policies(direction, source, destination))
        return PASSED

    def _by_network_policies(
        self, direction: Direction, source: int, destination: int
    ) -> Allowed:
        sure = possible = PortSet.empty()
        for rectangle in self.deciding(direction, source, destination):
            possible |= rectangle.ports
            if rectangle.certainty is Certainty.SURE:
                sure |= rectangle.ports
        return Allowed(sure, possible)

    def deciding(
        self, direction: Direction, source: int, destination: int
    ) -> Iterator[Rectangle]:
        """The rectangles of a direction's NetworkPolicies that hold two classes."""
        subject = subject_of(direction, source, destination)
        return (r for r in self.near(direction, subject) if r.covers(source, destination))

    def near(self, direction: Direction, subject: int) -> tuple[Rectangle, ...]:
        """The rectangles of a direction whose NetworkPolicy selects a class."""
        key = (direction, subject)
        if key not in self._near:
            rectangles = self.accesses[direction].rectangles
            self._near[key] = tuple(r for r in rectangles if r.subjects() >> subject & 1)
        return self._near[key]

    def stops(self, tier: Tier, direction: Direction, subject: int) -> tuple[Stop, ...]:
        """The rectangles of an ordered tier whose policy selects a class, in order."""
        key = (tier, direction, subject)
        if key not in self._stops:
            ordered = self._tiers[tier, direction]
            self._stops[key] = ordered.kept(lambda r: bool(r.subjects() >> subject & 1))
        return self._stops[key]

    def ordered(self, tier: Tier, direction: Direction) -> OrderedTier:
        """The Admin or the Baseline tier of a direction."""
        return self._tiers[tier, direction]

    def touched(self, direction: Direction) -> int:
        """The classes on which a rule of the Admin or the Baseline tier bears."""
        return self._touched[direction]

    def is_isolated(self, direction: Direction, subject: int) -> bool:
        """Whether a NetworkPolicy isolates a class in a direction."""
        return not self.accesses[direction].open >> subject & 1

    def is_open(self, direction: Direction, subject: int) -> bool:
        """Whether no policy of any tier has a say about a class in a direction."""
        if self.is_isolated(direction, subject):
            return False
        return not self.touched(direction) >> subject & 1

    def is_neighbour(self, source: int, destination: int) -> bool:
        """Whether one end is the node on which the other runs.

        Traffic to and from a pod's own node is always allowed (concepts/services-networking/
        network-policies, "The two sorts of pod isolation").
        """
        return any(
            (own >> source & 1 and pods >> destination & 1)
            or (own >> destination & 1 and pods >> source & 1)
            for own, pods in self.universe.neighbours
        )

    @cached_property
    def subjects(self) -> tuple[tuple[NetworkPolicy, int], ...]:
        """Each NetworkPolicy with the classes it selects."""
        policies = self.universe.resources.policies
        return tuple((policy, self.selection.subject(policy)) for policy in policies)

    def isolating(self, direction: Direction, subject: int) -> tuple[NetworkPolicy, ...]:
        """The NetworkPolicies that isolate a class in a direction."""
        return tuple(
            policy
            for policy, selected in self.subjects
            if direction in policy.directions and selected >> subject & 1
        )

    @cached_property
    def admin_subjects(self) -> tuple[tuple[AdminPolicy, int], ...]:
        """Each policy of the admin tiers with the classes it selects, in evaluation order."""
        policies = sorted(self.universe.resources.admin_policies, key=lambda p: p.priority)
        return tuple((policy, self.selection.subject(policy)) for policy in policies)

    def asked(self, tier: Tier, direction: Direction, subject: int) -> tuple[AdminPolicy, ...]:
        """The policies of an ordered tier that select a class and have rules, in order."""
        return tuple(
            policy
            for policy, selected in self.admin_subjects
            if policy.tier is tier
            and direction in policy.directions
            and selected >> subject & 1
        )


def subject_of(direction: Direction, source: int, destination: int) -> int:
    """The end of a connection that a direction's policies select."""
    return destination if direction is Direction.INGRESS else source


def parts_of(pod: Pod) -> Iterator[Pod]:
    """A pod at each of its addresses, and in each address family."""
    known = pod.addresses or AddressSet.empty()
    for family, (low, high) in known:
        yield replace(pod, addresses=known & EVERY[family])
        for number in range(low, high + 1):
            yield replace(pod, addresses=AddressSet.of_range(family, (number, number)))


def of_family(end: Endpoint, other: Endpoint) -> Endpoint:
    """An endpoint with only those addresses that are of the families of another one."""
    if isinstance(end, ExternalEndpoint) or isinstance(other, ExternalEndpoint):
        return end
    area = AddressSet.union(
        EVERY[family] for pod in other.pods for family, _ in pod.addresses or ()
    )
    return PodEndpoint(end.title, tuple(_within(pod, area) for pod in end.pods))


def _within(pod: Pod, area: AddressSet) -> Pod:
    common = pod.addresses and pod.addresses & area
    return replace(pod, addresses=common) if common else pod


def is_same_pod(source: Endpoint, destination: Endpoint) -> bool:
    """Whether both ends are one running pod; the pods of a template are many."""
    return (
        isinstance(source, PodEndpoint)
        and isinstance(destination, PodEndpoint)
        and len(source.pods) == 1
        and len(destination.pods) == 1
        and source.pods[0].title == destination.pods[0].title
        and source.pods[0].name is not None
    )
