"""Why a group of pods fares as it does in a drain, and what would help."""

from __future__ import annotations

from netsim.drain.budget_status import Refusal
from netsim.drain.drain import Fate, Outcome, Reason
from netsim.drain.pod_groups import Keeper
from netsim.model.disruption import UnhealthyEviction
from netsim.words.numbers import counted

_BY_SCALE = "the budget counts pods by the scale of their controllers"
_REFUSALS = {
    Refusal.NO_LIMIT: "a budget with neither minAvailable nor maxUnavailable lets none go",
    Refusal.WITHOUT_SCALE: f"{_BY_SCALE}, and one has none: it fails and lets none go",
    Refusal.BARE: f"{_BY_SCALE}, and these have none: of 0 expected, none may go",
    Refusal.NONE_UNAVAILABLE: "none may be unavailable, so none may go",
    Refusal.ALL_AVAILABLE: "all have to be available, so none may go",
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
    Reason.OVERLAP: "the Eviction API refuses pods that several budgets select (error 500)",
    Reason.SCALE: "whether its controller has a scale that a budget can read is not known",
    Reason.NONE_READY: "none is ready at the start",
    Reason.ALL_AT_ONCE: "the budget lets all of them go at once",
    Reason.NOT_THERE: "none is on the node",
}


def why(fate: Fate) -> str:
    """The reason for an outcome; empty where there is none to give."""
    match fate.reason:
        case None:
            return _needed(fate) if fate.status else ""
        case Refusal():
            return _REFUSALS[fate.reason]
        case Reason.TOO_FEW:
            return _too_few(fate)
        case Reason.UNREADY:
            return f"{_unready(fate)}, and {_needed(fate)}"
        case Reason.NUMBER:
            return _number(fate)
        case Reason.NO_BUDGET:
            return _no_budget(fate)
        case Reason.PASSED_OVER:
            return f"a drain leaves what {fate.group.keeper.value} keeps up"
        case _:
            return _ALWAYS[fate.reason]


def _needed(fate: Fate) -> str:
    status = fate.status
    if status is None:
        return "too few are ready"
    return f"the budget keeps {status.desired} of {status.expected} ready"


def _too_few(fate: Fate) -> str:
    if fate.group.keeper is Keeper.NONE:
        return f"{_needed(fate)}, and nothing makes pods without controller anew"
    return f"{_needed(fate)}, so none may go"


def _unready(fate: Fate) -> str:
    placed = fate.placed
    count = placed.here.unready + placed.elsewhere.unready
    if not count:
        return "others under this budget are not ready"
    return f"{counted(count, 'pod')} {'is' if count == 1 else 'are'} not ready"


def _number(fate: Fate) -> str:
    if fate.placed.number:
        return "how many others the budget selects is not known"
    if fate.fewest is None:
        return "how many there are is not known"
    if fate.fewest == 1:
        return "how many there are is not known: the drain finishes, a single one is gone then"
    return f"how many there are is not known: a drain finishes with {fate.fewest} or more"


def _no_budget(fate: Fate) -> str:
    if fate.group.keeper is Keeper.JOB:
        return "no budget selects them; the Job starts them again"
    if fate.group.keeper is Keeper.NONE:
        return "no budget selects them, and nothing makes them anew"
    return "no budget selects them: all on the node may go at once"


def advice(fate: Fate) -> str:
    """What to change; empty where nothing is wrong."""
    if fate.outcome in (Outcome.FINISHES, Outcome.UNTOUCHED):
        return ""
    match fate.reason:
        case Refusal():
            return _FIXES[fate.reason]
        case Reason.OVERLAP:
            return "let one budget select each pod"
        case Reason.TOO_FEW:
            return _against_too_few(fate)
        case Reason.UNREADY:
            return _against_unready(fate)
        case Reason.NUMBER if fate.placed.number is None:
            return f"give --replicas {fate.group.workloads[0].name}=N"
        case Reason.NO_BUDGET | Reason.ALL_AT_ONCE if fate.group.keeper is not Keeper.NONE:
            return _against_outage(fate)
        case _:
            return ""


def _against_outage(fate: Fate) -> str:
    number = fate.placed.number
    few = "" if number and number.pods > 1 else "run two or more, and "
    if fate.reason is Reason.NO_BUDGET:
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
