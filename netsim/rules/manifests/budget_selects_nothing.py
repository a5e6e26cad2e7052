"""A PodDisruptionBudget selects no pod.

A budget protects the pods that its selector matches, in its own namespace. With a typing error
in a label it is accepted and protects nothing: a drain evicts all pods at once. A budget
without selector selects nothing, while an empty one (`selector: {}`) selects every pod of the
namespace (`policy/v1`).

In a namespace of which neither the input nor the scenario has a pod, only budgets that can
select nothing at all are reported.

PASS:

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  template:
    metadata: {labels: {app: web}}
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
    metadata: {labels: {app: web}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec:
  minAvailable: 1
  selector: {matchLabels: {app: wep}}
```

Fix: correct the selector or the namespace, or remove the budget. If the pods are deployed by
other means, add them to the input or to the scenario.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netsim.bundle.makers import PODS
from netsim.bundle.provision import Extent
from netsim.drain.pod_groups import list_budgeted, list_known_pods
from netsim.judge.case import Case
from netsim.model.disruption import DisruptionBudget
from netsim.model.edit import Patch, Target
from netsim.model.finding import Finding, Severity
from netsim.model.labels import Selector
from netsim.model.resources import Pod
from netsim.rules import patches
from netsim.rules.absence import Absent, Certainty
from netsim.rules.interface import Check
from netsim.words.lists import join_phrases
from netsim.words.nearness import correct_labels, find_nearest_pod
from netsim.words.policy_parts import match_labels


def _run(case: Case) -> Iterator[Finding | Absent]:
    pods = list_known_pods(case.known_resources)
    budgeted = list_budgeted(case.bundle, pods)
    idle = [found.budget for found in budgeted if not found.groups]
    for budget in idle:
        neighbours = [pod for pod in pods if pod.namespace == budget.namespace]
        if budget.selector is None:
            yield _without_selector(budget)
        elif neighbours and case.extent is not Extent.UNKNOWN:
            yield _find_absent(case, budget, budget.selector, neighbours, pods)


def _without_selector(budget: DisruptionBudget) -> Finding:
    return CHECK.finding(
        budget.selector_location,
        f"{budget.title} protects nothing: it has no selector",
        fix="Add the selector of the pods that it is for.",
    )


def _find_absent(
    case: Case,
    budget: DisruptionBudget,
    selector: Selector,
    neighbours: list[Pod],
    pods: Sequence[Pod],
) -> Absent:
    near = find_nearest_pod(selector, neighbours)
    labels = correct_labels(selector, near)
    hint = str(near) if near else _elsewhere(selector, neighbours, pods)
    finding = CHECK.finding(
        budget.selector_location,
        f"{budget.title} protects nothing: no pod of namespace {budget.namespace} has "
        f"{selector}; {hint}",
        fix="Correct the selector or the namespace, or remove the budget; add pods that are "
        "deployed by other means to the input or to the scenario.",
        patches=_list_patches(budget, labels),
    )
    return Absent(
        finding,
        "PodDisruptionBudget",
        budget.namespace,
        Certainty.SLIP if labels else Certainty.MISSING,
        case.makers.of(PODS, budget.namespace),
    )


def _list_patches(budget: DisruptionBudget, labels: dict[str, str] | None) -> tuple[Patch, ...]:
    if not labels:
        return ()
    target = Target("PodDisruptionBudget", budget.namespace, budget.name, budget.location)
    return (patches.replace(target, "spec.selector", match_labels(labels)),)


def _elsewhere(selector: Selector, neighbours: list[Pod], pods: Sequence[Pod]) -> str:
    """Where the pods are that may be meant; else those that are there."""
    others = sorted({str(pod.workload) for pod in pods if selector.matches(pod.labels)})
    if others:
        return f"{join_phrases(others)} would match in another namespace"
    there = sorted({str(pod.workload) for pod in neighbours})
    return f"the pods there are {join_phrases(there)}"


CHECK = Check(
    id="budget-selects-nothing",
    title="A disruption budget selects no pod",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
