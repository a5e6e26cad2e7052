"""Labels that a cluster adds to the pods of a template: the key is known, the value may not be.

The pods of a StatefulSet ``kv`` with two replicas have ``statefulset.kubernetes.io/pod-name``,
one ``kv-0`` and the other ``kv-1``: ``GeneratedLabel(key, "kv-", 0, 1)``.  What a manifest says
of such a label is in ``netsim.loader.objects.generated_labels``.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from netsim.model.placeholders import compare
from netsim.model.truth import Truth


class GeneratedLabel(Struct, frozen=True):
    """A label whose value is ``prefix`` and a number from ``first`` to ``last``.

    ``prefix`` None is any value, ``first`` None no number, ``last`` None no greatest one.
    ``present`` says whether every pod has the label, ``by`` who adds it.
    """

    key: str
    prefix: str | None = None
    first: int | None = None
    last: int | None = None
    by: str = "its controller"
    present: Truth = Truth.YES

    @property
    def value(self) -> str | None:
        """The only value that it can have; None where it can have others."""
        if self.prefix is None or self.present is not Truth.YES:
            return None
        if self.first is None:
            return self.prefix
        return f"{self.prefix}{self.first}" if self.first == self.last else None

    def compare(self, values: Iterable[str]) -> Truth:
        """Whether the value is one of these."""
        if self.prefix is None:
            return Truth.MAYBE
        if self.first is None:
            return max((compare(self.prefix, value) for value in values), default=Truth.NO)
        found = {value: self._compare_number(value) for value in values}
        count = sum(truth is Truth.YES for truth in found.values())
        if self.last is not None and count == self.last - self.first + 1:
            return Truth.YES
        return Truth.MAYBE if any(found.values()) else Truth.NO

    def _compare_number(self, value: str) -> Truth:
        """Whether this is a value that some pod can have; MAYBE for what is not filled in."""
        prefix, first = self.prefix or "", self.first or 0
        digits = value.removeprefix(prefix)
        if value.startswith(prefix) and digits.isascii() and digits.isdigit():
            is_plain = len(digits) < 19 and str(int(digits)) == digits
            reaches = is_plain and int(digits) >= first
            return Truth.of(reaches and (self.last is None or int(digits) <= self.last))
        is_open = "${" in prefix or "${" in value
        return compare(f"{prefix}${{number}}", value) if is_open else Truth.NO

    @property
    def is_empty(self) -> bool:
        """Whether no pod has it, as there is none."""
        return self.last is not None and self.first is not None and self.last < self.first

    def __str__(self) -> str:
        if self.prefix is None:
            return "a value that is not known"
        if self.first is None:
            return self.prefix
        if self.last is None:
            return f"{self.prefix}<number>"
        first, last = f"{self.prefix}{self.first}", f"{self.prefix}{self.last}"
        return first if first == last else f"one of {first} to {last}"
