"""How much was read, in the words all reports use."""

from __future__ import annotations

from msgspec import Struct

from netsim.loader.load import Inventory
from netsim.model.resources import Resources


class Read(Struct, frozen=True):
    """Counts of the input."""

    documents: int
    policies: int
    endpoints: int

    def __str__(self) -> str:
        return ", ".join(
            (
                counted(self.documents, "document"),
                counted(self.policies, "policy", "policies"),
                counted(self.endpoints, "endpoint"),
            )
        )


def summary(inventory: Inventory, resources: Resources) -> Read:
    """Counts what was read; the pods of one workload are one endpoint."""
    endpoints = {pod.workload for pod in resources.pods}
    policies = len(resources.policies)
    return Read(inventory.documents, policies, len(endpoints))


def counted(number: int, singular: str, plural: str = "") -> str:
    """``1 policy`` or ``2 policies``."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"
