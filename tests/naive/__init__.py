"""Network policies of all tiers, one packet at a time, written from the text of the API.

As plain as can be: it shares no code with the engine, nor the algebras of
``netsim.model``, so that a mistake in one of them shows as a disagreement.
"""

from __future__ import annotations

from enum import IntEnum


class Truth(IntEnum):
    """Kleene's three values: AND is ``min``, OR is ``max``."""

    NO = 0
    MAYBE = 1
    YES = 2
