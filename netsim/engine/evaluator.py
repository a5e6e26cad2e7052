"""Who can reach whom, class by class: what all policies make of the flows between two classes.

Classes are numbers (:mod:`netsim.engine.space.universe`); what people name, pods, workloads
and addresses, is answered by :class:`netsim.engine.reachability.Reachability`::

    evaluator = Evaluator.of(resources)
    web, api = (evaluator.universe.bit(pod) for pod in resources.pods)
    evaluator.allowed(web, api).sure                            # TCP 80
    evaluator.allowed_by(Flow(Direction.INGRESS, web, api))     # what the policies of api say
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from netsim.engine.policy.chain import TIERS, Chain
from netsim.engine.policy.decision import ANYTHING, Allowed
from netsim.engine.policy.flow import Flow
from netsim.engine.policy.rectangle import Rectangle
from netsim.engine.space.bits import contains
from netsim.engine.space.selection import Selection
from netsim.engine.space.universe import Universe
from netsim.engine.space.vocabulary import Vocabulary
from netsim.model.addresses import AddressSet
from netsim.model.conventions import Conventions
from netsim.model.endpoint import PodEndpoint
from netsim.model.peers import Match
from netsim.model.policies import Direction, Policy, Tier
from netsim.model.resources import Resources


class Evaluator:
    """The policies of one set of resources, compiled; build it with :meth:`of`."""

    def __init__(
        self, universe: Universe, selection: Selection, chains: dict[Direction, Chain]
    ) -> None:
        self.universe = universe
        self.selection = selection
        self.chains = chains
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
        vocabulary = Vocabulary.of((*resources.policies, *resources.unevaluated))
        universe = Universe(resources, vocabulary, cuts, groups)
        selection = Selection(universe, conventions or Conventions())
        chains = {each: Chain.of(universe, selection, each) for each in Direction}
        return cls(universe, selection, chains)

    def allowed(self, source: int, destination: int) -> Allowed:
        """What may pass between two classes."""
        if self.is_neighbour(source, destination):
            return ANYTHING
        return self.allowed_by_policies(source, destination)

    def allowed_by_policies(self, source: int, destination: int) -> Allowed:
        """What may pass between two classes as if no node reached its pods by itself."""
        sent = self.allowed_by(Flow(Direction.EGRESS, source, destination))
        return sent & self.allowed_by(Flow(Direction.INGRESS, source, destination))

    def allowed_by(self, flow: Flow) -> Allowed:
        """What the policies of one end let pass."""
        return self.chains[flow.direction].allowed(flow)

    def covering(self, flow: Flow) -> Iterator[Rectangle]:
        """The rectangles that hold a flow, in the order of the tiers that it may get to."""
        return self.chains[flow.direction].covering(flow)

    def allowing(self, flow: Flow) -> Iterator[Rectangle]:
        """The rectangles that hold a flow, of the tier that isolates its subject."""
        for tier in self.chains[flow.direction].at(flow.subject):
            if not tier.tier.is_ordered:
                yield from (each for each in tier.rectangles if each.covers(flow))

    def is_neighbour(self, source: int, destination: int) -> bool:
        """Whether one end is the node on which the other runs.

        Traffic to and from a pod's own node is always allowed (concepts/services-networking/
        network-policies, "The two sorts of pod isolation").
        """
        return any(
            (contains(own, source) and contains(pods, destination))
            or (contains(own, destination) and contains(pods, source))
            for own, pods in self.universe.neighbours
        )

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
