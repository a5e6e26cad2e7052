"""The chain of tiers: in which order they are asked, and how one meets the next.

Each end of a connection has a chain of its own, the source's for egress and the destination's
for ingress; both must allow it::

                    Pass, or                     selected by no          Pass, or
                    no rule matches              NetworkPolicy           no rule matches
    flow -> [ Admin ] ----------> [ NetworkPolicy ] ----------> [ Baseline ] ----------> allowed
              |                          |                          |
              v                          v                          v
         Allow, Deny              allowed by a rule,           Allow, Deny
                                  or else denied

Before all of them stands a tier of policies of other systems (Calico, Istio, ...), which are
not evaluated: it is ordered, its rules may deny or allow, and none surely matches.

=============  =========  ==============================================  ====================
tier           kind       decides                                         passes on
=============  =========  ==============================================  ====================
Admin          ordered    by the first rule that matches, the lowest      Pass, and what no
                          priority number first                           rule matches
NetworkPolicy  isolating  what some rule allows, and denies the rest,     everything, where no
                          where a policy selects the subject              policy selects it
Baseline       ordered    by the first rule that matches                  what no rule matches
default        --         allows                                          nothing
=============  =========  ==============================================  ====================

What an input leaves open (a port or a label that is a placeholder, a pod of unknown address)
makes a rule one that *may* match, or a policy one that *may* select its subject and isolate it,
and several outcomes possible for one port.  So a tier answers with the ports of each outcome, a
``Decision``; ``Decision.then`` is how one tier meets the next.

NetworkPolicy alone makes an exception for the node on which a pod runs: what the isolating tier
would deny there is allowed.  A Deny of the ordered tiers holds for the own node, too, as these
know nodes as peers.

The order is that of :class:`netsim.model.policies.Tier`, which also says of which kind a tier
is: a further tier is one more member there.  Pairs of classes (:meth:`Chain.allowed`), columns
of the matrix (``engine/matrix/columns.py``) and explanations (``engine/explain/verdicts.py``)
all walk :meth:`Chain.at` or :meth:`Chain.towards`.

Source: network-policy-api.sigs.k8s.io/api-overview, "AdminNetworkPolicy Actions" and "Rule
Behaviors"; kubernetes.io/docs/concepts/services-networking/network-policies, "The two sorts of
pod isolation".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from netsim.engine.policy.decision import PASSED, Allowed
from netsim.engine.policy.flow import Flow
from netsim.engine.policy.index import Ends
from netsim.engine.policy.rectangle import Rectangle
from netsim.engine.policy.tiers import CompiledTier, compile_tier
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet
from netsim.engine.space.places import Vicinity
from netsim.engine.space.selection import Selection
from netsim.engine.space.universe import Universe
from netsim.model.policies import Direction, Rule, Tier
from netsim.model.ports import PortSet

TIERS = tuple(tier for tier in Tier if tier is not Tier.DEFAULT)
"""The tiers that have policies, in the order in which they are asked."""


class Chain:
    """The tiers of one direction, compiled."""

    def __init__(self, direction: Direction, tiers: Iterable[CompiledTier]) -> None:
        self.direction = direction
        self.tiers = tuple(tiers)
        self.ruled: ClassSet = bits.union(t.touched for t in self.tiers if t.tier.is_ordered)
        """The subjects on which a rule of an ordered tier bears."""
        self.isolated: ClassSet = bits.union(t.isolated for t in self.tiers)
        """The subjects that a policy surely isolates."""
        self.touched: ClassSet = bits.union(t.touched for t in self.tiers)
        """The subjects about which any policy has a say; all others are open."""
        self._at: dict[int, tuple[CompiledTier, ...]] = {}

    @classmethod
    def of(cls, universe: Universe, selection: Selection, direction: Direction) -> Chain:
        """Compiles the policies of one direction."""
        return cls(
            direction, (compile_tier(universe, selection, direction, tier) for tier in TIERS)
        )

    def __getitem__(self, tier: Tier) -> CompiledTier:
        return self.tiers[TIERS.index(tier)]

    def at(self, subject: int) -> tuple[CompiledTier, ...]:
        """The tiers that a subject's connections may get to, with what is about it alone.

        A tier that surely isolates it is the last one: it passes nothing on.
        """
        if subject not in self._at:
            self._at[subject] = tuple(self._asked(subject))
        return self._at[subject]

    def _asked(self, subject: int) -> Iterator[CompiledTier]:
        for tier in self.tiers:
            yield tier.at(subject)
            if tier.isolates(subject):
                return

    def towards(self, destination: int) -> Iterator[tuple[CompiledTier, Ends]]:
        """The tiers that connections to one class may get to, whoever their subject is.

        With the ends that hold the class, by which a tier finds what is about it.
        """
        for tier in self.tiers:
            yield tier, tier.by_destinations.ends(destination)
            if self.direction is Direction.INGRESS and tier.isolates(destination):
                return

    def allowed(self, flow: Flow, vicinity: Vicinity = Vicinity.APART) -> Allowed:
        """What the policies of this direction let pass of a flow."""
        decision = PASSED
        for tier in self.at(flow.subject):
            decided = tier.decide(flow)
            if not tier.tier.is_ordered:
                decided = decided.at_vicinity(vicinity)
            decision = decision.then(decided)
        return decision.allowed

    def reaching(self, tier: Tier, rule: Rule, flow: Flow) -> PortSet:
        """The ports on which a flow may get to a rule of a tier and match it.

        They are what neither an earlier tier nor an earlier rule surely decides.
        """
        decision = PASSED
        for each in self.at(flow.subject):
            if each.tier is tier:
                return decision.passed & each.reaching(rule, flow)
            decision = decision.then(each.decide(flow))
        return PortSet.empty()

    def covering(self, flow: Flow) -> Iterator[Rectangle]:
        """The rectangles that hold a flow, in the order of the tiers that it may get to."""
        for tier in self.at(flow.subject):
            yield from (rectangle for rectangle in tier.rectangles if rectangle.covers(flow))

    def kept(self, wanted: Callable[[Rectangle], bool]) -> Chain:
        """The chain with only those rectangles that are wanted."""
        return Chain(self.direction, (tier.kept(wanted) for tier in self.tiers))
