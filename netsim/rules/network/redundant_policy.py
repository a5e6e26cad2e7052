"""A policy is redundant: others already do all that it does.

Deleting it would change nothing for the pods that are known: each pod it selects is isolated by
another policy in the same directions, and what its rules allow is allowed by rules of others.
Such policies are often left over, and they mislead: deleting one to close a connection leaves
it open.

A policy with `podSelector: {}` also protects pods that are yet to come. It is compared only
with others of this kind, so a default deny is not redundant because every pod of today has a
policy of its own. One that has no rules is compared only with others without: it is there to
stay when those that allow something go. Rules about pods that the input does not have count as
covered only by the same rule elsewhere. Of two equal policies, one is reported: all that is
reported can be deleted at once.

PASS:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop}
spec:
  podSelector: {}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress:
    - ports:
        - {port: 8080}
```

FAIL:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop}
spec:
  podSelector: {}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny-api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
```

Fix: delete the policy, or keep it and suppress the finding with the reason.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from heapq import merge
from itertools import combinations, islice

from msgspec.structs import replace

from netsim.engine.policy.coverage import covers
from netsim.engine.policy.rectangle import Certainty, Rectangle
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet
from netsim.judge.case import Case
from netsim.judge.knowledge import Knowledge
from netsim.model.finding import Finding, Related, Severity
from netsim.model.labels import Requirement
from netsim.model.peers import BlockPeer, Match, Peer, PodPeer
from netsim.model.policies import Direction, NamedPort, Policy, PolicyId, PolicyPort, Rule, Tier
from netsim.model.ports import Connection, PortSet, Protocol
from netsim.rules import patches
from netsim.rules.interface import Check
from netsim.rules.patches import target_of
from netsim.words.lists import join_phrases

_MOST_RELATED = 10
"""Of a hundred equal policies each would name all others."""

_Ends = tuple[Direction, ClassSet, ClassSet]
"""Whom rules of a direction are about: the pods that are selected, and their peers."""

_Labels = frozenset[Requirement]
"""The labels that a policy selects its pods by."""


def _run(case: Case) -> Iterator[Finding]:
    comparison = _Comparison(Knowledge.of(case))
    spaces: dict[str, list[Policy]] = defaultdict(list)
    for policy in case.resources.policies_of(Tier.NETWORK_POLICY):
        spaces[policy.namespace].append(policy)
    for policies in spaces.values():
        yield from _check_namespace(comparison, policies)


def _check_namespace(comparison: _Comparison, policies: list[Policy]) -> Iterator[Finding]:
    """The redundant policies of a namespace, each judged without those found before it.

    The later of two equal policies is the one that was added without need.
    """
    unlimited = [each for each in policies if not each.subject.pods.requirements]
    every, of_all = _Kept(comparison, policies), _Kept(comparison, unlimited)
    denials = _Kept(comparison, [each for each in unlimited if not each.rules])
    found = []
    for policy in reversed(policies):
        if not comparison.selects(policy):
            continue  # another rule explains a policy that selects nothing
        is_unlimited = not policy.subject.pods.requirements
        is_denial = is_unlimited and not policy.rules
        kept = denials if is_denial else of_all if is_unlimited else every
        if kept.make_up_for(policy):
            every.remove(policy)
            if is_unlimited:
                of_all.remove(policy)
            if is_denial:
                denials.remove(policy)
            found.append(_finding(policy, kept))
    yield from reversed(found)


class _Comparison:
    """Compares policies by the classes they select and what they allow."""

    def __init__(self, known: Knowledge) -> None:
        self._known = known
        evaluator = known.evaluator
        subjects = evaluator.subjects[Tier.NETWORK_POLICY]
        self._subjects = {policy.id: selected for policy, selected in subjects}
        self._rectangles: dict[tuple[PolicyId, Direction], list[Rectangle]] = defaultdict(list)
        for direction, chain in evaluator.chains.items():
            for rectangle in chain[Tier.NETWORK_POLICY].rectangles:
                self._rectangles[rectangle.rule.policy, direction].append(rectangle)

    def selects(self, policy: Policy) -> bool:
        """Whether the policy selects a pod that is known."""
        return bool(self.subject(policy).possible & self._known.pods)

    def subject(self, policy: Policy) -> Match:
        """The pods that the policy selects, or may select."""
        return self._subjects[policy.id]

    def rectangles(self, policy: Policy, direction: Direction) -> list[Rectangle]:
        """What the rules of one direction allow."""
        return self._rectangles[policy.id, direction]

    def is_tangible(self, rule: Rule) -> bool:
        """Whether a rule is only about what is known, so that its rectangles tell it all."""
        if rule.peers and self._known.reaches_unread(rule):
            return False
        peers = all(self._is_met(peer, rule.namespace) for peer in rule.peers)
        return peers and all(self._is_resolved(port) for port in rule.ports)

    def _is_met(self, peer: Peer, home: str) -> bool:
        return isinstance(peer, BlockPeer) or bool(self._known.peer(peer, home))

    def _is_resolved(self, port: PolicyPort) -> bool:
        if not isinstance(port, NamedPort):
            return True
        return bool(self._known.evaluator.selection.port((port.name, port.protocol)))


class _Kept:
    """The policies of a namespace that are kept, counted by what they do.

    A policy costs what its own rules say, O(rules log rules), however many others there are;
    only where the counts do not tell is it compared with each policy that selects its pods.
    """

    def __init__(self, comparison: _Comparison, policies: Iterable[Policy]) -> None:
        self._comparison = comparison
        self._places: dict[PolicyId, int] = {}
        self._by_subject: dict[Match, dict[PolicyId, Policy]] = defaultdict(dict)
        self._isolating: Counter[tuple[Direction, Match]] = Counter()
        self._saying: dict[tuple[Direction, object], Counter[_Labels]] = defaultdict(Counter)
        sets: dict[_Ends, list[PortSet]] = defaultdict(list)
        for policy in policies:
            self._places[policy.id] = len(self._places)
            self._by_subject[comparison.subject(policy)][policy.id] = policy
            self._count(policy, 1)
            for ends, ports in self._allowed(policy).items():
                sets[ends].append(ports)
        self._ports = {ends: _Overlap(each) for ends, each in sets.items()}
        self._subjects_at: dict[int, list[Match]] = defaultdict(list)
        for subject in self._by_subject:
            for number in bits.members(subject.possible):
                self._subjects_at[number].append(subject)
        self._ends_at: dict[tuple[Direction, int], list[_Ends]] = defaultdict(list)
        for ends in self._ports:
            for number in bits.members(ends[1]):
                self._ends_at[ends[0], number].append(ends)
        self._meeting: dict[Match, tuple[Match, ...]] = {}

    def _count(self, policy: Policy, number: int) -> None:
        requirements = frozenset(policy.subject.pods.requirements)
        for direction in policy.directions:
            self._isolating[direction, self._comparison.subject(policy)] += number
            for meaning in {_meaning(rule) for rule in policy.rules_of(direction)}:
                self._saying[direction, meaning][requirements] += number

    def _allowed(self, policy: Policy) -> dict[_Ends, PortSet]:
        """The ports that it surely allows between two ends, as one set."""
        found: dict[_Ends, list[PortSet]] = defaultdict(list)
        for direction in policy.directions:
            for each in self._comparison.rectangles(policy, direction):
                if each.certainty is Certainty.SURE:
                    found[_ends(each)].append(each.ports)
        return {ends: PortSet.union(sets) for ends, sets in found.items()}

    def remove(self, policy: Policy) -> None:
        """Leaves a policy out."""
        del self._by_subject[self._comparison.subject(policy)][policy.id]
        self._count(policy, -1)
        for ends, ports in self._allowed(policy).items():
            self._ports[ends].remove(ports)

    def make_up_for(self, policy: Policy) -> bool:
        """Whether deleting the policy changes neither isolation nor what is allowed."""
        return all(
            self._isolate(policy, direction) and self._allow(policy, direction)
            for direction in policy.directions
        )

    def rivals(self, policy: Policy) -> Iterator[Policy]:
        """The others that select some of its pods, in the order of the input."""
        groups = (
            (each for each in self._by_subject[subject].values() if each.id != policy.id)
            for subject in self._list_meeting(self._comparison.subject(policy))
        )
        return merge(*groups, key=lambda each: self._places[each.id])

    def count_rivals(self, policy: Policy) -> int:
        """How many there are."""
        subjects = self._list_meeting(self._comparison.subject(policy))
        number = sum(len(self._by_subject[subject]) for subject in subjects)
        return number - (policy.id in self._by_subject[self._comparison.subject(policy)])

    def _list_meeting(self, subject: Match) -> tuple[Match, ...]:
        """The sets of selected pods that share one with this set."""
        if subject not in self._meeting:
            numbers = bits.members(subject.possible)
            found = (each for number in numbers for each in self._subjects_at[number])
            self._meeting[subject] = tuple(dict.fromkeys(found))
        return self._meeting[subject]

    def _isolate(self, policy: Policy, direction: Direction) -> bool:
        subject = self._comparison.subject(policy)
        others = (
            each.sure
            for each in self._list_meeting(subject)
            if self._isolating[direction, each] > (each == subject)
        )
        return not subject.possible & ~bits.union(others)

    def _allow(self, policy: Policy, direction: Direction) -> bool:
        rules = [
            rule
            for rule in policy.rules_of(direction)
            if not self._is_repeated(policy, direction, _meaning(rule))
        ]
        if not all(self._comparison.is_tangible(rule) for rule in rules):
            return False
        left = []
        for each in self._comparison.rectangles(policy, direction):
            if each.rule not in rules:
                continue
            hole = self._find_hole(policy, each)
            if hole and self._is_open(each, hole):
                return False
            left += [each] if hole else []
        theirs = [
            each
            for other in (self.rivals(policy) if left else ())
            for each in self._comparison.rectangles(other, direction)
        ]
        return all(covers(theirs, each) for each in left)

    def _is_repeated(self, policy: Policy, direction: Direction, meaning: object) -> bool:
        """Whether a rule of another policy means this that selects whatever this one does."""
        own = frozenset(policy.subject.pods.requirements)
        saying = self._saying[direction, meaning]
        return any(saying[wider] > (wider == own) for wider in _list_parts(own, saying))

    def _find_hole(self, policy: Policy, rectangle: Rectangle) -> Connection | None:
        """A port that no other policy surely allows by a rule with the same two ends."""
        ends = _ends(rectangle)
        if rectangle.certainty is not Certainty.SURE:
            return rectangle.ports.first()
        return self._ports[ends].find_hole(rectangle.ports, self._allowed(policy)[ends])

    def _is_open(self, rectangle: Rectangle, hole: Connection) -> bool:
        """Whether no other rule surely allows a port between two classes of a rectangle."""
        direction, subjects, peers = own = _ends(rectangle)
        subject, peer = next(bits.members(subjects)), next(bits.members(peers))
        return not any(
            bits.contains(ends[2], peer) and self._ports[ends].holds(hole)
            for ends in self._ends_at[direction, subject]
            if ends != own or rectangle.certainty is not Certainty.SURE
        )


class _Overlap:
    """How many of some sets of ports hold a port, piece by piece between their edges."""

    def __init__(self, sets: Iterable[PortSet]) -> None:
        self._sets = Counter(sets)
        self._edges = {
            protocol: sorted(
                {
                    edge
                    for ports in self._sets
                    for low, high in ports.ports(protocol)
                    for edge in (low, high + 1)
                }
            )
            for protocol in Protocol
        }
        self._counts = {protocol: [0] * len(edges) for protocol, edges in self._edges.items()}
        for ports in self._sets:
            self._add(ports, 1)

    def remove(self, ports: PortSet) -> None:
        """Leaves out one of the sets."""
        self._sets[ports] -= 1
        if not self._sets[ports]:
            self._add(ports, -1)

    def find_hole(self, ports: PortSet, own: PortSet) -> Connection | None:
        """A port that no other set holds than ``own``, which holds all these ports."""
        if self._sets[own] > 1:
            return None
        for protocol, piece, low in self._pieces(ports):
            if self._counts[protocol][piece] < 2:
                return protocol, low
        return None

    def holds(self, connection: Connection) -> bool:
        """Whether a set holds a port."""
        protocol, port = connection
        piece = bisect_right(self._edges[protocol], port) - 1
        return piece >= 0 and self._counts[protocol][piece] > 0

    def _add(self, ports: PortSet, number: int) -> None:
        for protocol, piece, _ in self._pieces(ports):
            self._counts[protocol][piece] += number

    def _pieces(self, ports: PortSet) -> Iterator[tuple[Protocol, int, int]]:
        """The pieces that ports lie in, each with the first of them."""
        for protocol, edges in self._edges.items():
            for low, high in ports.ports(protocol):
                first, end = bisect_right(edges, low) - 1, bisect_left(edges, high + 1)
                for piece in range(first, end):
                    yield protocol, piece, max(low, edges[piece])


def _list_parts(labels: _Labels, known: Collection[_Labels]) -> Iterator[_Labels]:
    """The parts of some labels that are known; the shorter way of two.

    A policy has few labels and many equal rules, or many labels that few others have.
    """
    if 2 ** len(labels) > len(known):
        yield from (each for each in known if each <= labels)
        return
    for number in range(len(labels) + 1):
        for part in map(frozenset, combinations(labels, number)):
            if part in known:
                yield part


def _ends(rectangle: Rectangle) -> _Ends:
    return rectangle.rule.direction, rectangle.subjects, rectangle.peers


def _meaning(rule: Rule) -> object:
    """A rule without its place: equal meanings allow the same."""
    peers = frozenset(
        (peer.namespaces, peer.pods)
        if isinstance(peer, PodPeer)
        else replace(peer, location=rule.location)
        for peer in rule.peers
    )
    return peers, frozenset((type(port), str(port)) for port in rule.ports)


def _finding(policy: Policy, kept: _Kept) -> Finding:
    others = tuple(islice(kept.rivals(policy), _MOST_RELATED))
    more = ("",) * (kept.count_rivals(policy) - len(others))
    names = join_phrases((*(other.title for other in others), *more))
    return CHECK.finding(
        policy.location,
        f"{policy.title} is redundant with {names} for all known pods",
        policy=policy.title,
        related=tuple(
            Related(other.location, f"{other.title} selects the same pods") for other in others
        ),
        fix="Delete the policy; to close what it allows, change the others.",
        patches=(patches.remove(target_of(policy)),),
    )


CHECK = Check(
    id="redundant-policy",
    title="A policy is redundant with others",
    severity=Severity.NOTE,
    run=_run,
)
"""The rule."""
