"""How much was read, so that "no findings" is never "no files"."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct


class Inventory(Struct, frozen=True):
    """Counts of the input; ``used`` and ``unused`` are (kind, count), sorted by kind.

    A kind of another project that shares its name with one in use is listed as
    ``Kind.group``.  ``unread`` are kinds that a snapshot says it lacks.
    """

    files: int = 0
    documents: int = 0
    used: tuple[tuple[str, int], ...] = ()
    unused: tuple[tuple[str, int], ...] = ()
    finished_pods: int = 0
    unread: tuple[str, ...] = ()

    def count(self, kind: str) -> int:
        """How many objects of a kind in use were read."""
        return dict(self.used).get(kind, 0)


class Tally:
    """Counts while the input is read."""

    def __init__(self) -> None:
        self.files = 0
        self.documents = 0
        self.finished_pods = 0
        self.used: Counter[str] = Counter()
        self.unused: Counter[str] = Counter()
        self.unread: list[str] = []

    def inventory(self) -> Inventory:
        """The counts so far."""
        return Inventory(
            self.files,
            self.documents,
            tuple(sorted(self.used.items())),
            tuple(sorted(self.unused.items())),
            self.finished_pods,
            tuple(dict.fromkeys(self.unread)),
        )
