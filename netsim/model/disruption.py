"""PodDisruptionBudgets: how many pods an eviction may take at once (``policy/v1``)."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from netsim.model.labels import Selector
from netsim.model.location import Location
from netsim.model.references import ObjectName


class Unit(Enum):
    """What an amount counts."""

    PODS = "pods"
    PERCENT = "percent"


class Amount(Struct, frozen=True):
    """``1`` or ``50%``, as an ``IntOrString`` has it."""

    number: int
    unit: Unit = Unit.PODS

    def of(self, total: int) -> int:
        """How many of ``total`` pods this is.

        Percentages are rounded up, for minAvailable as for maxUnavailable
        (``GetScaledValueFromIntOrPercent`` as the disruption controller calls it).
        """
        if self.unit is Unit.PODS:
            return self.number
        return -(-self.number * total // 100)

    def __str__(self) -> str:
        return f"{self.number}%" if self.unit is Unit.PERCENT else str(self.number)


class Limit(Enum):
    """Which of the two fields a budget has; the API allows one of them."""

    MIN_AVAILABLE = "minAvailable"
    MAX_UNAVAILABLE = "maxUnavailable"


class UnhealthyEviction(Enum):
    """When running pods that are not ready may be evicted (``unhealthyPodEvictionPolicy``)."""

    IF_HEALTHY_BUDGET = "IfHealthyBudget"
    ALWAYS_ALLOW = "AlwaysAllow"


class DisruptionBudget(Struct, frozen=True):
    """A budget.

    ``selector`` is None where none is given, which selects nothing; an empty one selects
    every pod of the namespace (policy/v1).  ``limit`` and ``amount`` are None where neither
    minAvailable nor maxUnavailable is given: then nothing may be evicted.
    """

    namespace: str
    name: str
    selector: Selector | None
    limit: Limit | None
    amount: Amount | None
    unhealthy: UnhealthyEviction
    location: Location
    amount_location: Location
    selector_location: Location

    @property
    def object_name(self) -> ObjectName:
        """Its kind, namespace and name."""
        return ObjectName("PodDisruptionBudget", self.namespace, self.name)

    @property
    def title(self) -> str:
        """``PodDisruptionBudget namespace/name``."""
        return str(self.object_name)
