"""What a drain does, in words, for every format."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.drain import DrainResult
from netsim.drain.drain import DrainOutcome, Fate
from netsim.drain.placement import NumberSource
from netsim.drain.pod_groups import Keeper
from netsim.model.disruption import DisruptionBudget
from netsim.model.resources import Origin
from netsim.words.lists import count_noun

SHOWN = 3


def describe_verdict(result: DrainResult) -> str:
    """The answer in a sentence."""
    of = f" of {result.node}" if result.node else ""
    drain = result.drain
    fates = drain.of(drain.outcome)
    match drain.outcome:
        case DrainOutcome.BLOCKED:
            return f"The drain{of} cannot finish: {_names(fates)} blocked."
        case DrainOutcome.UNKNOWN:
            return f"It is unknown whether the drain{of} can finish: see {_list_titles(fates)}."
        case DrainOutcome.OUTAGE:
            return f"The drain{of} can finish, but {_names(fates)} unavailable at times."
        case DrainOutcome.FINISHES:
            return f"The drain{of} can finish, and every workload keeps ready pods."
        case DrainOutcome.UNTOUCHED:
            return f"The drain{of} evicts no pod."


def describe_read(result: DrainResult) -> str:
    """How much was read."""
    return ", ".join(
        (
            count_noun(result.read.documents, "document"),
            count_noun(result.budgets, "PodDisruptionBudget"),
            count_noun(len(result.drain.fates), "group of pods", "groups of pods"),
        )
    )


def _names(fates: tuple[Fate, ...]) -> str:
    """The names with the verb."""
    is_one = len(fates) == len(fates[0].group.workloads) == 1
    return f"{_list_titles(fates)} {'is' if is_one else 'are'}"


def _list_titles(fates: tuple[Fate, ...]) -> str:
    titles = [fate.group.title for fate in fates]
    more = len(titles) - SHOWN
    if more > 0:
        return f"{', '.join(titles[:SHOWN])} and {more} more"
    return " and ".join(titles)


def describe_budget(budget: DisruptionBudget) -> str:
    """``namespace/name minAvailable 1 (file:line)``."""
    limit = f"{budget.limit.value} {budget.amount}" if budget.limit else "no limit"
    return f"{budget.namespace}/{budget.name} {limit} ({budget.amount_location})"


def list_assumptions(result: DrainResult) -> Iterator[str]:
    """What was taken for granted."""
    fates = result.drain.fates
    if any(fate.outcome is not DrainOutcome.UNTOUCHED for fate in fates):
        yield from _conventions(result)
    yield from _numbers(fates)
    modelled = [f.group.workloads[0].name for f in fates if f.group.origin is Origin.MODELLED]
    if modelled:
        yield (
            "These pods are described by the scenario, and assumed to belong to a controller "
            f"with a scale, such as a Deployment: {', '.join(modelled)}."
        )
    if result.elsewhere:
        yield (
            "Left out, as the input has neither pods nor budgets of their namespaces: "
            f"{', '.join(result.elsewhere)}."
        )
    if not result.budgets:
        yield "The input has no PodDisruptionBudget, so none is taken into account."
    if fates:
        yield f"kubectl drain needs {', '.join(_flags(fates))}."


def _conventions(result: DrainResult) -> Iterator[str]:
    placed = [fate.placed for fate in result.drain.fates]
    if result.node is None:
        yield "The worst case: all pods are on the node that is drained."
    elif any(not each.group.running for each in placed):
        yield f"Pods that the input does not place are assumed to be on {result.node}."
    yield (
        "A pod is ready unless its status or --unready says otherwise; its replacement becomes "
        "ready on another node, except that of a pod which was not."
    )


def _numbers(fates: tuple[Fate, ...]) -> Iterator[str]:
    for fate in fates:
        number = fate.placed.number
        if number and number.source is NumberSource.WARM_POOL:
            place = f" ({number.location})" if number.location else ""
            yield (
                f"{fate.group.title}: {number.pods} is {number.source.value}{place}; those at "
                "work, and what the CronJob adds meanwhile, are left out."
            )


def _flags(fates: tuple[Fate, ...]) -> Iterator[str]:
    keepers = {fate.group.keeper for fate in fates}
    if Keeper.NONE in keepers:
        yield "--force for pods without a controller"
    if Keeper.DAEMON_SET in keepers:
        yield "--ignore-daemonsets"
    yield "--delete-emptydir-data for pods with emptyDir volumes"
