"""A PodDisruptionBudget never allows an eviction, so a drain of a node waits forever.

A node upgrade stops there, or kills the pods once it has waited long enough. No eviction is
allowed

- with `maxUnavailable: 0`, `minAvailable: 100%`, or neither of both;
- with a minAvailable of all replicas there are; a percentage is rounded up, so that
  `minAvailable: 50%` of one replica is that one;
- of pods without controller under maxUnavailable or a percentage. Such an amount is computed
  from the scale that controllers declare: pods without one do not count, and of 0 expected pods
  none may be evicted;
- where a controller has no scale, such as a Job or DaemonSet, under maxUnavailable or a
  percentage: the budget cannot be computed at all.

Where the number of pods is unknown, because Helm deploys them or an autoscaler sets it, only
what holds for every number is reported. A drain skips the pods of DaemonSets, so a budget that
selects no others is a note.

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
  replicas: 1
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

Fix: run more replicas than have to be available, or lower the amount of the budget. For pods
without a controller, use a whole number as minAvailable.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.drain import budget_status
from netsim.drain.budget_status import Refusal
from netsim.drain.pod_groups import (
    PASSED_OVER,
    Budgeted,
    Keeper,
    PodGroup,
    list_budgeted,
    list_known_pods,
)
from netsim.judge.case import Case
from netsim.model.disruption import DisruptionBudget
from netsim.model.finding import Finding, Related, Severity
from netsim.model.location import Location
from netsim.rules.interface import Check
from netsim.words.lists import join_phrases


class _Refused(Struct, frozen=True):
    """Why nothing is allowed, and how to fix it."""

    why: str
    fix: str


_FIX = "Let the budget allow at least one unavailable pod."
_SCALE_FIX = (
    "Set minAvailable to a whole number, which counts the pods themselves, or let a "
    "controller with a scale own them."
)


def _run(case: Case) -> Iterator[Finding]:
    for found in list_budgeted(case.bundle, list_known_pods(case.known_resources)):
        if found.budget.selector is None:
            continue
        fault = _find_fault(found)
        if fault:
            yield _finding(found, fault)


def _find_fault(found: Budgeted) -> _Refused | None:
    budget = found.budget
    refusal = budget_status.find_refusal(budget, (group.keeper for group in found.groups))
    match refusal:
        case None:
            return _find_shortage(budget, found.groups)
        case Refusal.NO_LIMIT:
            return _Refused("it has neither minAvailable nor maxUnavailable", _FIX)
        case Refusal.BARE:
            return _Refused(_describe_bare(found), _SCALE_FIX)
        case Refusal.WITHOUT_SCALE:
            return _Refused(_describe_unscaled(found), _SCALE_FIX)
        case Refusal.NONE_UNAVAILABLE | Refusal.ALL_AVAILABLE:
            return _Refused(f"{_describe_amount(budget)} allows no unavailable pod", _FIX)


def _describe_amount(budget: DisruptionBudget) -> str:
    return f"{budget.limit.value if budget.limit else ''} {budget.amount}"


def _describe_bare(found: Budgeted) -> str:
    return (
        f"{_describe_amount(found.budget)} is computed from the scale of controllers, and the "
        f"pods of {join_phrases(found.titles)} have none"
    )


def _describe_unscaled(found: Budgeted) -> str:
    keepers = (Keeper.JOB, Keeper.DAEMON_SET, Keeper.NODE)
    titles = [group.title for group in found.groups if group.keeper in keepers]
    return (
        f"{_describe_amount(found.budget)} is computed from the scale of controllers, and what "
        f"controls the pods of {join_phrases(titles)} has none"
    )


def _find_shortage(budget: DisruptionBudget, groups: tuple[PodGroup, ...]) -> _Refused | None:
    """More pods have to be available than there are to spare, all of them ready."""
    pods = _count_pods(groups)
    scale = budget_status.sum_scales(groups)
    if not pods or scale is None:
        return None
    status = budget_status.compute_status(budget, pods, scale)
    if status.allowed(pods):
        return None
    return _Refused(
        _describe_shortage(budget, status.desired, groups, pods), _suggest_fix(groups)
    )


def _count_pods(groups: tuple[PodGroup, ...]) -> int | None:
    """How many pods there are; None where that is not known, or about to change."""
    if any(group.keeper in (Keeper.OTHER, *PASSED_OVER) for group in groups):
        return None
    if any(group.size is None or group.size < (group.scale or 0) for group in groups):
        return None
    return sum(group.size or 0 for group in groups)


def _describe_shortage(
    budget: DisruptionBudget, desired: int, groups: tuple[PodGroup, ...], pods: int
) -> str:
    titles = join_phrases([group.title for group in groups])
    amount = _describe_amount(budget)
    if budget_status.needs_scale(budget):
        amount += f", {desired} rounded up,"
    of = f"the {pods} pods" if pods > 1 else "the only pod"
    return f"{amount} leaves none of {of} of {titles} to evict"


def _suggest_fix(groups: tuple[PodGroup, ...]) -> str:
    if all(group.keeper is Keeper.SCALED for group in groups):
        return "Run more replicas than have to be available, or lower the amount of the budget."
    return "Lower the amount of the budget."


def _finding(found: Budgeted, fault: _Refused) -> Finding:
    left_alone = found.groups and all(group.keeper in PASSED_OVER for group in found.groups)
    aside = "; a drain skips these pods, other evictions fail" if left_alone else ""
    related = [
        Related(group.location, f"the pods of {group.title}{_size(group)}")
        for group in found.groups
        if isinstance(group.location, Location)
    ]
    return CHECK.finding(
        found.budget.amount_location,
        f"{found.budget.title} never allows an eviction: {fault.why}{aside}",
        severity=Severity.NOTE if left_alone else CHECK.severity,
        related=tuple(related),
        fix=fault.fix,
    )


def _size(group: PodGroup) -> str:
    return "" if group.size is None else f" ({group.size})"


CHECK = Check(
    id="budget-blocks-drain",
    title="A disruption budget never allows an eviction",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
