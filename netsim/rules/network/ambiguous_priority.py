"""Policies of one tier and one priority decide differently about the same connection.

Of AdminNetworkPolicies, and of ClusterNetworkPolicies of one tier, the lowest priority number
comes first.  Between equal numbers the order is undefined, so what the cluster does depends on
its network plugin.  netsim calls such a connection unknown, and reports each pair of policies
once.

PASS:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: tenants}
spec:
  priority: 10
  subject: {namespaces: {}}
  ingress:
  - action: Deny
    from:
    - namespaces: {}
---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: monitoring}
spec:
  priority: 9
  subject: {namespaces: {}}
  ingress:
  - action: Allow
    from:
    - namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}
```

FAIL:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: tenants}
spec:
  priority: 10
  subject: {namespaces: {}}
  ingress:
  - action: Deny
    from:
    - namespaces: {}
---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: monitoring}
spec:
  priority: 10
  subject: {namespaces: {}}
  ingress:
  - action: Allow
    from:
    - namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}
```

Fix: give them different priorities.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, islice

from netsim.engine.evaluator import Evaluator
from netsim.engine.explain.verdicts import attribute
from netsim.engine.policy.flow import Flow
from netsim.engine.policy.rectangle import Rectangle
from netsim.engine.space import bits
from netsim.judge.case import Case
from netsim.model.finding import Finding, Related, Severity
from netsim.model.policies import Direction, Policy, Rule, Tier
from netsim.rules.interface import Check

_SAMPLES = 256
"""Pairs of classes looked at where two rules meet; earlier rules can hide them in some."""


def _run(case: Case) -> Iterator[Finding]:
    groups: dict[tuple[Tier, float], list[Policy]] = defaultdict(list)
    for policy in case.resources.policies:
        if policy.tier.is_ordered:
            groups[policy.tier, policy.priority].append(policy)
    for group in groups.values():
        for first, second in combinations(group, 2):
            clash = next(_clashes(case.evaluator, first, second), None)
            if clash:
                yield _finding(first, second, *clash)


def _clashes(
    evaluator: Evaluator, first: Policy, second: Policy
) -> Iterator[tuple[Rule, Rule]]:
    for direction in Direction:
        mine = _rectangles(evaluator, direction, first)
        theirs = _rectangles(evaluator, direction, second)
        for one in mine:
            for other in theirs:
                if one.rule.action is not other.rule.action and _clash(evaluator, one, other):
                    yield one.rule, other.rule


def _rectangles(evaluator: Evaluator, direction: Direction, policy: Policy) -> list[Rectangle]:
    rectangles = evaluator.chains[direction][policy.tier].rectangles
    return [each for each in rectangles if each.rule.policy == policy.id]


def _clash(evaluator: Evaluator, one: Rectangle, other: Rectangle) -> bool:
    """Whether both decide some connection, so that its verdict depends on their order."""
    direction = one.rule.direction
    ports = one.ports & other.ports
    pairs = (
        (source, destination)
        for source in bits.members(one.sources & other.sources)
        for destination in bits.members(one.destinations & other.destinations)
    )
    for pair in islice(pairs if ports else (), _SAMPLES):
        for _, verdict in attribute(evaluator, Flow(direction, *pair), ports):
            if {one.rule, other.rule} <= set(verdict.rules):
                return True
    return False


def _finding(first: Policy, second: Policy, one: Rule, other: Rule) -> Finding:
    return CHECK.finding(
        one.location,
        f"{first.title} and {second.title} both have priority {first.priority}: "
        f"{one.title} says {one.action.value}, {other.title} says {other.action.value}, and "
        "which comes first is undefined",
        policy=first.title,
        related=(Related(other.location, f"{other.title} says {other.action.value}"),),
        fix="Give them different priorities.",
    )


CHECK = Check(
    id="ambiguous-priority",
    title="Policies of equal priority contradict each other",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
