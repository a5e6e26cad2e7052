"""Who can reach whom, class by class: what all policies make of the flows between two classes.

Classes are numbers (:mod:`netsim.engine.space.universe`); what people name, pods, workloads
and addresses, is answered by :class:`netsim.engine.reachability.Reachability`::

    evaluator = Evaluator.of(resources)
    web, api = (evaluator.universe.bit(pod) for pod in resources.pods)
    evaluator.allowed(web, api).sure                            # TCP 80
    evaluator.allowed_by(Flow(Direction.INGRESS, web, api))     # what the policies of api say
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from netsim.engine.policy.chain import TIERS, Chain
from netsim.engine.policy.decision import ANYTHING, Allowed
from netsim.engine.policy.flow import Flow
from netsim.engine.policy.rectangle import Rectangle
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet, contains
from netsim.engine.space.places import Vicinity
from netsim.engine.space.selection import Selection
from netsim.engine.space.universe import Universe
from netsim.engine.space.vocabulary import Vocabulary
from netsim.model.addresses import AddressSet, Family
from netsim.model.conventions import Conventions, IpBlockPods
from netsim.model.endpoint import PodEndpoint
from netsim.model.peers import Match
from netsim.model.policies import Direction, Policy, Tier
from netsim.model.resources import Resources


class Evaluator:
    """The policies of one set of resources, compiled; build it with :meth:`of`.

    A connection is IPv4 or IPv6, and two pods that have both families may have two answers.
    ``chains`` say what holds for every family; :meth:`facets` are evaluators of one family
    each, where the input has blocks and pods that make a difference, and else this one.
    """

    def __init__(
        self,
        universe: Universe,
        selection: Selection,
        facets: Mapping[Family, Evaluator] | None = None,
    ) -> None:
        self.universe = universe
        self.selection = selection
        self.chains = {each: Chain.of(universe, selection, each) for each in Direction}
        self._facets = facets or {}
        self._selecting: dict[tuple[Tier, Direction, int], tuple[Policy, ...]] = {}

    @classmethod
    def of(
        cls,
        resources: Resources,
        conventions: Conventions | None = None,
        cuts: Iterable[AddressSet] = (),
        groups: Iterable[PodEndpoint] = (),
    ) -> Evaluator:
        """Compiles the policies of ``resources``.

        ``cuts`` are address sets that questions will be asked about as a whole, ``groups``
        pods that questions tell apart from others, though no policy may.
        """
        chosen = conventions or Conventions()
        vocabulary = Vocabulary.of((*resources.policies, *resources.unevaluated))
        universe = Universe(resources, vocabulary, chosen, cuts, groups)
        selection = Selection(universe, chosen)
        facets: dict[Family, Evaluator] = {}
        has_both = universe.over(Family.IPV4) & universe.over(Family.IPV6)
        if has_both and vocabulary.blocks and chosen.ipblock_pods is not IpBlockPods.IGNORE:
            facets = {each: cls(universe, selection.over(each)) for each in Family}
        return cls(universe, selection, facets)

    def allowed(self, source: int, destination: int) -> Allowed:
        """What may pass between two classes."""
        vicinity = self.universe.vicinity(source, destination)
        return self._allowed(source, destination, tuple(Direction), vicinity)

    def allowed_by_policies(self, source: int, destination: int) -> Allowed:
        """What may pass between two classes as if no node reached its pods by itself."""
        return self._allowed(source, destination, tuple(Direction), Vicinity.APART)

    def admitted(self, flow: Flow) -> Allowed:
        """What one end lets pass."""
        vicinity = self.universe.vicinity(flow.source, flow.destination)
        return self._allowed(flow.source, flow.destination, (flow.direction,), vicinity)

    def allowed_by(self, flow: Flow) -> Allowed:
        """What the policies of one end let pass, as if no node reached its pods by itself."""
        return self._allowed(flow.source, flow.destination, (flow.direction,), Vicinity.APART)

    def _allowed(
        self,
        source: int,
        destination: int,
        directions: tuple[Direction, ...],
        vicinity: Vicinity,
    ) -> Allowed:
        """The same in every family, or an answer that says in which; nothing without one."""
        found: dict[Family, Allowed] = {}
        for family, facet in self.facets(source, destination).items():
            answer = ANYTHING
            for direction in directions:
                flow = Flow(direction, source, destination)
                answer &= facet.chains[direction].allowed(flow, vicinity)
            found[family] = answer
        return Allowed.of_families(found)

    def facets(self, source: int, destination: int) -> dict[Family, Evaluator]:
        """What answers for the packets between two classes, in each family they may be of.

        Where the answer is the same in all, there is one; where they have no family in
        common, none.
        """
        families = self.universe.common(source, destination)
        if not self._facets:
            return dict.fromkeys(families[:1], self)
        return {family: self._facets[family] for family in families}

    def by_family(self) -> Mapping[Family, Evaluator]:
        """The evaluators of pods that have two families; none where there is no difference."""
        return self._facets

    def meeting(self, number: int) -> ClassSet:
        """The classes with which a class has an address family in common."""
        return bits.union(self.universe.partners(number, family) for family in Family)

    def pairs(self, sources: ClassSet, destinations: ClassSet) -> Iterator[tuple[int, int]]:
        """The pairs of classes between which packets may pass.

        Where none have an address family in common, all of them, which have no connections.
        """
        is_any = any(
            sources & self.meeting(destination) for destination in bits.members(destinations)
        )
        for destination in bits.members(destinations):
            for source in bits.members(sources & (self.meeting(destination) if is_any else -1)):
                yield source, destination

    def covering(self, flow: Flow) -> Iterator[Rectangle]:
        """The rectangles that hold a flow, in the order of the tiers that it may get to."""
        for facet in self.facets(flow.source, flow.destination).values():
            yield from facet.chains[flow.direction].covering(flow)

    def allowing(self, flow: Flow) -> Iterator[Rectangle]:
        """The rectangles that hold a flow, of the tier that isolates its subject."""
        for facet in self.facets(flow.source, flow.destination).values():
            for tier in facet.chains[flow.direction].at(flow.subject):
                if not tier.tier.is_ordered:
                    yield from (each for each in tier.rectangles if each.covers(flow))

    @cached_property
    def subjects(self) -> dict[Tier, tuple[tuple[Policy, Match], ...]]:
        """The policies of each tier in order of evaluation, with the classes they select."""
        policies = {tier: self.universe.resources.policies_of(tier) for tier in TIERS}
        return {
            tier: tuple(
                (policy, self.selection.subject(policy))
                for policy in sorted(of_tier, key=lambda policy: policy.priority)
            )
            for tier, of_tier in policies.items()
        }

    def selecting(self, tier: Tier, direction: Direction, subject: int) -> tuple[Policy, ...]:
        """The policies of a tier that have, or may have, a say about a class, in order.

        In a tier that isolates, those of other tiers that isolate have one, too.  O(policies)
        the first time.
        """
        asked = (tier, direction, subject)
        if asked not in self._selecting:
            self._selecting[asked] = tuple(self._find_selecting(tier, direction, subject))
        return self._selecting[asked]

    def _find_selecting(
        self, tier: Tier, direction: Direction, subject: int
    ) -> Iterator[Policy]:
        known = self.subjects[tier]
        if not tier.is_ordered:
            others = (each for other, each in self.subjects.items() if other is not tier)
            known += tuple(one for each in others for one in each if one[0].isolates)
        for policy, selected in known:
            if direction in policy.directions and contains(selected.possible, subject):
                yield policy
