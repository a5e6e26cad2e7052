"""Whether something holds where not all is known."""

from __future__ import annotations

from enum import IntEnum


class Truth(IntEnum):
    """Kleene's three values: "and" is ``min``, "or" is ``max``.

    ``MAYBE`` is what depends on what the input leaves open, such as a placeholder.
    """

    NO = 0
    MAYBE = 1
    YES = 2

    def __invert__(self) -> Truth:
        return Truth(Truth.YES - self)

    @classmethod
    def of(cls, fact: bool) -> Truth:  # noqa: FBT001
        """What is known."""
        return cls.YES if fact else cls.NO
