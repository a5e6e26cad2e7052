"""PodDisruptionBudgets, read as strictly as the API server does."""

from __future__ import annotations

import re

from netsim.loader.objects.fields import Field, Fields
from netsim.loader.objects.labels import read_selector
from netsim.loader.objects.objects import Object, read_metadata
from netsim.model.disruption import Amount, DisruptionBudget, Limit, UnhealthyEviction, Unit
from netsim.model.labels import Selector

_PERCENT = re.compile(r"([0-9]{1,9})%")


def read_budget(obj: Object) -> DisruptionBudget | None:
    """A PodDisruptionBudget (``policy/v1``, ``ValidatePodDisruptionBudgetSpec``)."""
    metadata = read_metadata(obj)
    spec = obj.fields.fields("spec")
    spec.only("selector", "minAvailable", "maxUnavailable", "unhealthyPodEvictionPolicy")
    given = [limit for limit in Limit if spec.get(limit.value)]
    if len(given) > 1:
        spec.report.error(
            spec.line, "spec", "minAvailable and maxUnavailable exclude each other: keep one"
        )
    limit = given[0] if given else None
    field = spec.get(limit.value) if limit else None
    amount = _amount(field) if field else None
    selector = spec.get("selector")
    chosen = read_selector(selector) if selector else None
    unhealthy = _unhealthy(spec)
    if metadata is None:
        return None
    place = metadata.location
    return DisruptionBudget(
        metadata.namespace,
        metadata.name,
        chosen if isinstance(chosen, Selector) else None,
        limit,
        amount,
        unhealthy,
        place,
        field.location if field else place,
        selector.location if selector else place,
    )


def _amount(field: Field) -> Amount | None:
    """A number of pods, or a percentage of at most 100."""
    value = field.number_or_text()
    if isinstance(value, int):
        if value < 0:
            field.refuse(f"{value} is negative: use 0 or more, or a percentage such as 50%")
        return Amount(value)
    if value is None:
        return None
    match = _PERCENT.fullmatch(value)
    if match is None:
        field.refuse(f"'{value}' is neither a number nor a percentage: write 1 or 50%")
        return None
    if int(match[1]) > 100:
        field.refuse(f"{value} is more than 100%")
    return Amount(int(match[1]), Unit.PERCENT)


def _unhealthy(spec: Fields) -> UnhealthyEviction:
    field = spec.get("unhealthyPodEvictionPolicy")
    policy = field.member(UnhealthyEviction, "policy") if field else None
    return policy or UnhealthyEviction.IF_HEALTHY_BUDGET
