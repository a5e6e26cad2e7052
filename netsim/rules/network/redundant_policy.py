"""A policy is redundant: others already do all that it does.

Deleting it would change nothing for the pods that are known: each pod it selects is isolated by
another policy in the same directions, and what its rules allow is allowed by rules of others.
Such policies are often left over, and they mislead: deleting one to close a connection leaves
it open.

A policy with `podSelector: {}` also protects pods that are yet to come. It is compared only
with others of this kind, so a default deny is not redundant because every pod of today has a
policy of its own. Rules about pods that the input does not have count as covered only by the
same rule elsewhere. Of two equal policies, one is reported: all that is reported can be deleted
at once.

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

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from netsim.engine.policy.coverage import covers
from netsim.engine.policy.rectangle import Rectangle
from netsim.judge.case import Case
from netsim.judge.knowledge import Knowledge
from netsim.model.finding import Finding, Related, Severity
from netsim.model.peers import BlockPeer, Peer, PodPeer
from netsim.model.policies import Direction, NamedPort, Policy, PolicyId, PolicyPort, Rule, Tier
from netsim.rules.interface import Check
from netsim.words.lists import join_phrases


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
    kept, found = list(policies), []
    for policy in reversed(policies):
        if not comparison.selects(policy):
            continue  # another rule explains a policy that selects nothing
        rest = [other for other in kept if other is not policy]
        others = comparison.rivals(policy, rest)
        if others and comparison.is_redundant(policy, others):
            kept = rest
            found.append(_finding(policy, others))
    yield from reversed(found)


class _Comparison:
    """Compares policies of one namespace by the classes they select and what they allow."""

    def __init__(self, known: Knowledge) -> None:
        self._known = known
        evaluator = known.evaluator
        subjects = evaluator.subjects[Tier.NETWORK_POLICY]
        self._surely = {policy.id: own.sure for policy, own in subjects}
        self._subjects = {policy.id: own.possible for policy, own in subjects}
        self._rectangles: dict[tuple[PolicyId, Direction], list[Rectangle]] = defaultdict(list)
        for direction, chain in evaluator.chains.items():
            for rectangle in chain[Tier.NETWORK_POLICY].rectangles:
                self._rectangles[rectangle.rule.policy, direction].append(rectangle)

    def selects(self, policy: Policy) -> bool:
        """Whether the policy selects a pod that is known."""
        return bool(self._subject(policy) & self._known.pods)

    def rivals(self, policy: Policy, others: Sequence[Policy]) -> tuple[Policy, ...]:
        """The policies that could make up for it."""
        if not policy.subject.pods.requirements:
            return tuple(other for other in others if not other.subject.pods.requirements)
        subject = self._subject(policy)
        return tuple(other for other in others if self._subject(other) & subject)

    def is_redundant(self, policy: Policy, others: Sequence[Policy]) -> bool:
        """Whether deleting the policy changes neither isolation nor what is allowed."""
        return all(
            self._isolate(policy, others, direction) and self._allow(policy, others, direction)
            for direction in policy.directions
        )

    def _subject(self, policy: Policy) -> int:
        return self._subjects[policy.id]

    def _isolate(self, policy: Policy, others: Iterable[Policy], direction: Direction) -> bool:
        left = self._subject(policy)
        for other in others:
            if direction in other.directions:
                left &= ~self._surely[other.id]
        return not left

    def _allow(self, policy: Policy, others: Sequence[Policy], direction: Direction) -> bool:
        repeated = self._repeated(policy, others, direction)
        rules = [rule for rule in policy.rules_of(direction) if _meaning(rule) not in repeated]
        if not all(self._is_tangible(rule) for rule in rules):
            return False
        theirs = [r for o in others for r in self._rectangles[o.id, direction]]
        mine = [r for r in self._rectangles[policy.id, direction] if r.rule in rules]
        return all(covers(theirs, rectangle) for rectangle in mine)

    def _repeated(
        self, policy: Policy, others: Iterable[Policy], direction: Direction
    ) -> set[object]:
        """What rules of policies mean that select whatever this one selects."""
        wanted = set(policy.subject.pods.requirements)
        return {
            _meaning(rule)
            for other in others
            if wanted.issuperset(other.subject.pods.requirements)
            for rule in other.rules_of(direction)
        }

    def _is_tangible(self, rule: Rule) -> bool:
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


def _meaning(rule: Rule) -> object:
    """A rule without its place: equal meanings allow the same."""
    peers = frozenset(
        (peer.namespaces, peer.pods)
        if isinstance(peer, PodPeer)
        else replace(peer, location=rule.location)
        for peer in rule.peers
    )
    return peers, frozenset((type(port), str(port)) for port in rule.ports)


def _finding(policy: Policy, others: Sequence[Policy]) -> Finding:
    names = join_phrases([other.title for other in others])
    return CHECK.finding(
        policy.location,
        f"{policy.title} is redundant with {names} for all known pods",
        policy=policy.title,
        related=tuple(
            Related(other.location, f"{other.title} selects the same pods") for other in others
        ),
        fix="Delete the policy; to close what it allows, change the others.",
    )


CHECK = Check(
    id="redundant-policy",
    title="A policy is redundant with others",
    severity=Severity.NOTE,
    run=_run,
)
"""The rule."""
