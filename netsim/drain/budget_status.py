"""The status of a budget, as the disruption controller computes it.

``minAvailable: 50%`` of 3 replicas: 3 are expected, 2 desired, so one may be evicted.

Source: kubernetes ``pkg/controller/disruption`` (``getExpectedPodCount``, ``getExpectedScale``,
``updatePdbStatus``, ``failSafe``).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct

from netsim.drain.pod_groups import Keeper, PodGroup
from netsim.model.disruption import Amount, DisruptionBudget, Limit, Unit


class Refusal(Enum):
    """Why a budget allows no eviction, however many pods there are."""

    NO_LIMIT = "it has neither minAvailable nor maxUnavailable"
    WITHOUT_SCALE = "it needs the scale of a controller that has none"
    BARE = "it needs the scale of controllers, and the pods have none"
    NONE_UNAVAILABLE = "none of the pods may be unavailable"
    ALL_AVAILABLE = "all of the pods have to be available"


class BudgetStatus(Struct, frozen=True):
    """The status of a budget: ``expected`` pods, of which ``desired`` have to be healthy."""

    expected: int
    desired: int

    def allowed(self, healthy: int) -> int:
        """``disruptionsAllowed``; 0 while no pod is expected."""
        return max(0, healthy - self.desired) if self.expected > 0 else 0


def needs_scale(budget: DisruptionBudget) -> bool:
    """Whether its amount is computed from what controllers declare, not from pods.

    So is every maxUnavailable, and a minAvailable in percent.
    """
    if budget.amount is None:
        return False
    return budget.limit is Limit.MAX_UNAVAILABLE or budget.amount.unit is Unit.PERCENT


def find_refusal(budget: DisruptionBudget, keepers: Iterable[Keeper]) -> Refusal | None:
    """Why it allows nothing for any number of pods with these keepers; None if it may.

    Pods without controller are left out of the scale, and with an expected count of 0 nothing
    is allowed.  A controller without scale makes the computation fail, which allows nothing.
    """
    found = frozenset(keepers)
    amount = budget.amount
    if amount is None:
        return Refusal.NO_LIMIT
    if needs_scale(budget) and found & {Keeper.JOB, Keeper.DAEMON_SET, Keeper.NODE}:
        return Refusal.WITHOUT_SCALE
    if needs_scale(budget) and found == {Keeper.NONE}:
        return Refusal.BARE
    if Keeper.NONE in found:
        return None  # beside others, which count, each bare pod is one more than needed
    if budget.limit is Limit.MAX_UNAVAILABLE:
        return Refusal.NONE_UNAVAILABLE if amount.number == 0 else None
    return Refusal.ALL_AVAILABLE if amount == Amount(100, Unit.PERCENT) else None


def compute_status(budget: DisruptionBudget, pods: int, scale: int) -> BudgetStatus:
    """The status for so many pods, whose controllers together declare ``scale``.

    For a budget that :func:`find_refusal` has nothing against.
    """
    amount = budget.amount
    if amount is None:
        return BudgetStatus(0, 0)
    expected = scale if needs_scale(budget) else pods
    if budget.limit is Limit.MAX_UNAVAILABLE:
        return BudgetStatus(expected, max(0, expected - amount.of(expected)))
    return BudgetStatus(expected, amount.of(expected))


def sum_scales(groups: Iterable[PodGroup]) -> int | None:
    """What the controllers of these pods declare, each counted once; None if one is unknown."""
    scales = {g.workloads[0]: g.scale for g in groups if g.keeper is Keeper.SCALED}
    known = [scale for scale in scales.values() if scale is not None]
    return sum(known) if len(known) == len(scales) else None


def find_fewest(budget: DisruptionBudget, keeper: Keeper) -> int | None:
    """With how many pods of one keeper, all ready, every one of them can be evicted in time.

    None where no number of them will do.
    """
    amount = budget.amount
    if amount is None or find_refusal(budget, (keeper,)):
        return None
    if budget.limit is Limit.MAX_UNAVAILABLE or amount.number == 0:
        return 1
    if keeper is Keeper.NONE:
        return None  # what is evicted does not come back, and the last ones have to stay
    if amount.unit is Unit.PODS:
        return amount.number + 1
    return -(-100 // (100 - amount.number))
