"""Why a connection is allowed or denied: the rules that decide, or the nearest one.

The explanation of ``shop/web -> shop/api TCP 80`` is a :class:`Verdict`: for each end, what the
tiers of :mod:`netsim.engine.policy.chain` make of it, one after the other, up to the one that
decides.  ``ingress: denied, shop/deny isolates it, the nearest rule is shop/api ingress[0]``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, groupby
from typing import TYPE_CHECKING

from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.explain.ends import Ends, name_end
from netsim.engine.explain.openness import explain_openness
from netsim.engine.policy.flow import Flow
from netsim.engine.policy.rectangle import Certainty, Rectangle
from netsim.engine.policy.tiers import CompiledTier
from netsim.engine.space.bits import contains
from netsim.engine.space.places import Vicinity
from netsim.model.addresses import Family
from netsim.model.endpoint import Endpoint, is_same_pod
from netsim.model.peers import PodPeer
from netsim.model.policies import (
    Action,
    Direction,
    NamedPort,
    Policy,
    PolicyId,
    Rule,
    Tier,
    UnknownPort,
)
from netsim.model.ports import Connection, PortSet
from netsim.model.truth import Truth
from netsim.model.verdict import (
    DirectionVerdict,
    Effect,
    Outcome,
    TierStep,
    Verdict,
    VerdictPart,
)

if TYPE_CHECKING:
    from netsim.engine.explain.divided import Pair
    from netsim.engine.explain.nearest import Candidate, Near

SELF = "a pod always reaches itself"
OWN_NODE = "no NetworkPolicy keeps a pod and the node it runs on apart"
MAYBE_OWN_NODE = (
    "the one may be the node that the other runs on, which no NetworkPolicy keeps apart"
)
NO_FAMILY = "the one has IPv4 addresses only, the other IPv6: no packet can pass"


def verdict(
    evaluator: Evaluator, source: Endpoint, destination: Endpoint, connection: Connection
) -> Verdict:
    """The verdict between two endpoints, with what of the rules matches or nearly does.

    Their pods are of the evaluator's input.  Where their pods or addresses differ, the outcome
    is unknown and says so.
    """
    found, pair = _decide(evaluator, source, destination, connection)
    if pair is None:
        return found
    ends = Ends.of(evaluator.universe, *pair, (source, destination))
    egress, ingress = (
        _add_reasons(evaluator, Flow(each.direction, *pair), ends, connection, each)
        for each in (found.egress, found.ingress)
    )
    return replace(found, egress=egress, ingress=ingress)


def decide(
    evaluator: Evaluator, source: Endpoint, destination: Endpoint, connection: Connection
) -> Verdict:
    """The verdict between two endpoints without a search for what is near; see ``verdict``."""
    return _decide(evaluator, source, destination, connection)[0]


def _decide(
    evaluator: Evaluator, source: Endpoint, destination: Endpoint, connection: Connection
) -> tuple[Verdict, Pair | None]:
    """The verdict, and the classes of which it is; None where no policy is asked."""
    if is_same_pod(source, destination):
        return _unconditional(Outcome.ALLOW, SELF), None
    ends = (evaluator.universe.of(source), evaluator.universe.of(destination))
    found = {
        pair: class_verdict(evaluator, *pair, connection) for pair in evaluator.pairs(*ends)
    }
    if not found:
        why = "an endpoint without pods has no connections"
        return _unconditional(Outcome.UNKNOWN, why), None
    shown = next((p for p, each in found.items() if each.outcome is Outcome.DENY), None)
    shown = shown or next(iter(found))
    outcomes = {pair: each.outcome for pair, each in found.items()}
    if len(set(outcomes.values())) == 1:
        return found[shown], shown
    from netsim.engine.explain.divided import name_parts

    parts = name_parts(evaluator.universe, outcomes.items(), source, destination)
    return _explain_divided(found[shown], parts, source, destination), shown


def _explain_divided(
    shown: Verdict, parts: tuple[VerdictPart, ...], source: Endpoint, destination: Endpoint
) -> Verdict:
    """Some pairs are allowed and others not: one that is denied shows why."""
    allowed = next((each.names for each in parts if each.outcome is Outcome.ALLOW), ())
    total = sum(len(each.names) for each in parts)
    why = (
        f"{source.title} and {destination.title} stand for {total} parts with different "
        f"verdicts, of which {len(allowed)} may connect"
    )
    return Verdict(Outcome.UNKNOWN, shown.egress, shown.ingress, why, parts)


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
    return Verdict(outcome, egress, ingress, why, families=tuple(outcomes.items()))


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
        yield part, decide_direction(evaluator, flow, part.first())


def direction_verdict(
    evaluator: Evaluator, flow: Flow, connection: Connection
) -> DirectionVerdict:
    """What one end says, with what of the rules matches, or nearly does; O(rules)."""
    found = decide_direction(evaluator, flow, connection)
    ends = Ends.of(evaluator.universe, flow.source, flow.destination)
    return _add_reasons(evaluator, flow, ends, connection, found)


def decide_direction(
    evaluator: Evaluator, flow: Flow, connection: Connection
) -> DirectionVerdict:
    """What one end says of a connection between two classes: the first tier that decides.

    A tier that only may decide makes the answer unknown, unless every other way leads to the
    same one.  No node reaches its pods by itself here.
    """
    facets = evaluator.facets(flow.source, flow.destination)
    if not facets:
        return DirectionVerdict(flow.direction, Outcome.DENY, Tier.DEFAULT, why=NO_FAMILY)
    found = {family: _ask(each, flow, connection) for family, each in facets.items()}
    return _unite(flow.direction, found)


def _add_reasons(
    evaluator: Evaluator,
    flow: Flow,
    ends: Ends,
    connection: Connection,
    verdict: DirectionVerdict,
) -> DirectionVerdict:
    evaluator = _pick_facet(evaluator, flow, connection, verdict.outcome)
    # A check that finds nothing denied needs none of it.
    from netsim.engine.explain.admissions import admit
    from netsim.engine.explain.nearest import find_nearest, find_nearest_of

    asked = (rule for step in verdict.steps for rule in step.rules)
    rules = dict.fromkeys((*verdict.rules, *asked))
    admissions = tuple(admit(evaluator, rule, flow, ends, connection) for rule in rules)
    near: Near = (None, None)
    if verdict.outcome is Outcome.DENY and not verdict.tier.is_ordered:
        near = find_nearest(evaluator, flow, ends, connection)
    elif verdict.outcome is Outcome.DENY:
        candidates = _list_earlier(verdict)
        near = find_nearest_of(evaluator, flow, ends, connection, candidates)
    nearest, also_near = near
    return replace(verdict, admissions=admissions, nearest=nearest, also_near=also_near)


def _pick_facet(
    evaluator: Evaluator, flow: Flow, connection: Connection, outcome: Outcome
) -> Evaluator:
    """What says so in the packets of one family, where families are judged apart."""
    facets = tuple(evaluator.facets(flow.source, flow.destination).values())
    if len(facets) < 2:
        return facets[0] if facets else evaluator
    return next(
        (each for each in facets if _ask(each, flow, connection).outcome is outcome), evaluator
    )


def _ask(evaluator: Evaluator, flow: Flow, connection: Connection) -> DirectionVerdict:
    """What one end says in packets of one family, as if no node reached its pods by itself."""
    return _Explainer(evaluator, flow, connection).verdict()


def _list_earlier(verdict: DirectionVerdict) -> Iterator[Candidate]:
    """The rules that allow and come before the one of an ordered tier that denies."""
    for step in verdict.steps:
        if step.policy.tier is not verdict.tier:
            continue
        for rule in step.policy.rules_of(verdict.direction):
            if rule in verdict.rules:
                break
            if rule.action is Action.ALLOW:
                yield step.policy, rule


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
        may_be_isolated = False
        for more, found in self._answers():
            steps += more
            if found is None:
                continue
            if found.outcome is Outcome.UNKNOWN:
                doubtful = doubtful or found
                may_be_isolated |= not found.tier.is_ordered
            elif doubtful is None or (
                # What comes later would be told as if it were not isolated.
                not may_be_isolated and found.outcome is self._certain()
            ):
                return replace(found, steps=steps)
        return replace(self._either_way(doubtful) if doubtful else self._open(), steps=steps)

    def _answers(self) -> Iterator[_Answer]:
        for tier in self._chain.at(self._flow.subject):
            if tier.tier.is_ordered:
                yield from self._by_priority(tier)
            elif tier.isolates(self._flow.subject):
                yield (), self._near(self._isolated(tier))
                return
            elif contains(tier.touched, self._flow.subject):
                yield (), self._perhaps_isolated(tier)
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

    def _perhaps_isolated(self, tier: CompiledTier) -> DirectionVerdict:
        direction, own = self._flow.direction, tier.tier
        policies = self._evaluator.selecting(own, direction, self._flow.subject)
        why = f"whether {policies[0].title} selects it is unknown: "
        return DirectionVerdict(
            direction,
            Outcome.UNKNOWN,
            own,
            policies,
            _rules(self._matching(tier)),
            why=why + self._why_selected(policies[0]),
            selected=Truth.MAYBE,
        )

    def _isolated(self, tier: CompiledTier) -> DirectionVerdict:
        direction, own = self._flow.direction, tier.tier
        selecting = self._evaluator.selecting(own, direction, self._flow.subject)
        policies = tuple(each for each in selecting if self._is_selected_by(each))
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
        return DirectionVerdict(direction, Outcome.DENY, own, policies)

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
        for _, group in groupby(policies, key=lambda policy: policy.priority):
            own = tuple(_take_step(policy, matching[policy.id]) for policy in group)
            effects = {step.effect for step in own} - {Effect.NO_MATCH}
            found = None
            if effects - {Effect.PASS}:
                found = self._decided(tier, own)
            yield own, found
            if effects == {Effect.PASS} or (found and found.outcome is not Outcome.UNKNOWN):
                return

    def _decided(self, tier: CompiledTier, group: tuple[TierStep, ...]) -> DirectionVerdict:
        deciding = tuple(step for step in group if step.effect is not Effect.NO_MATCH)
        effects = {step.effect for step in deciding}
        policies = tuple(step.policy for step in deciding)
        rules = tuple(rule for step in deciding for rule in step.rules)
        outcome = Outcome.UNKNOWN
        if len(effects) == 1:
            outcome = _OUTCOMES.get(deciding[0].effect, Outcome.UNKNOWN)
        why = self._why_undecided(deciding) if outcome is Outcome.UNKNOWN else ""
        direction = self._flow.direction
        return DirectionVerdict(direction, outcome, tier.tier, policies, rules, why=why)

    # --- what is not known ---

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
        reasons = chain(
            self._list_open_ports(possible),
            self._list_open_subjects(possible),
            self._list_open_peers(possible),
        )
        for reason in reasons:
            return reason
        pods, peer = self._evaluator.universe.pods, self._flow.peer
        if peer < len(pods) and pods[peer][0].addresses is not None:
            title = name_end(pods[peer][0])
            return f"{title} has several addresses, of which an ipBlock holds only some"
        ranges = "the range in which a pod of unknown address may be"
        return f"an ipBlock covers only a part of {ranges}"

    def _list_open_ports(self, rules: tuple[Rule, ...]) -> Iterator[str]:
        protocol, _ = self._connection
        for rule in rules:
            for port in rule.ports:
                if isinstance(port, UnknownPort) and port.protocol is protocol:
                    yield f"{port.location}: the port is still the placeholder {port.text}"
                elif isinstance(port, NamedPort) and self._may_be_named(port):
                    pod = self._evaluator.universe.pods[self._flow.destination][0]
                    yield (
                        f"{pod.location}: which port {port.name} is on {name_end(pod)} is "
                        "still a placeholder"
                    )

    def _may_be_named(self, port: NamedPort) -> bool:
        """Whether a port name may stand for the connection's port at its destination."""
        possible = self._evaluator.selection.possible_ports((port.name, port.protocol))
        return any(
            self._connection in ports and contains(pods, self._flow.destination)
            for ports, pods in possible.items()
        )

    def _list_open_subjects(self, rules: tuple[Rule, ...]) -> Iterator[str]:
        policies = {each.id: each for each in self._evaluator.universe.resources.policies}
        for rule in rules:
            policy = policies.get(rule.policy)
            if policy and not self._is_selected_by(policy):
                why = self._why_selected(policy)
                yield f"whether {policy.title} selects it is unknown: {why}"

    def _list_open_peers(self, rules: tuple[Rule, ...]) -> Iterator[str]:
        number, selection = self._flow.peer, self._evaluator.selection
        for rule in rules:
            for peer in rule.peers:
                if contains(peer.match(selection, rule.namespace).maybe, number):
                    why = peer.why_unknown()
                    if isinstance(peer, PodPeer):
                        why = self._why_open(peer, rule.namespace, number) or why
                    if why:
                        yield why

    def _is_selected_by(self, policy: Policy) -> bool:
        """Whether a policy surely selects the subject."""
        return contains(self._evaluator.selection.subject(policy).sure, self._flow.subject)

    def _why_selected(self, policy: Policy) -> str:
        return self._why_open(policy.subject, policy.namespace, self._flow.subject)

    def _why_open(self, peer: PodPeer, home: str, number: int) -> str:
        return explain_openness(self._evaluator, peer, home, number)


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
        if rectangle.if_selected is Certainty.SURE:
            break  # no later rule matches, whether or not the policy selects the subject
    effect = Effect.UNKNOWN if possible else Effect.NO_MATCH
    return TierStep(policy, effect, tuple(possible))


def _combine(rules: list[Rule]) -> Effect:
    """The last one surely matches; those before it may."""
    actions = {rule.action for rule in rules}
    return _EFFECTS[actions.pop()] if len(actions) == 1 else Effect.UNKNOWN
