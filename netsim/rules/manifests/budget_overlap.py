"""Several PodDisruptionBudgets select the same pod.

The API server then refuses every eviction of it, however many pods there are: "This pod has
more than one PodDisruptionBudget, which the eviction subresource does not support." A drain
ends with that error instead of waiting.

Also reported are two budgets without a known pod where one selects everything that the other
selects.

PASS:

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  template:
    metadata: {labels: {app: web, tier: front}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec:
  minAvailable: 1
  selector: {matchLabels: {app: web}}
```

FAIL:

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  template:
    metadata: {labels: {app: web, tier: front}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec:
  minAvailable: 1
  selector: {matchLabels: {app: web}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: front, namespace: shop}
spec:
  minAvailable: 1
  selector: {matchLabels: {tier: front}}
```

Fix: let one budget select each pod.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netsim.drain.pod_groups import Budgeted, PodGroup, list_budgeted, list_known_pods
from netsim.judge.case import Case
from netsim.model.disruption import DisruptionBudget
from netsim.model.finding import Finding, Related, Severity
from netsim.rules.interface import Check
from netsim.words.lists import join_phrases


def _run(case: Case) -> Iterator[Finding]:
    before: list[Budgeted] = []
    for found in list_budgeted(case.bundle, list_known_pods(case.known_resources)):
        others = [each for each in before if _overlap(each, found)]
        if others:
            yield _finding(found, others)
        before.append(found)


def _overlap(one: Budgeted, other: Budgeted) -> bool:
    if one.budget.namespace != other.budget.namespace:
        return False
    return bool(_list_shared(one, other)) or _contain(one.budget, other.budget)


def _list_shared(one: Budgeted, other: Budgeted) -> list[str]:
    """The pods that both surely select."""
    return [
        group.title
        for group in other.groups
        if all(_selects(budget, group) for budget in (one.budget, other.budget))
    ]


def _selects(budget: DisruptionBudget, group: PodGroup) -> bool:
    return budget.selector is not None and budget.selector.matches(group.labels)


def _contain(one: DisruptionBudget, other: DisruptionBudget) -> bool:
    """Whether one selects whatever the other does, as it asks for no more."""
    if one.selector is None or other.selector is None:
        return False
    ours, theirs = set(one.selector.requirements), set(other.selector.requirements)
    return ours <= theirs or theirs <= ours


def _finding(found: Budgeted, others: Sequence[Budgeted]) -> Finding:
    budgets = " and ".join(other.budget.title for other in others)
    shared = sorted({title for other in others for title in _list_shared(other, found)})
    pods = join_phrases(shared) if shared else "the pods that both select"
    return CHECK.finding(
        found.budget.selector_location,
        f"{found.budget.title} and {budgets} select the same pods, so the API server "
        f"refuses to evict {pods}",
        related=tuple(
            Related(other.budget.selector_location, f"{other.budget.title} also selects them")
            for other in others
        ),
        fix="Let one budget select each pod: narrow a selector, or remove a budget.",
    )


CHECK = Check(
    id="budget-overlap",
    title="Several disruption budgets select the same pod",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
