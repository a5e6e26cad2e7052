"""A PodDisruptionBudget never allows an eviction, so that a drain of a node waits for ever.

An upgrade of the nodes stops there, or ends the pods by force once it has waited long enough.
No eviction is allowed

- with `maxUnavailable: 0`, `minAvailable: 100%`, or neither of both;
- with a minAvailable of all replicas there are; a percentage is rounded up, so that
  `minAvailable: 50%` of one replica is that one;
- of pods without controller under maxUnavailable or a percentage. Such an amount is reckoned
  from the scale that controllers declare; pods without one are left out, and of 0 expected pods
  none may go;
- where a controller has no scale, as a Job or DaemonSet, under maxUnavailable or a percentage:
  the budget then fails to be reckoned at all.

Of pods whose number is not known, as Helm deploys them or an autoscaler sets it, only what
holds for every number is reported. A drain passes over the pods of DaemonSets, so a budget that
selects no others gives a note.

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

Remedy: run more replicas than have to be available, or lower the amount of the budget. For pods
without a controller, use a whole number as minAvailable.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.drain import budget_status
from netsim.drain.budget_status import Refusal
from netsim.drain.budgeted import Budgeted, budgeted
from netsim.drain.drain import PASSED_OVER
from netsim.drain.pod_groups import Keeper, PodGroup
from netsim.judge.case import Case
from netsim.judge.wording import enumerated
from netsim.model.disruption import DisruptionBudget
from netsim.model.finding import Finding, Related, Severity
from netsim.model.location import Location
from netsim.rules.interface import Check


class _Fault(Struct, frozen=True):
    """Why nothing is allowed, and what would mend it."""

    why: str
    fix: str


_REMEDY = "Let the budget allow one pod at least to be unavailable."
_SCALE_REMEDY = (
    "Give a whole number as minAvailable, which counts the pods themselves, or let a "
    "controller with a scale own them."
)


def _run(case: Case) -> Iterator[Finding]:
    for found in budgeted(case):
        if found.budget.selector is None:
            continue
        fault = _fault(found)
        if fault:
            yield _finding(found, fault)


def _fault(found: Budgeted) -> _Fault | None:
    budget = found.budget
    refusal = budget_status.refusal(budget, (group.keeper for group in found.groups))
    match refusal:
        case None:
            return _too_few(budget, found.groups)
        case Refusal.NO_LIMIT:
            return _Fault("it has neither minAvailable nor maxUnavailable", _REMEDY)
        case Refusal.BARE:
            return _Fault(_bare(found), _SCALE_REMEDY)
        case Refusal.WITHOUT_SCALE:
            return _Fault(_without_scale(found), _SCALE_REMEDY)
        case Refusal.NONE_UNAVAILABLE | Refusal.ALL_AVAILABLE:
            return _Fault(f"{_amount(budget)} lets no pod be unavailable", _REMEDY)


def _amount(budget: DisruptionBudget) -> str:
    return f"{budget.limit.value if budget.limit else ''} {budget.amount}"


def _bare(found: Budgeted) -> str:
    return (
        f"{_amount(found.budget)} is reckoned from the scale of controllers, and the pods of "
        f"{enumerated(found.titles)} have none"
    )


def _without_scale(found: Budgeted) -> str:
    keepers = (Keeper.JOB, Keeper.DAEMON_SET, Keeper.NODE)
    titles = [group.title for group in found.groups if group.keeper in keepers]
    return (
        f"{_amount(found.budget)} is reckoned from the scale of controllers, and what keeps up "
        f"the pods of {enumerated(titles)} has none"
    )


def _too_few(budget: DisruptionBudget, groups: tuple[PodGroup, ...]) -> _Fault | None:
    """More pods have to be available than there are to spare, all of them ready."""
    pods = _number(groups)
    scale = budget_status.scale_of(groups)
    if not pods or scale is None:
        return None
    status = budget_status.status(budget, pods, scale)
    if status.allowed(pods):
        return None
    return _Fault(_none_to_spare(budget, status.desired, groups, pods), _remedy(groups))


def _number(groups: tuple[PodGroup, ...]) -> int | None:
    """How many pods there are; None where that is not known, or about to change."""
    if any(group.keeper in (Keeper.OTHER, *PASSED_OVER) for group in groups):
        return None
    if any(group.size is None or group.size < (group.scale or 0) for group in groups):
        return None
    return sum(group.size or 0 for group in groups)


def _none_to_spare(
    budget: DisruptionBudget, desired: int, groups: tuple[PodGroup, ...], pods: int
) -> str:
    titles = enumerated([group.title for group in groups])
    amount = _amount(budget)
    if budget_status.needs_scale(budget):
        amount += f", {desired} rounded up,"
    of = f"the {pods} pods" if pods > 1 else "the only pod"
    return f"{amount} leaves none to spare of {of} of {titles}"


def _remedy(groups: tuple[PodGroup, ...]) -> str:
    if all(group.keeper is Keeper.SCALED for group in groups):
        return "Run more replicas than have to be available, or lower the amount of the budget."
    return "Lower the amount of the budget."


def _finding(found: Budgeted, fault: _Fault) -> Finding:
    left_alone = found.groups and all(group.keeper in PASSED_OVER for group in found.groups)
    aside = "; a drain passes over these pods, other evictions fail" if left_alone else ""
    related = [
        Related(group.location, f"the pods of {group.title}{_size(group)}")
        for group in found.groups
        if isinstance(group.location, Location)
    ]
    return Finding(
        rule=CHECK.id,
        severity=Severity.NOTE if left_alone else CHECK.severity,
        message=f"{found.budget.title} never allows an eviction: {fault.why}{aside}",
        location=found.budget.amount_location,
        related=tuple(related),
        fix=fault.fix,
    )


def _size(group: PodGroup) -> str:
    return "" if group.size is None else f", {group.size} in number"


CHECK = Check(
    id="budget-blocks-drain",
    title="A disruption budget never allows an eviction",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
