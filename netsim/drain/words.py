"""Why a group of pods fares as it does in a drain, and what would help."""

from __future__ import annotations

from netsim.drain.budget_status import Refusal
from netsim.drain.drain import DrainOutcome, Fate, FateReason
from netsim.drain.pod_groups import Keeper
from netsim.model.disruption import UnhealthyEviction
from netsim.words.lists import count_noun

_BY_SCALE = "the budget counts pods by the scale of their controllers"
_REFUSALS = {
    Refusal.NO_LIMIT: "without minAvailable or maxUnavailable a budget allows no eviction",
    Refusal.WITHOUT_SCALE: f"{_BY_SCALE}, and one has none: it fails and allows no eviction",
    Refusal.BARE: f"{_BY_SCALE}, and these have none: 0 are expected, so it allows no eviction",
    Refusal.NONE_UNAVAILABLE: "none may be unavailable, so none may be evicted",
    Refusal.ALL_AVAILABLE: "all have to be available, so none may be evicted",
}
_FIXES = {
    Refusal.NO_LIMIT: "give it one of them",
    Refusal.WITHOUT_SCALE: "use a whole number as minAvailable",
    Refusal.BARE: "wait until they end, or use a whole number as minAvailable, or let a "
    "controller own them",
    Refusal.NONE_UNAVAILABLE: "raise maxUnavailable",
    Refusal.ALL_AVAILABLE: "lower minAvailable",
}
_ALWAYS = {
    FateReason.OVERLAP: "the Eviction API refuses pods that several budgets select (error 500)",
    FateReason.SCALE: "unknown whether its controller has a scale that a budget can read",
    FateReason.NONE_READY: "none is ready at the start",
    FateReason.ALL_AT_ONCE: "the budget allows all of them to be evicted at once",
    FateReason.NOT_THERE: "none is on the node",
}


def explain_fate(fate: Fate) -> str:
    """The reason for an outcome; empty where there is none to give."""
    match fate.reason:
        case None:
            return _explain_need(fate) if fate.status else ""
        case Refusal():
            return _REFUSALS[fate.reason]
        case FateReason.TOO_FEW:
            return _too_few(fate)
        case FateReason.UNREADY:
            return f"{_unready(fate)}, and {_explain_need(fate)}"
        case FateReason.NUMBER:
            return _number(fate)
        case FateReason.NO_BUDGET:
            return _no_budget(fate)
        case FateReason.PASSED_OVER:
            return f"a drain skips the pods of {fate.group.keeper.value}"
        case _:
            return _ALWAYS[fate.reason]


def _explain_need(fate: Fate) -> str:
    status = fate.status
    if status is None:
        return "too few are ready"
    return f"the budget keeps {status.desired} of {status.expected} ready"


def _too_few(fate: Fate) -> str:
    if fate.group.keeper is Keeper.NONE:
        return f"{_explain_need(fate)}, and nothing recreates pods without a controller"
    return f"{_explain_need(fate)}, so none may be evicted"


def _unready(fate: Fate) -> str:
    placed = fate.placed
    count = placed.here.unready + placed.elsewhere.unready
    if not count:
        return "others under this budget are not ready"
    return f"{count_noun(count, 'pod')} {'is' if count == 1 else 'are'} not ready"


def _number(fate: Fate) -> str:
    if fate.placed.number:
        return "unknown how many others the budget selects"
    if fate.fewest is None:
        return "unknown how many there are"
    if fate.fewest == 1:
        return "unknown how many there are: the drain finishes, but takes a single one down"
    return f"unknown how many there are: a drain finishes with {fate.fewest} or more"


def _no_budget(fate: Fate) -> str:
    if fate.group.keeper is Keeper.JOB:
        return "no budget selects them; the Job recreates them"
    if fate.group.keeper is Keeper.NONE:
        return "no budget selects them, and nothing recreates them"
    return "no budget selects them: all on the node are evicted at once"


def advise(fate: Fate) -> str:
    """What to change; empty where nothing is wrong."""
    if fate.outcome in (DrainOutcome.FINISHES, DrainOutcome.UNTOUCHED):
        return ""
    match fate.reason:
        case Refusal():
            return _FIXES[fate.reason]
        case FateReason.OVERLAP:
            return "let one budget select each pod"
        case FateReason.TOO_FEW:
            return _against_too_few(fate)
        case FateReason.UNREADY:
            return _against_unready(fate)
        case FateReason.NUMBER if fate.placed.number is None:
            return f"give --replicas {fate.group.workloads[0].name}=N"
        case FateReason.NO_BUDGET | FateReason.ALL_AT_ONCE if (
            fate.group.keeper is not Keeper.NONE
        ):
            return _against_outage(fate)
        case _:
            return ""


def _against_outage(fate: Fate) -> str:
    number = fate.placed.number
    few = "" if number and number.pods > 1 else "run two or more, and "
    if fate.reason is FateReason.NO_BUDGET:
        return f"{few}give them a budget such as minAvailable 1"
    return f"{few}let the budget keep one"


def _against_too_few(fate: Fate) -> str:
    if fate.group.keeper is Keeper.NONE:
        return "wait until they end, lower minAvailable, or let a controller own them"
    if fate.fewest is None:
        return "run more pods, or ask for fewer in the budget"
    return f"run {fate.fewest} or more, or ask for fewer in the budget"


def _against_unready(fate: Fate) -> str:
    budgets = fate.group.budgets
    strict = any(b.unhealthy is UnhealthyEviction.IF_HEALTHY_BUDGET for b in budgets)
    if strict and not fate.placed.here.ready:  # ready ones would have to wait all the same
        return "get them ready, or set unhealthyPodEvictionPolicy: AlwaysAllow to evict them"
    return "get them ready first"
