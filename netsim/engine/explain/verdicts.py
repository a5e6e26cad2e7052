"""Why a connection is allowed or denied: the rules that decide, or the nearest one.

The explanation of ``shop/web -> shop/api TCP 80`` is a :class:`Verdict`: for each end, what the
tiers of :mod:`netsim.engine.policy.chain` make of it, one after the other, up to the one that
decides.  ``ingress: denied, shop/deny isolates it, the nearest rule is shop/api ingress[0]``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.explain.nearest import Candidate, nearest
from netsim.engine.policy.flow import Flow
from netsim.engine.policy.rectangle import Certainty, Rectangle
from netsim.engine.policy.tiers import CompiledTier
from netsim.engine.space.bits import contains
from netsim.engine.space.places import Vicinity
from netsim.model.addresses import Family
from netsim.model.endpoint import Endpoint, is_same_pod
from netsim.model.policies import Action, Direction, Policy, PolicyId, Rule, Tier, UnknownPort
from netsim.model.ports import Connection, PortSet
from netsim.model.verdict import DirectionVerdict, Effect, NearMiss, Outcome, TierStep, Verdict

SELF = "a pod always reaches itself"
OWN_NODE = "no NetworkPolicy keeps a pod and the node it runs on apart"
MAYBE_OWN_NODE = (
    "the one may be the node that the other runs on, which no NetworkPolicy keeps apart"
)
NO_FAMILY = "the one has IPv4 addresses only, the other IPv6: no packet can pass"


def verdict(
    evaluator: Evaluator, source: Endpoint, destination: Endpoint, connection: Connection
) -> Verdict:
    """The verdict between two endpoints, whose pods are of the evaluator's input.

    Where their pods or addresses differ, the outcome is unknown and says so.
    """
    if is_same_pod(source, destination):
        return _unconditional(Outcome.ALLOW, SELF)
    ends = (evaluator.universe.of(source), evaluator.universe.of(destination))
    found = tuple(
        class_verdict(evaluator, origin, target, connection)
        for origin, target in evaluator.pairs(*ends)
    )
    if not found:
        return _unconditional(Outcome.UNKNOWN, "an endpoint without pods has no connections")
    if len({each.outcome for each in found}) > 1:
        return _explain_divided(found, source, destination)
    return found[0]


def _explain_divided(
    found: tuple[Verdict, ...], source: Endpoint, destination: Endpoint
) -> Verdict:
    """Some pairs are allowed and others not: the first denied one shows why."""
    denied = next((v for v in found if v.outcome is Outcome.DENY), found[0])
    allowed = sum(v.outcome is Outcome.ALLOW for v in found)
    why = (
        f"{source.title} and {destination.title} stand for {len(found)} pairs with different "
        f"verdicts, of which {allowed} may connect"
    )
    return Verdict(Outcome.UNKNOWN, denied.egress, denied.ingress, why)


def _unconditional(outcome: Outcome, why: str) -> Verdict:
    egress, ingress = (
        DirectionVerdict(direction, outcome, Tier.DEFAULT, why=why)
        for direction in (Direction.EGRESS, Direction.INGRESS)
    )
    return Verdict(outcome, egress, ingress, why)


def class_verdict(
    evaluator: Evaluator, source: int, destination: int, connection: Connection
) -> Verdict:
    """The verdict between two classes: one for each address family that they both have."""
    found = {
        family: _family_verdict(facet, source, destination, connection)
        for family, facet in evaluator.facets(source, destination).items()
    }
    if not found:
        return _unconditional(Outcome.DENY, NO_FAMILY)
    first, *others = found.values()
    if not others:
        return first
    egress = _unite(Direction.EGRESS, {family: each.egress for family, each in found.items()})
    ingress = _unite(
        Direction.INGRESS, {family: each.ingress for family, each in found.items()}
    )
    outcomes = {family: each.outcome for family, each in found.items()}
    agreed = set(outcomes.values())
    outcome = first.outcome if len(agreed) == 1 else Outcome.UNKNOWN
    sides = (egress.outcome, ingress.outcome)
    if len(agreed) == 1 and (outcome in sides or outcome is Outcome.ALLOW):
        return Verdict(outcome, egress, ingress, first.why)
    why = _describe(outcomes)
    if outcome is Outcome.DENY:
        words = ((family, _denying(each).direction.word) for family, each in found.items())
        why = ", ".join(f"{family} denied for {word}" for family, word in words)
    why += ": a connection is one of these"
    return Verdict(outcome, egress, ingress, why, tuple(outcomes.items()))


def _denying(verdict: Verdict) -> DirectionVerdict:
    sides = (verdict.egress, verdict.ingress)
    return next(side for side in sides if side.outcome is Outcome.DENY)


def _describe(outcomes: Mapping[Family, Outcome]) -> str:
    """``IPv4 allowed, IPv6 denied``."""
    return ", ".join(f"{family} {_WORDS[outcome]}" for family, outcome in outcomes.items())


_WORDS = {Outcome.ALLOW: "allowed", Outcome.DENY: "denied", Outcome.UNKNOWN: "unknown"}


def _describe_side(family: Family, side: DirectionVerdict) -> str:
    """``IPv4 denied``, or also why it is unknown."""
    words = f"{family} {_WORDS[side.outcome]}"
    return f"{words}: {side.why}" if side.outcome is Outcome.UNKNOWN else words


def _unite(direction: Direction, found: Mapping[Family, DirectionVerdict]) -> DirectionVerdict:
    """What one end says in all families: the same, by whatever rules, or which says what."""
    first, *others = found.values()
    if all(each == first for each in others):
        return first
    outcomes = {family: each.outcome for family, each in found.items()}
    rules = tuple(dict.fromkeys(rule for each in found.values() for rule in each.rules))
    if len(set(outcomes.values())) == 1:
        is_one_tier = all(each.tier is first.tier for each in others)
        return replace(first, rules=rules) if is_one_tier else first
    # The family that is denied, or else unknown, shows which tier and what is missing.
    shown = min(found.values(), key=lambda each: _STRICTEST.index(each.outcome))
    return DirectionVerdict(
        direction,
        Outcome.UNKNOWN,
        shown.tier,
        shown.policies,
        rules,
        why="; ".join(_describe_side(family, each) for family, each in found.items()),
        steps=shown.steps,
    )


_STRICTEST = (Outcome.DENY, Outcome.UNKNOWN, Outcome.ALLOW)


def _family_verdict(
    evaluator: Evaluator, source: int, destination: int, connection: Connection
) -> Verdict:
    """The verdict in packets of one family."""
    vicinity = evaluator.universe.vicinity(source, destination)
    egress, ingress = sides = tuple(
        _Explainer(evaluator, flow, connection, vicinity).verdict()
        for direction in (Direction.EGRESS, Direction.INGRESS)
        for flow in (Flow(direction, source, destination),)
    )
    outcome = next(each for each in _STRICTEST if each in [side.outcome for side in sides])
    is_allowed = vicinity is Vicinity.OWN_NODE and outcome is Outcome.ALLOW
    if is_allowed and not any(side.rules or side.steps for side in sides):
        return _unconditional(outcome, OWN_NODE)
    return Verdict(outcome, egress, ingress)


def attribute(
    evaluator: Evaluator, flow: Flow, ports: PortSet
) -> Iterator[tuple[PortSet, DirectionVerdict]]:
    """Splits ports so that each part has one verdict."""
    parts = [ports] if ports else []
    for rectangle in evaluator.covering(flow):
        cut = ((part & rectangle.ports, part - rectangle.ports) for part in parts)
        parts = [piece for pieces in cut for piece in pieces if piece]
    for part in parts:
        yield part, direction_verdict(evaluator, flow, part.first())


def direction_verdict(
    evaluator: Evaluator, flow: Flow, connection: Connection
) -> DirectionVerdict:
    """What one end says of a connection between two classes: the first tier that decides.

    A tier that only may decide makes the answer unknown, unless every other way leads to the
    same one.  No node reaches its pods by itself here.
    """
    facets = evaluator.facets(flow.source, flow.destination)
    if not facets:
        return DirectionVerdict(flow.direction, Outcome.DENY, Tier.DEFAULT, why=NO_FAMILY)
    found = {
        family: _Explainer(each, flow, connection).verdict() for family, each in facets.items()
    }
    return _unite(flow.direction, found)


_Answer = tuple[tuple[TierStep, ...], DirectionVerdict | None]
"""The policies of one priority, and what they decide; None where they leave it to others."""

_EFFECTS = {Action.ALLOW: Effect.ALLOW, Action.DENY: Effect.DENY, Action.PASS: Effect.PASS}
_OUTCOMES = {Effect.ALLOW: Outcome.ALLOW, Effect.DENY: Outcome.DENY}


class _Explainer:
    """Asks the tiers of one end about one connection."""

    def __init__(
        self,
        evaluator: Evaluator,
        flow: Flow,
        connection: Connection,
        vicinity: Vicinity = Vicinity.APART,
    ) -> None:
        self._evaluator = evaluator
        self._flow = flow
        self._connection = connection
        self._vicinity = vicinity
        self._chain = evaluator.chains[flow.direction]

    def verdict(self) -> DirectionVerdict:
        steps: tuple[TierStep, ...] = ()
        doubtful: DirectionVerdict | None = None
        for more, found in self._answers():
            steps += more
            if found is None:
                continue
            if found.outcome is Outcome.UNKNOWN:
                doubtful = doubtful or found
            elif doubtful is None or found.outcome is self._certain():
                return replace(found, steps=steps)
        return replace(self._either_way(doubtful) if doubtful else self._open(), steps=steps)

    def _answers(self) -> Iterator[_Answer]:
        for tier in self._chain.at(self._flow.subject):
            if tier.tier.is_ordered:
                yield from self._by_priority(tier)
            elif tier.isolates(self._flow.subject):
                yield (), self._near(self._isolated(tier))
                return
        yield (), self._open()

    def _either_way(self, doubtful: DirectionVerdict) -> DirectionVerdict:
        """Rules of one priority may agree although some of them only may match."""
        outcome = self._certain()
        if outcome is Outcome.UNKNOWN:
            return doubtful
        why = f"{doubtful.why}; the answer is the same either way"
        return replace(doubtful, outcome=outcome, why=why)

    def _certain(self) -> Outcome:
        """The answer to which all ways lead, where a tier leaves open whether it decides."""
        allowed = self._chain.allowed(self._flow, self._vicinity)
        if self._connection in allowed.sure:
            return Outcome.ALLOW
        return Outcome.UNKNOWN if self._connection in allowed.possible else Outcome.DENY

    def _open(self) -> DirectionVerdict:
        universe, direction = self._evaluator.universe, self._flow.direction
        if contains(universe.external, self._flow.subject):
            why = "an address outside the cluster has no policy of its own"
        elif contains(universe.hosts, self._flow.subject):
            why = "policies do not apply to pods on the host's network"
        else:
            why = f"no policy isolates it for {direction.word}"
        return DirectionVerdict(direction, Outcome.ALLOW, Tier.DEFAULT, why=why)

    def _matching(self, tier: CompiledTier) -> Iterator[Rectangle]:
        for rectangle in tier.rectangles:
            if rectangle.covers(self._flow) and self._connection in rectangle.ports:
                yield rectangle

    # --- a tier that isolates ---

    def _near(self, found: DirectionVerdict) -> DirectionVerdict:
        """What becomes of an answer where one end is, or may be, the node of the other."""
        if found.outcome is Outcome.ALLOW or self._vicinity is Vicinity.APART:
            return found
        if self._vicinity is Vicinity.OWN_NODE:
            return replace(found, outcome=Outcome.ALLOW, rules=(), nearest=None, why=OWN_NODE)
        return replace(found, outcome=Outcome.UNKNOWN, why=MAYBE_OWN_NODE)

    def _isolated(self, tier: CompiledTier) -> DirectionVerdict:
        direction, own = self._flow.direction, tier.tier
        policies = self._evaluator.selecting(own, direction, self._flow.subject)
        matching = tuple(self._matching(tier))
        sure = _rules(each for each in matching if each.certainty is Certainty.SURE)
        if sure:
            return DirectionVerdict(direction, Outcome.ALLOW, own, policies, sure)
        possible = _rules(matching)
        if possible:
            why = self._why_unknown(possible)
            return DirectionVerdict(
                direction, Outcome.UNKNOWN, own, policies, possible, why=why
            )
        rules = ((policy, rule) for policy in policies for rule in policy.rules_of(direction))
        candidates = (each for each in rules if each[1].action is Action.ALLOW)
        miss = self._nearest(candidates)
        return DirectionVerdict(direction, Outcome.DENY, own, policies, nearest=miss)

    # --- a tier whose rules are ordered ---

    def _by_priority(self, tier: CompiledTier) -> Iterator[_Answer]:
        """The answers of one tier, priority by priority, up to one that is sure.

        Policies of one priority are asked together, as nothing orders them.
        """
        flow = self._flow
        policies = self._evaluator.selecting(tier.tier, flow.direction, flow.subject)
        matching: dict[PolicyId, list[Rectangle]] = defaultdict(list)
        for rectangle in self._matching(tier):
            matching[rectangle.rule.policy].append(rectangle)
        steps: tuple[TierStep, ...] = ()
        for _, group in groupby(policies, key=lambda policy: policy.priority):
            own = tuple(_take_step(policy, matching[policy.id]) for policy in group)
            steps += own
            effects = {step.effect for step in own} - {Effect.NO_MATCH}
            found = None
            if effects - {Effect.PASS}:
                found = self._decided(tier, steps, own)
            yield own, found
            if effects == {Effect.PASS} or (found and found.outcome is not Outcome.UNKNOWN):
                return

    def _decided(
        self, tier: CompiledTier, steps: tuple[TierStep, ...], group: tuple[TierStep, ...]
    ) -> DirectionVerdict:
        deciding = tuple(step for step in group if step.effect is not Effect.NO_MATCH)
        effects = {step.effect for step in deciding}
        policies = tuple(step.policy for step in deciding)
        rules = tuple(rule for step in deciding for rule in step.rules)
        outcome = Outcome.UNKNOWN
        if len(effects) == 1:
            outcome = _OUTCOMES.get(deciding[0].effect, Outcome.UNKNOWN)
        why = self._why_undecided(deciding) if outcome is Outcome.UNKNOWN else ""
        miss = None
        if outcome is Outcome.DENY:
            miss = self._nearest(self._allowing(steps, rules))
        return DirectionVerdict(
            self._flow.direction, outcome, tier.tier, policies, rules, miss, why
        )

    def _allowing(
        self, steps: tuple[TierStep, ...], denying: tuple[Rule, ...]
    ) -> Iterator[Candidate]:
        """The rules that allow and come before the one that denies."""
        for step in steps:
            for rule in step.policy.rules_of(self._flow.direction):
                if rule in denying:
                    break
                if rule.action is Action.ALLOW:
                    yield step.policy, rule

    # --- what is missing, and what is not known ---

    def _nearest(self, candidates: Iterable[Candidate]) -> NearMiss | None:
        return nearest(self._evaluator, candidates, self._flow, self._connection)

    def _why_undecided(self, steps: tuple[TierStep, ...]) -> str:
        effects = {step.effect for step in steps}
        if Effect.UNKNOWN not in effects and len(effects) > 1:
            titles = " and ".join(step.policy.title for step in steps)
            return (
                f"ambiguous: {titles} have the same priority {steps[0].policy.priority} and "
                "differ, and nothing says which comes first"
            )
        return self._why_unknown(
            tuple(r for step in steps if step.effect is Effect.UNKNOWN for r in step.rules)
        )

    def _why_unknown(self, possible: tuple[Rule, ...]) -> str:
        """What the input leaves open about rules that may match."""
        protocol, _ = self._connection
        for rule in possible:
            for port in rule.ports:
                if isinstance(port, UnknownPort) and port.protocol is protocol:
                    return f"{port.location}: the port is still the placeholder {port.text}"
        peer, selection = self._flow.peer, self._evaluator.selection
        for rule in possible:
            for item in rule.peers:
                why = item.why_unknown()
                if why and contains(item.match(selection, rule.namespace).maybe, peer):
                    return why
        pods = self._evaluator.universe.pods
        if peer < len(pods) and pods[peer][0].addresses is not None:
            title = pods[peer][0].title
            return f"{title} has several addresses, of which an ipBlock holds only some"
        ranges = "the range in which a pod of unknown address may be"
        return f"an ipBlock covers only a part of {ranges}"


def _rules(rectangles: Iterable[Rectangle]) -> tuple[Rule, ...]:
    return tuple(dict.fromkeys(rectangle.rule for rectangle in rectangles))


def _take_step(policy: Policy, matching: Iterable[Rectangle]) -> TierStep:
    """What a policy of an ordered tier does, by those of its rectangles that match."""
    possible: list[Rule] = []
    for rectangle in matching:
        if rectangle.rule not in possible:
            possible.append(rectangle.rule)
        if rectangle.certainty is Certainty.SURE:
            return TierStep(policy, _combine(possible), tuple(possible))
    effect = Effect.UNKNOWN if possible else Effect.NO_MATCH
    return TierStep(policy, effect, tuple(possible))


def _combine(rules: list[Rule]) -> Effect:
    """The last one surely matches; those before it may."""
    actions = {rule.action for rule in rules}
    return _EFFECTS[actions.pop()] if len(actions) == 1 else Effect.UNKNOWN
