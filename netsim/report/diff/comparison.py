"""What a comparison of two inputs says, for every format."""

from __future__ import annotations

from msgspec import Struct

from netsim.engine.matrix.diff import Change, Diff, Difference
from netsim.engine.matrix.diff_causes import Cause
from netsim.model.ports import PortSet
from netsim.report.summary import Read, counted


class Explained(Struct, frozen=True):
    """A difference and what causes it."""

    difference: Difference
    causes: tuple[Cause, ...]


class Comparison(Struct, frozen=True):
    """A diff with its causes, and how much was read on either side."""

    diff: Diff
    explained: tuple[Explained, ...]
    old: str
    new: str
    old_read: Read
    new_read: Read

    @property
    def verdict(self) -> str:
        """The answer in a line."""
        counts = [
            f"{number} {change.value}"
            for change in Change
            if (number := sum(e.difference.change is change for e in self.explained))
        ]
        parts = [f"connections: {', '.join(counts)}"] if counts else []
        for names, word in ((self.diff.added, "added"), (self.diff.removed, "removed")):
            if names:
                parts.append(f"{counted(len(names), 'workload')} {word}")
        return "; ".join(parts) or "no connection differs"

    @property
    def read(self) -> str:
        """How much was read."""
        return f"old {self.old}: {self.old_read}; new {self.new}: {self.new_read}"


def parts(difference: Difference) -> tuple[tuple[str, PortSet], ...]:
    """What opened, closed, and cannot be told; only what there is."""
    unknown_before, unknown_now = difference.unknown_before, difference.unknown_now
    found = (
        ("opened", difference.opened),
        ("closed", difference.closed),
        ("unknown now", unknown_now - unknown_before),
        ("unknown before", unknown_before - unknown_now),
    )
    return tuple((word, ports) for word, ports in found if ports)
