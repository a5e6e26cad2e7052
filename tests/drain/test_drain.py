"""Drains by table, and against every order of single evictions."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.drain.budget_status import Refusal, find_fewest
from netsim.drain.drain import DrainOutcome, Fate, FateReason, drain_groups
from netsim.drain.placement import Assumptions, Number, NumberSource
from netsim.drain.pod_groups import Keeper, PodGroup
from netsim.model.disruption import DisruptionBudget, UnhealthyEviction
from netsim.model.resources import WorkloadName
from tests.drain.evictions import Case, Lot, State, budget, group, worst
from tests.strategies import thorough

STRICT, LAX = UnhealthyEviction.IF_HEALTHY_BUDGET, UnhealthyEviction.ALWAYS_ALLOW


def drained(
    groups: list[PodGroup], numbers: dict[str, int], unready: dict[str, int] | None = None
) -> list[Fate]:
    """Drains a node that has all the pods; ``numbers`` are by the names of the groups."""
    names: dict[str, WorkloadName] = {g.workloads[0].name: g.workloads[0] for g in groups}
    said = Assumptions(
        {names[name]: Number(count, NumberSource.OPTION) for name, count in numbers.items()},
        {names[name]: count for name, count in (unready or {}).items()},
    )
    return list(drain_groups(groups, said).fates)


@dataclass(frozen=True)
class Row:
    """One group; ``pods`` None is an unknown number."""

    budget: str | None
    keeper: Keeper
    pods: int | None
    outcome: DrainOutcome
    reason: FateReason | Refusal | None
    lowest: int | None
    unready: int = 0
    policy: UnhealthyEviction = STRICT


S, B, J = Keeper.SCALED, Keeper.NONE, Keeper.JOB
FINISHES, OUTAGE, BLOCKED = DrainOutcome.FINISHES, DrainOutcome.OUTAGE, DrainOutcome.BLOCKED
UNKNOWN, UNTOUCHED = DrainOutcome.UNKNOWN, DrainOutcome.UNTOUCHED

ROWS = (
    Row("min 1", S, 2, FINISHES, None, 1),
    Row("min 1", S, 1, BLOCKED, FateReason.TOO_FEW, 1),
    # As many go at once as the budget allows, before a replacement is there.
    Row("min 1", S, 5, FINISHES, None, 1),
    Row("max 1", S, 5, FINISHES, None, 4),
    Row("max 50%", S, 5, FINISHES, None, 2),
    Row("min 50%", S, 5, FINISHES, None, 3),
    Row("min 50%", S, 1, BLOCKED, FateReason.TOO_FEW, 1),
    # The only one goes, and the budget lets it.
    Row("max 1", S, 1, OUTAGE, FateReason.ALL_AT_ONCE, 0),
    Row("max 100%", S, 3, OUTAGE, FateReason.ALL_AT_ONCE, 0),
    Row("min 0", S, 3, OUTAGE, FateReason.ALL_AT_ONCE, 0),
    Row("max 0", S, 3, BLOCKED, Refusal.NONE_UNAVAILABLE, 3),
    Row("max 0%", S, None, BLOCKED, Refusal.NONE_UNAVAILABLE, None),
    Row("min 100%", S, None, BLOCKED, Refusal.ALL_AVAILABLE, None),
    Row("none", S, 3, BLOCKED, Refusal.NO_LIMIT, 3),
    Row(None, S, 3, OUTAGE, FateReason.NO_BUDGET, 0),
    Row(None, S, None, OUTAGE, FateReason.NO_BUDGET, 0),
    Row(None, S, 0, UNTOUCHED, FateReason.NOT_THERE, 0),
    Row("min 1", S, 0, UNTOUCHED, FateReason.NOT_THERE, 0),
    Row("min 1", S, None, UNKNOWN, FateReason.NUMBER, None),
    # Bare pods do not come back, and have no scale.
    Row("max 50%", B, 5, BLOCKED, Refusal.BARE, 5),
    Row("min 50%", B, 5, BLOCKED, Refusal.BARE, 5),
    Row("max 1", B, None, BLOCKED, Refusal.BARE, None),
    Row("min 2", B, 5, BLOCKED, FateReason.TOO_FEW, 2),
    Row("min 0", B, 5, OUTAGE, FateReason.ALL_AT_ONCE, 0),
    Row(None, B, 5, OUTAGE, FateReason.NO_BUDGET, 0),
    # A Job starts its pods again, but has no scale.
    Row("max 1", J, 5, BLOCKED, Refusal.WITHOUT_SCALE, 5),
    Row("min 1", J, 5, FINISHES, None, None),
    Row("min 1", J, 1, BLOCKED, FateReason.TOO_FEW, 1),
    Row(None, J, None, FINISHES, FateReason.NO_BUDGET, None),
    # A drain passes over these, whatever the budget.
    Row("max 0", Keeper.DAEMON_SET, 3, UNTOUCHED, FateReason.PASSED_OVER, 3),
    Row(None, Keeper.NODE, None, UNTOUCHED, FateReason.PASSED_OVER, None),
    # Whether a custom controller has a scale cannot be told; pods are counted all the same.
    Row("max 1", Keeper.OTHER, 3, UNKNOWN, FateReason.SCALE, None),
    Row("min 1", Keeper.OTHER, 3, FINISHES, None, 1),
    Row("max 0", Keeper.OTHER, 3, BLOCKED, Refusal.NONE_UNAVAILABLE, 3),
    # Two of three are ready, and two have to be: only the third may go.
    Row("min 2", S, 3, BLOCKED, FateReason.UNREADY, 2, unready=1),
    Row("min 1", S, 3, FINISHES, None, 1, unready=1),
    # None is ready: what is not ready waits for the budget, unless the policy says otherwise.
    Row("min 1", S, 2, BLOCKED, FateReason.UNREADY, 0, unready=2),
    Row("min 1", S, 2, OUTAGE, FateReason.NONE_READY, 0, unready=2, policy=LAX),
    Row("min 1", S, 2, BLOCKED, FateReason.UNREADY, 1, unready=1, policy=LAX),
    # With nothing desired the budget is never "met": unready pods need an allowance, too.
    Row("max 100%", S, 2, BLOCKED, FateReason.UNREADY, 0, unready=2),
    Row("max 100%", S, 2, OUTAGE, FateReason.ALL_AT_ONCE, 0, unready=1),
    Row("max 50%", B, 2, BLOCKED, Refusal.BARE, 0, unready=2),
    Row("max 50%", B, 2, OUTAGE, FateReason.NONE_READY, 0, unready=2, policy=LAX),
)


@pytest.mark.parametrize(
    "row", ROWS, ids=lambda row: f"{row.budget}-{row.keeper.name}-{row.pods}"
)
def test_one_group(row: Row) -> None:
    budgets = [budget(row.budget, row.policy)] if row.budget else []
    numbers = {} if row.pods is None else {"web": row.pods}
    (fate,) = drained([group("web", row.keeper, budgets)], numbers, {"web": row.unready})
    assert (fate.outcome, fate.reason, fate.lowest) == (row.outcome, row.reason, row.lowest)


def test_several_budgets_of_one_pod() -> None:
    """Evictions fail, but the pods count for each of the budgets."""
    one, other = budget("min 1"), budget("max 1")
    both, alone = group("both", S, [one, other]), group("alone", S, [one])
    fates = drained([both, alone], {"both": 3, "alone": 1})
    assert [(f.outcome, f.reason) for f in fates] == [
        (BLOCKED, FateReason.OVERLAP),
        (OUTAGE, FateReason.ALL_AT_ONCE),
    ]


def test_what_is_lost_with_bare_pods_blocks_the_others() -> None:
    shared = budget("min 2")
    fates = drained(
        [group("web", S, [shared]), group("job", B, [shared])], {"web": 2, "job": 1}
    )
    assert [fate.outcome for fate in fates] == [BLOCKED, OUTAGE]


def test_daemon_sets_count_for_a_budget_they_share() -> None:
    shared = budget("min 1")
    daemon = group("log", Keeper.DAEMON_SET, [shared])
    fates = drained([group("web", S, [shared]), daemon], {"web": 1, "log": 1})
    assert [fate.outcome for fate in fates] == [OUTAGE, UNTOUCHED]


def test_an_unknown_number_leaves_open_what_shares_the_budget() -> None:
    shared = budget("min 1")
    fates = drained([group("web", S, [shared]), group("db", S, [shared])], {"web": 2})
    assert [fate.reason for fate in fates] == [FateReason.NUMBER, FateReason.NUMBER]


def test_the_worst_outcome_is_that_of_the_drain() -> None:
    groups = [group("web", S, [budget("min 1")]), group("db")]
    for pods, outcome in ((1, BLOCKED), (None, UNKNOWN), (2, OUTAGE)):
        numbers = (
            {WorkloadName("shop", "web", "Deployment"): Number(pods, NumberSource.OPTION)}
            if pods
            else {}
        )
        assert drain_groups(groups, Assumptions(numbers)).outcome is outcome
    assert drain_groups([], Assumptions()).outcome is UNTOUCHED


AMOUNTS = st.integers(0, 5).map(str) | st.sampled_from(
    ["0%", "1%", "34%", "50%", "99%", "100%"]
)


@st.composite
def budgets(draw: st.DrawFn) -> DisruptionBudget:
    text = draw(st.sampled_from(["min", "max"]))
    return budget(f"{text} {draw(AMOUNTS)}", draw(st.sampled_from(UnhealthyEviction)))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    count = draw(st.integers(1, 3))
    keepers = tuple(draw(st.sampled_from((S, B, J))) for _ in range(count))
    start: State = tuple(
        Lot(draw(st.integers(0, 3)), draw(st.integers(0, 2))) for _ in range(count)
    )
    return Case(keepers, start, draw(budgets()))


@thorough(400)
@given(cases())
def test_no_order_of_evictions_is_worse(case: Case) -> None:
    groups = [group(f"g{n}", keeper, [case.budget]) for n, keeper in enumerate(case.keepers)]
    numbers = {f"g{n}": lot.ready + lot.unready for n, lot in enumerate(case.start)}
    fates = drained(groups, numbers, {f"g{n}": lot.unready for n, lot in enumerate(case.start)})
    found = worst(case)
    assert [fate.outcome is BLOCKED for fate in fates] == list(found.left)
    for fate, lowest in zip(fates, found.lowest, strict=True):
        if fate.lowest is not None:
            assert fate.lowest == lowest


@given(budgets(), st.sampled_from((S, B, J)), st.integers(1, 120))
def test_with_how_many_pods_a_drain_goes_on(
    found: DisruptionBudget, keeper: Keeper, pods: int
) -> None:
    (fate,) = drained([group("web", keeper, [found])], {"web": pods})
    needed = find_fewest(found, keeper)
    assert (fate.outcome is not BLOCKED) == (needed is not None and pods >= needed)
