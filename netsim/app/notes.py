"""What a use case took for granted, or passed over, and whoever asked should know."""

from __future__ import annotations

from enum import Enum


class Note(Enum):
    """A remark on a result that is no fault of the input."""

    NO_DIAGRAM = "no scenario found, so no diagram is compared: see --scenario"
    NO_FLOWS = "no scenario found, so no flow is judged: see --scenario"
    NO_ORDER = "no order is documented for this input: following the computed one"

    def __str__(self) -> str:
        return f"note: {self.value}"
