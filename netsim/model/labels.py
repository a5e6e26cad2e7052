"""Labels and the selectors that match them.

Where a key or a value is still a placeholder, on either side, it is open whether they match:
``app=web`` may select a pod with ``app=${APP}``, and surely selects none with ``tier=db`` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cached_property
from typing import Self

from msgspec import Struct

from netsim.model.location import Location
from netsim.model.placeholders import compare
from netsim.model.truth import Truth


class Labels(Struct, frozen=True, dict=True):
    """The labels of an object: key and value pairs, sorted by key, each key once.

    ``location`` is that of the first placeholder.
    """

    pairs: tuple[tuple[str, str], ...] = ()
    location: Location | None = None

    @classmethod
    def of(cls, mapping: Mapping[str, str], location: Location | None = None) -> Self:
        """Labels from a mapping."""
        return cls(tuple(sorted(mapping.items())), location)

    @cached_property
    def is_open(self) -> bool:
        """Whether a key or a value is not known."""
        return any("${" in value or "${" in key for key, value in self.pairs)

    def get(self, key: str) -> str | None:
        """The value of a key, or None where the key is absent."""
        for name, value in self.pairs:
            if name == key:
                return value
        return None

    def entry(self, key: str) -> str:
        """``key=value``, or that there is no such label, for messages."""
        value = self.get(key)
        return f"no label {key}" if value is None else f"{key}={value}"

    def __str__(self) -> str:
        return ",".join(f"{key}={value}" for key, value in self.pairs)


class Operator(Enum):
    """How a requirement compares (meta/v1 ``LabelSelectorOperator``)."""

    IN = "In"
    NOT_IN = "NotIn"
    EXISTS = "Exists"
    DOES_NOT_EXIST = "DoesNotExist"


class Requirement(Struct, frozen=True, dict=True):
    """One condition on one key; ``values`` is sorted and only used by In and NotIn.

    NotIn and DoesNotExist match where the key is absent; In and Exists do not
    (apimachinery ``labels.Requirement.Matches``).
    """

    key: str
    operator: Operator
    values: tuple[str, ...] = ()

    @cached_property
    def is_open(self) -> bool:
        """Whether the key or a value is not known."""
        return "${" in self.key or any("${" in value for value in self.values)

    def test(self, labels: Labels) -> Truth:
        """Whether these labels meet the condition."""
        match self.operator:
            case Operator.IN:
                return self._lists(labels)
            case Operator.NOT_IN:
                return ~self._lists(labels)
            case Operator.EXISTS:
                return self._finds(labels)
            case Operator.DOES_NOT_EXIST:
                return ~self._finds(labels)

    def _finds(self, labels: Labels) -> Truth:
        """Whether there is a label of the key."""
        if labels.is_open or self.is_open:
            return max((compare(key, self.key) for key, _ in labels.pairs), default=Truth.NO)
        return Truth.of(labels.get(self.key) is not None)

    def _lists(self, labels: Labels) -> Truth:
        """Whether the label's value is one of those listed."""
        if not (labels.is_open or self.is_open):
            return Truth.of(labels.get(self.key) in self.values)
        own = labels.get(self.key)
        if own is not None:
            return self._compare(own)
        others = (
            min(compare(key, self.key), self._compare(value)) for key, value in labels.pairs
        )
        return max(others, default=Truth.NO)

    def _compare(self, value: str) -> Truth:
        return max((compare(value, each) for each in self.values), default=Truth.NO)

    def __str__(self) -> str:
        match self.operator:
            case Operator.IN if len(self.values) == 1:
                return f"{self.key}={self.values[0]}"
            case Operator.EXISTS:
                return self.key
            case Operator.DOES_NOT_EXIST:
                return f"!{self.key}"
        word = "in" if self.operator is Operator.IN else "notin"
        return f"{self.key} {word} ({','.join(self.values)})"


class Selector(Struct, frozen=True):
    """A conjunction of requirements, sorted and without repetition; empty matches all.

    ``location`` is that of the first placeholder.
    """

    requirements: tuple[Requirement, ...] = ()
    location: Location | None = None

    @classmethod
    def of(
        cls,
        match_labels: Mapping[str, str] | None = None,
        match_expressions: Iterable[Requirement] = (),
        location: Location | None = None,
    ) -> Self:
        """A selector as the API writes it; ``{k: v}`` means the same as ``k In (v)``."""
        found = {
            Requirement(key, Operator.IN, (value,))
            for key, value in (match_labels or {}).items()
        }
        found.update(match_expressions)
        ordered = sorted(found, key=lambda r: (r.key, r.operator.value, r.values))
        return cls(tuple(ordered), location)

    @property
    def is_open(self) -> bool:
        """Whether a requirement is not known."""
        return any(requirement.is_open for requirement in self.requirements)

    def test(self, labels: Labels) -> Truth:
        """Whether the labels meet every requirement."""
        found = Truth.YES
        for requirement in self.requirements:
            found = min(found, requirement.test(labels))
            if found is Truth.NO:
                break
        return found

    def matches(self, labels: Labels) -> bool:
        """Whether the labels surely meet every requirement."""
        return self.test(labels) is Truth.YES

    def may_match(self, labels: Labels) -> bool:
        """Whether the labels meet every requirement, or may."""
        return self.test(labels) is not Truth.NO

    def failing(self, labels: Labels) -> tuple[Requirement, ...]:
        """The requirements that these labels surely do not meet."""
        return tuple(r for r in self.requirements if r.test(labels) is Truth.NO)

    def __str__(self) -> str:
        return ",".join(str(r) for r in self.requirements) or "{}"
