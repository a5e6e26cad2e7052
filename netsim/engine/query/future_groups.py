"""Which future pods fare alike towards one class of pods.

For a class ``c`` and a direction, all pods that nobody has written are divided into groups,
each with one answer: by the rules of the policies that select ``c``, and, where those leave
anything open, by the policies that are going to select the new pod itself.  A group is divided
only while its answer depends on it, so that there are about as many groups as rules, and not
one for each combination of labels.

What is worked out here is where to divide; what the answers are, the engine says of a stand-in
in each group (:mod:`netsim.engine.query.exposure`).  To divide too often costs time, never
truth.  Selectors that all ask for other labels, with other ports each, can tell more pods apart
than anybody would read about: from so many groups on, ``undivided`` ones are unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.policy.compile import rule_peers, rule_rectangles
from netsim.engine.policy.decision import PASSED, Allowed, Decision
from netsim.engine.policy.flow import Flow
from netsim.engine.policy.rectangle import Certainty, Rectangle
from netsim.engine.policy.tiers import Boundary, OrderedTier, Stop, unite
from netsim.engine.space.bits import ClassSet, contains
from netsim.engine.space.futures import Future, Futures, Halves, fit_homes
from netsim.model.other_systems import UnevaluatedPolicy
from netsim.model.peers import Match, PodPeer
from netsim.model.policies import Direction, Policy, Rule, Tier
from netsim.model.ports import PortSet
from netsim.model.truth import Truth

MOST_GROUPS = 2000
"""How many groups one side may divide future pods into; what is left then is unknown."""

Test = Callable[[Future], Truth | Halves]
"""Whether a group meets a condition, or how the condition divides it."""

Groups = tuple[Future, ...]

_Answered = tuple[Future, Allowed]


class _AskedRule(Struct, frozen=True):
    """A rule, whether it is about the connection, and the ports that it lists there."""

    rule: Rule
    test: Test
    ports: tuple[tuple[PortSet, Certainty], ...]


class _AskedPolicy(Struct, frozen=True):
    """A policy, and whether it selects the end whose side is asked."""

    policy: Policy
    test: Test
    rules: tuple[_AskedRule, ...]


class _Ruled(Struct, frozen=True):
    """Policies, and their rules of one direction."""

    policies: tuple[Policy, ...]
    rules: tuple[Rule, ...]

    @classmethod
    def of(cls, policies: Iterable[Policy], direction: Direction) -> _Ruled:
        own = tuple(policies)
        return cls(own, tuple(rule for each in own for rule in each.rules_of(direction)))


def _always(fit: Truth, _: Future) -> Truth:
    return fit


class FutureGroups:
    """Divides future pods for each class of an evaluator.

    ``strangers`` are the classes of a pod without labels in each namespace of the input, and in
    one that nobody has written, by name; they tell what does not depend on labels.
    """

    def __init__(
        self, evaluator: Evaluator, futures: Futures, strangers: dict[str, int], new: int
    ) -> None:
        self._evaluator, self._futures = evaluator, futures
        self._strangers, self._new = strangers, new
        resources = evaluator.universe.resources
        policies = (*resources.policies, *resources.unevaluated)
        self._ports: dict[int, tuple[tuple[ClassSet, PortSet, Certainty], ...]] = {}
        self._peers: dict[int, Match] = {}
        self._tests: dict[int, Test] = {}
        self._of_subject: dict[object, tuple[_Answered, ...]] = {}
        self._of_peer: list[tuple[_Answered, ...]] = []
        self._places: dict[object, int] = {}
        self._groups: dict[object, Groups] = {}
        self.undivided: set[Future] = set()
        self._own: dict[Direction, tuple[tuple[Policy, ClassSet, ClassSet], ...]] = {}
        self._above: dict[Direction, _Ruled] = {}
        self._below: dict[Direction, dict[str, _Ruled]] = {}
        for direction in Direction:
            about = [each for each in policies if direction in each.directions]
            self._own[direction] = tuple((each, *self._subject(each)) for each in about)
            above = (each for each in about if not each.namespace)
            self._above[direction] = _Ruled.of(above, direction)
            below: dict[str, list[Policy]] = defaultdict(list)
            for policy in about:
                if policy.namespace in futures.known:
                    below[policy.namespace].append(policy)
            self._below[direction] = {
                name: _Ruled.of(own, direction) for name, own in below.items()
            }

    def of(self, number: int, direction: Direction) -> Groups:
        """The groups for a class and its connections in a direction."""
        own = tuple(self._selecting(number, direction))
        named = self._evaluator.universe.keys[number].ports
        key = direction, tuple((id(policy), fit) for policy, fit in own), named
        if key not in self._of_subject:
            asked = tuple(self._ask_about(policy, fit, number) for policy, fit in own)
            divided = self._divide(asked, self._futures.everyone, direction)
            self._of_subject[key] = tuple(divided)
        answered = self._of_subject[key]
        if not any(allowed.possible for _, allowed in answered):
            return tuple(future for future, _ in answered)
        others = tuple(self._others(number, direction.opposite))
        whole = key, others
        if whole not in self._groups:
            places = tuple(self._of_peer[other] for other in others)
            self._groups[whole] = tuple(self._combine(answered, places))
        return self._groups[whole]

    # --- the policies of the class itself ---

    def _selecting(self, number: int, direction: Direction) -> Iterator[tuple[Policy, Truth]]:
        for policy, sure, maybe in self._own[direction]:
            if contains(sure, number):
                yield policy, Truth.YES
            elif contains(maybe, number):
                yield policy, Truth.MAYBE

    def _subject(self, policy: Policy) -> tuple[ClassSet, ClassSet]:
        match = policy.subject.match(self._evaluator.selection, policy.namespace)
        reaches_nodes = isinstance(policy, UnevaluatedPolicy) and policy.reaches_nodes
        nodes = self._evaluator.universe.hosts if reaches_nodes else 0
        return match.sure | nodes, match.maybe

    def _ask_about(self, policy: Policy, fit: Truth, number: int) -> _AskedPolicy:
        rules = tuple(
            _AskedRule(rule, self._test(rule), self._ports_at(rule, self._end(rule, number)))
            for rule in policy.rules
        )
        return _AskedPolicy(policy, partial(_always, fit), rules)

    def _end(self, rule: Rule, number: int) -> int:
        """Where a connection arrives: at the class, or at the new pod."""
        return number if rule.direction is Direction.INGRESS else self._new

    def _test(self, rule: Rule) -> Test:
        """Whether a rule names the new pod."""
        if id(rule) not in self._tests:
            self._tests[id(rule)] = self._new_test(rule)
        return self._tests[id(rule)]

    def _new_test(self, rule: Rule) -> Test:
        if not rule.peers:
            return partial(_always, Truth.YES)
        labelled = tuple(each for each in rule.peers if isinstance(each, PodPeer))
        others = tuple(each for each in rule.peers if not isinstance(each, PodPeer))
        tests = [
            partial(self._futures.fit_peer, peer=each, home=rule.namespace) for each in labelled
        ]
        if others:
            universe, selection = self._evaluator.universe, self._evaluator.selection
            match = rule_peers(universe, selection, replace(rule, peers=others))
            tests.append(partial(self._fit_places, sure=match.sure, maybe=match.maybe))
        return partial(_any, tests)

    def _fit_places(self, future: Future, sure: ClassSet, maybe: ClassSet) -> Truth | Halves:
        """Whether a group is meant, as far as only its namespaces decide."""
        for classes, fit in ((sure, Truth.YES), (sure | maybe, Truth.MAYBE)):
            if not future.homes:
                found: Truth | Halves = Truth.YES if contains(classes, self._new) else Truth.NO
            else:
                strangers = self._strangers.items()
                names = (name for name, number in strangers if contains(classes, number))
                found = fit_homes(future, frozenset(names))
            if found is not Truth.NO:
                return fit if found is Truth.YES else found
        return Truth.NO

    # --- the policies of the new pod ---

    def _others(self, number: int, direction: Direction) -> Iterator[int]:
        """The places of what the policies of new pods say, a part of the namespaces each."""
        above, below = self._above[direction], self._below[direction]
        shared = tuple(self._names(rule, number) for rule in above.rules)
        rest = frozenset(self._futures.known).difference(below)
        for future in self._futures.everyone:
            if not future.homes:
                yield self._other(number, direction, future, (above,), (shared,))
        if rest:
            yield self._other(number, direction, Future(rest), (above,), (shared,))
        for name, own in below.items():
            fits = tuple(self._names(rule, number) for rule in own.rules)
            place = Future(frozenset((name,)))
            yield self._other(number, direction, place, (own, above), (fits, shared))

    def _other(
        self,
        number: int,
        direction: Direction,
        place: Future,
        ruled: tuple[_Ruled, ...],
        fits: tuple[tuple[Truth, ...], ...],
    ) -> int:
        end = number if direction is Direction.EGRESS else self._new
        key = direction, place, fits, self._evaluator.universe.keys[end].ports
        if key not in self._places:
            self._places[key] = len(self._of_peer)
            fit_of = {
                id(rule): fit
                for own, each in zip(ruled, fits, strict=True)
                for rule, fit in zip(own.rules, each, strict=True)
            }
            policies = (policy for own in ruled for policy in own.policies)
            asked = tuple(self._ask_new(policy, fit_of, end) for policy in policies)
            self._of_peer.append(tuple(self._divide(asked, (place,), direction)))
        return self._places[key]

    def _ask_new(self, policy: Policy, fits: dict[int, Truth], end: int) -> _AskedPolicy:
        test = partial(self._futures.fit_peer, peer=policy.subject, home=policy.namespace)
        rules = tuple(
            _AskedRule(rule, partial(_always, fits[id(rule)]), self._ports_at(rule, end))
            for rule in policy.rules
            if fits.get(id(rule), Truth.NO) is not Truth.NO
        )
        return _AskedPolicy(policy, test, rules)

    def _names(self, rule: Rule, number: int) -> Truth:
        """Whether a rule names the class."""
        if id(rule) not in self._peers:
            universe, selection = self._evaluator.universe, self._evaluator.selection
            self._peers[id(rule)] = rule_peers(universe, selection, rule)
        sure, maybe = self._peers[id(rule)]
        if contains(sure, number):
            return Truth.YES
        return Truth.MAYBE if contains(maybe, number) else Truth.NO

    # --- how a group fares ---

    def _ports_at(self, rule: Rule, end: int) -> tuple[tuple[PortSet, Certainty], ...]:
        if id(rule) not in self._ports:
            universe, selection = self._evaluator.universe, self._evaluator.selection
            anyone = replace(rule, peers=())
            self._ports[id(rule)] = tuple(
                (each.destinations, each.ports, each.certainty)
                for each in rule_rectangles(
                    universe, selection, anyone, Match(universe.everything)
                )
            )
        return tuple(
            (ports, certainty)
            for destinations, ports, certainty in self._ports[id(rule)]
            if contains(destinations, end)
        )

    def _divide(
        self, asked: tuple[_AskedPolicy, ...], futures: Iterable[Future], direction: Direction
    ) -> Iterator[_Answered]:
        """Cuts groups until each has one answer, or nothing is left to ask."""
        left, groups = list(futures), 0
        while left:
            future = left.pop()
            allowed, halves = _answer(asked, future, direction)
            if halves is None or allowed.sure == allowed.possible:
                groups += 1
                yield future, allowed
            elif groups + len(left) < MOST_GROUPS:
                left += halves
            else:
                self.undivided.add(future)
                yield future, allowed

    def _combine(
        self, answered: Iterable[_Answered], places: Iterable[tuple[_Answered, ...]]
    ) -> Iterator[Future]:
        """The groups of one end, divided by what the other end says where that matters.

        All groups of a place have their namespaces in common.
        """
        known = tuple((_unite_homes(place), place) for place in places)
        for future, allowed in answered:
            if not allowed.possible:
                yield future
                continue
            for homes, place in known:
                if homes.isdisjoint(future.homes) if homes else future.homes:
                    continue
                for other, _ in place:
                    both = future.intersect(other)
                    if both is None:
                        continue
                    if not self.undivided.isdisjoint((future, other)):
                        self.undivided.add(both)
                    yield both


def _any(tests: Iterable[Test], future: Future) -> Truth | Halves:
    found: Truth | Halves = Truth.NO
    for test in tests:
        fit = test(future)
        if fit is Truth.YES:
            return fit
        if found is Truth.NO or (found is Truth.MAYBE and fit is not Truth.NO):
            found = fit
    return found


_FLOWS = {direction: Flow.of(direction, 1, 0) for direction in Direction}
"""Of two classes, the other end and the one whose policies are asked."""


def _answer(
    asked: tuple[_AskedPolicy, ...], future: Future, direction: Direction
) -> tuple[Allowed, Halves | None]:
    """What policies let pass, and what divides the group further, if anything does."""
    found, decision = _Questions(future, direction), PASSED
    for tier in Tier:
        own = [each for each in asked if each.policy.tier is tier]
        if tier.is_ordered:
            decision = decision.then(found.ask_in_order(tier, own))
        elif tier is not Tier.DEFAULT:
            isolating = [each for each in asked if direction in each.policy.isolates]
            decision = decision.then(found.ask_together(own, isolating))
    return decision.allowed, found.halves


class _Questions:
    """Asks a chain of policies about a group, and remembers what it leaves open first."""

    def __init__(self, future: Future, direction: Direction) -> None:
        self._future, self._flow = future, _FLOWS[direction]
        self.halves: Halves | None = None

    def _ask(self, test: Test) -> Truth:
        fit = test(self._future)
        if isinstance(fit, Truth):
            return fit
        self.halves = self.halves or fit
        return Truth.MAYBE

    def _rectangles(self, asked: _AskedPolicy, selected: Truth) -> Iterator[Rectangle]:
        for each in asked.rules:
            if each.rule.direction is not self._flow.direction:
                continue
            fit = self._ask(each.test)
            for ports, certainty in each.ports if fit is not Truth.NO else ():
                is_sure = selected is fit is Truth.YES and certainty is Certainty.SURE
                how = Certainty.SURE if is_sure else Certainty.POSSIBLE
                yield Rectangle(-1, -1, ports, how, each.rule)

    def ask_in_order(self, tier: Tier, asked: list[_AskedPolicy]) -> Decision:
        """What an ordered tier makes of the group."""
        stops: list[Stop] = []
        last = None
        for each in sorted(asked, key=lambda each: each.policy.priority):
            selected = self._ask(each.test)
            if selected is Truth.NO:
                continue
            if last is not None and last != each.policy.priority:
                stops.append(Boundary.PRIORITY)
            last = each.policy.priority
            stops += (*self._rectangles(each, selected), Boundary.POLICY)
        return OrderedTier(tier, (*stops, Boundary.PRIORITY), 0).decide(self._flow)

    def ask_together(
        self, asked: list[_AskedPolicy], isolating: list[_AskedPolicy]
    ) -> Decision:
        """What an isolating tier makes of the group."""
        isolated = [self._ask(each.test) for each in isolating]
        if Truth.YES not in isolated and Truth.MAYBE not in isolated:
            return PASSED
        rectangles = [
            rectangle
            for each in asked
            if (selected := self._ask(each.test)) is not Truth.NO
            for rectangle in self._rectangles(each, selected)
        ]
        found = Decision.isolating(unite(rectangles))
        if Truth.YES in isolated:
            return found
        return Decision(found.allow | PASSED.allow, found.deny, PASSED.passed)


def _unite_homes(place: tuple[_Answered, ...]) -> frozenset[str]:
    return frozenset[str]().union(*(future.homes for future, _ in place))
