"""Groups of pods and budgets for tests, and every way in which a drain can go.

``worst`` follows single evictions and single replacements through all orders, where the engine
evicts round by round in the one order that it takes for the worst.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from netsim.drain.pod_groups import Keeper, PodGroup
from netsim.model.disruption import Amount, DisruptionBudget, Limit, UnhealthyEviction, Unit
from netsim.model.labels import Labels, Selector
from netsim.model.location import Location
from netsim.model.resources import Origin, WorkloadName

PLACE = Location("budgets.yaml", 1)
KINDS = {
    Keeper.SCALED: "Deployment",
    Keeper.JOB: "Job",
    Keeper.DAEMON_SET: "DaemonSet",
    Keeper.NONE: "PodTemplate",
    Keeper.NODE: "Pod",
    Keeper.OTHER: "Rollout",
}


def budget(
    text: str, policy: UnhealthyEviction = UnhealthyEviction.IF_HEALTHY_BUDGET
) -> DisruptionBudget:
    """``min 1``, ``max 50%``, or ``none`` for neither field."""
    word, _, number = text.partition(" ")
    limits = {"min": Limit.MIN_AVAILABLE, "max": Limit.MAX_UNAVAILABLE}
    unit = Unit.PERCENT if number.endswith("%") else Unit.PODS
    amount = Amount(int(number.rstrip("%")), unit) if number else None
    selector = Selector()
    return DisruptionBudget(
        "shop", text, selector, limits.get(word), amount, policy, PLACE, PLACE, PLACE
    )


def group(
    name: str,
    keeper: Keeper = Keeper.SCALED,
    budgets: Sequence[DisruptionBudget] = (),
    scale: int | None = None,
) -> PodGroup:
    return PodGroup(
        workloads=(WorkloadName("shop", name, KINDS[keeper]),),
        labels=Labels(),
        keeper=keeper,
        origin=Origin.READ,
        budgets=tuple(budgets),
        running=(),
        scale=scale,
        location=PLACE,
    )


class Lot(Struct, frozen=True, order=True):
    """Pods of one group: ready and unready ones on the node, ready ones elsewhere.

    ``coming`` are replacements that are going to be ready.
    """

    ready: int
    unready: int
    elsewhere: int = 0
    coming: int = 0


State = tuple[Lot, ...]


class Case(Struct, frozen=True):
    """Groups under one budget, by their keepers."""

    keepers: tuple[Keeper, ...]
    start: State
    budget: DisruptionBudget

    def allows(self, state: State) -> int:
        """``disruptionsAllowed``, reckoned anew after each step."""
        expected, desired = self._expected_and_desired()
        return max(0, self._healthy(state) - desired) if expected else 0

    def spares_unready(self, state: State) -> bool:
        """Whether a pod that is not ready may go without being counted."""
        if self.budget.unhealthy is UnhealthyEviction.ALWAYS_ALLOW:
            return True
        _, desired = self._expected_and_desired()
        return 0 < desired <= self._healthy(state)

    def _healthy(self, state: State) -> int:
        return sum(lot.ready + lot.elsewhere for lot in state)

    def _expected_and_desired(self) -> tuple[int, int]:
        """By the API's documentation: percentages are of the controllers' scale, rounded up."""
        amount = self.budget.amount
        if amount is None:
            return 0, 0
        pairs = list(zip(self.keepers, self.start, strict=True))
        everyone = sum(lot.ready + lot.unready + lot.elsewhere for _, lot in pairs)
        if self.budget.limit is Limit.MIN_AVAILABLE and amount.unit is Unit.PODS:
            return everyone, amount.number
        if Keeper.JOB in self.keepers:
            return 0, 0  # the reckoning fails
        scale = sum(
            lot.ready + lot.unready + lot.elsewhere
            for keeper, lot in pairs
            if keeper is Keeper.SCALED
        )
        share = amount.number if amount.unit is Unit.PODS else -(-amount.number * scale // 100)
        if self.budget.limit is Limit.MIN_AVAILABLE:
            return scale, share
        return scale, max(0, scale - share)


def steps(case: Case, state: State) -> Iterator[State]:
    """Every state that one eviction, or one replacement becoming ready, leads to."""
    allowed = case.allows(state)
    for place, (keeper, lot) in enumerate(zip(case.keepers, state, strict=True)):
        comes = 0 if keeper is Keeper.NONE else 1
        if lot.coming:
            yield _with(
                state, place, replace(lot, coming=lot.coming - 1, elsewhere=lot.elsewhere + 1)
            )
        if lot.ready and allowed:
            yield _with(
                state, place, replace(lot, ready=lot.ready - 1, coming=lot.coming + comes)
            )
        if lot.unready and (allowed or case.spares_unready(state)):
            yield _with(state, place, replace(lot, unready=lot.unready - 1))


def _with(state: State, place: int, lot: Lot) -> State:
    return (*state[:place], lot, *state[place + 1 :])


class Worst(Struct, frozen=True):
    """For each group: whether pods of it may be left, and the fewest that may be ready."""

    left: tuple[bool, ...]
    lowest: tuple[int, ...]


def worst(case: Case) -> Worst:
    seen, waiting = {case.start}, [case.start]
    left = [False] * len(case.keepers)
    while waiting:
        state = waiting.pop()
        following = set(steps(case, state))
        if not following:
            left = [
                was or bool(x.ready or x.unready) for was, x in zip(left, state, strict=True)
            ]
        waiting += following - seen
        seen |= following
    lots = zip(*seen, strict=True)
    return Worst(tuple(left), tuple(min(x.ready + x.elsewhere for x in own) for own in lots))
