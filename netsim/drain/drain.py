"""What a drain of a node does to pods and their budgets.

Source: the Eviction API (``registry/core/pod/storage/eviction.go``), ``kubectl drain``, and the
disruption controller (:mod:`netsim.drain.budget_status`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from msgspec import Struct

from netsim.drain import budget_status
from netsim.drain.budget_status import BudgetStatus, Refusal
from netsim.drain.eviction import End, Eviction
from netsim.drain.placement import Assumptions, Placed, place_group
from netsim.drain.pod_groups import PASSED_OVER, Keeper, PodGroup
from netsim.model.disruption import DisruptionBudget


class DrainOutcome(Enum):
    """What becomes of a group, in the order of what matters most."""

    BLOCKED = "blocked"
    UNKNOWN = "unknown"
    OUTAGE = "finishes with outage"
    FINISHES = "finishes"
    UNTOUCHED = "not touched"


class FateReason(Enum):
    """Why."""

    OVERLAP = "several budgets"
    TOO_FEW = "too few pods"
    UNREADY = "pods that are not ready"
    NUMBER = "number of pods not known"
    SCALE = "scale not known"
    NO_BUDGET = "no budget"
    NONE_READY = "none ready at the start"
    ALL_AT_ONCE = "all may go at once"
    PASSED_OVER = "a drain passes over them"
    NOT_THERE = "none on the node"


class Fate(Struct, frozen=True):
    """What becomes of a group.

    ``lowest`` is how many pods are ready when the fewest are; None where that is not known,
    or means nothing, as for Jobs.  ``status`` is that of its one budget at the start.
    ``fewest`` is with how many ready pods a drain would go on; None where no number does.
    """

    placed: Placed
    outcome: DrainOutcome
    reason: FateReason | Refusal | None = None
    lowest: int | None = None
    status: BudgetStatus | None = None
    fewest: int | None = None

    @property
    def group(self) -> PodGroup:
        """Its pods."""
        return self.placed.group


class Drain(Struct, frozen=True):
    """What becomes of all groups, in the order of the input."""

    fates: tuple[Fate, ...]

    @property
    def outcome(self) -> DrainOutcome:
        """The worst; that of an empty node is that nothing is touched."""
        order = list(DrainOutcome)
        found = (fate.outcome for fate in self.fates)
        return min(found, key=order.index, default=DrainOutcome.UNTOUCHED)

    def of(self, *outcomes: DrainOutcome) -> tuple[Fate, ...]:
        """The groups with one of these outcomes."""
        return tuple(fate for fate in self.fates if fate.outcome in outcomes)


def drain_groups(groups: Sequence[PodGroup], said: Assumptions) -> Drain:
    """Drains a node in the worst order that can happen."""
    start = [place_group(group, said) for group in groups]
    selected: dict[DisruptionBudget, list[Placed]] = defaultdict(list)
    for each in start:
        for budget in each.group.budgets:
            selected[budget].append(each)
    fates = {id(each): _drain_unbudgeted(each) for each in start if not each.group.budgets}
    for budget, members in selected.items():
        alone = [each for each in members if len(each.group.budgets) == 1]
        fates |= {id(fate.placed): fate for fate in _drain_budget(budget, members, alone)}
    # What several budgets select is in none of the above.
    return Drain(tuple(fates.get(id(each)) or _block_overlap(each) for each in start))


def _block_overlap(each: Placed) -> Fate:
    return _leave_alone(each) or Fate(each, DrainOutcome.BLOCKED, FateReason.OVERLAP)


def _leave_alone(each: Placed) -> Fate | None:
    lowest = each.ready if each.number else None
    if each.group.keeper in PASSED_OVER:
        return Fate(each, DrainOutcome.UNTOUCHED, FateReason.PASSED_OVER, lowest)
    if each.number and not each.here.total:
        return Fate(each, DrainOutcome.UNTOUCHED, FateReason.NOT_THERE, lowest)
    return None


def _drain_unbudgeted(each: Placed) -> Fate:
    """All its pods are evicted at once; those of unknown number are all on the node."""
    lowest = each.elsewhere.ready
    return _leave_alone(each) or _finish(each, lowest, FateReason.NO_BUDGET)


def _finish(
    each: Placed, lowest: int, reason: FateReason | None, status: BudgetStatus | None = None
) -> Fate:
    if each.group.keeper is Keeper.JOB:
        return Fate(each, DrainOutcome.FINISHES, reason, status=status)
    if lowest:
        return Fate(each, DrainOutcome.FINISHES, reason, lowest, status)
    if each.number and not each.ready:
        reason = FateReason.NONE_READY
    return Fate(each, DrainOutcome.OUTAGE, reason or FateReason.ALL_AT_ONCE, 0, status)


def _drain_budget(
    budget: DisruptionBudget, members: Sequence[Placed], alone: Sequence[Placed]
) -> Iterator[Fate]:
    """The fates of the groups that only this budget selects; the others count for it."""
    affected = [each for each in alone if _leave_alone(each) is None]
    yield from (fate for each in alone if (fate := _leave_alone(each)))
    refused = budget_status.find_refusal(budget, (each.group.keeper for each in members))
    open_question = None if refused else _open_question(budget, members)
    fewest = _fewest(budget, members)
    for each in affected if open_question else ():
        yield Fate(each, DrainOutcome.UNKNOWN, open_question, fewest=fewest)
    if not open_question:
        yield from _evict_under(budget, members, affected, refused)


def _open_question(budget: DisruptionBudget, members: Sequence[Placed]) -> FateReason | None:
    """What would have to be known to tell how a drain goes."""
    if any(each.number is None for each in members):
        return FateReason.NUMBER
    if not budget_status.needs_scale(budget):
        return None
    scaled = [each for each in members if each.group.keeper is Keeper.SCALED]
    is_foreign = any(each.group.keeper is Keeper.OTHER for each in members)
    return FateReason.SCALE if is_foreign or any(e.scale is None for e in scaled) else None


def _evict_under(
    budget: DisruptionBudget,
    members: Sequence[Placed],
    affected: Sequence[Placed],
    refused: Refusal | None,
) -> Iterator[Fate]:
    pods = sum(each.here.total + each.elsewhere.total for each in members)
    status = (
        BudgetStatus(0, 0)
        if refused
        else budget_status.compute_status(budget, pods, _scale(members))
    )
    fewest = _fewest(budget, members)
    for each in Eviction(members, affected, status, budget.unhealthy).run():
        if each.placed.number is None:
            yield Fate(each.placed, DrainOutcome.BLOCKED, refused)
        elif each.end is End.STUCK:
            reason = refused or _too_few(members, status)
            yield Fate(each.placed, DrainOutcome.BLOCKED, reason, each.lowest, status, fewest)
        else:
            yield _finish(each.placed, each.lowest, None, status)


def _fewest(budget: DisruptionBudget, members: Sequence[Placed]) -> int | None:
    """Where several groups share a budget, no number of one of them says enough."""
    if len(members) > 1:
        return None
    return budget_status.find_fewest(budget, members[0].group.keeper)


def _too_few(members: Sequence[Placed], status: BudgetStatus) -> FateReason:
    """Whether more could go if every pod were ready."""
    unready = sum(each.here.unready + each.elsewhere.unready for each in members)
    ready = sum(each.ready for each in members)
    would = status.allowed(ready + unready)
    return FateReason.UNREADY if unready and would else FateReason.TOO_FEW


def _scale(members: Iterable[Placed]) -> int:
    """What the controllers declare together; pods of one in two groups count it once."""
    scales = {each.group.workloads[0]: each.scale or 0 for each in members}
    return sum(scales.values())
