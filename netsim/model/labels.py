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

from netsim.model.generated_labels import GeneratedLabel
from netsim.model.location import Location
from netsim.model.placeholders import compare
from netsim.model.truth import Truth


class Labels(Struct, frozen=True, dict=True):
    """The labels of an object: key and value pairs, sorted by key, each key once.

    ``location`` is that of the first placeholder.  ``generated`` are those that nobody wrote,
    of other keys: the cluster adds them to the pods.
    """

    pairs: tuple[tuple[str, str], ...] = ()
    location: Location | None = None
    generated: tuple[GeneratedLabel, ...] = ()

    @classmethod
    def of(cls, mapping: Mapping[str, str], location: Location | None = None) -> Self:
        """Labels from a mapping."""
        return cls(tuple(sorted(mapping.items())), location)

    @cached_property
    def has_placeholder(self) -> bool:
        """Whether a key or a value is not filled in."""
        return any("${" in value or "${" in key for key, value in self.pairs)

    @cached_property
    def is_open(self) -> bool:
        """Whether a key or a value is not known."""
        return self.has_placeholder or any(each.value is None for each in self.generated)

    def get(self, key: str) -> str | None:
        """The value of a key; None where the key is absent, or its value is not known."""
        for name, value in self.pairs:
            if name == key:
                return value
        return next((each.value for each in self.generated if each.key == key), None)

    def has(self, key: str) -> Truth:
        """Whether there is a label of a key, where the keys are known."""
        if any(name == key for name, _ in self.pairs):
            return Truth.YES
        return next((each.present for each in self.generated if each.key == key), Truth.NO)

    def entry(self, key: str) -> str:
        """``key=value``, or that there is no such label, for messages."""
        value = self.get(key)
        if value is not None:
            return f"{key}={value}"
        added = next((each for each in self.generated if each.key == key), None)
        return f"{key}: {added}" if added else f"no label {key}"

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
        if not (labels.has_placeholder or self.is_open):
            return labels.has(self.key)
        found = [compare(key, self.key) for key, _ in labels.pairs]
        found += [min(compare(each.key, self.key), each.present) for each in labels.generated]
        return max(found, default=Truth.NO)

    def _lists(self, labels: Labels) -> Truth:
        """Whether the label's value is one of those listed."""
        own = labels.get(self.key)
        if own is not None:
            is_open = self.is_open or "${" in own
            return self._compare(own) if is_open else Truth.of(own in self.values)
        if not (labels.has_placeholder or self.is_open or labels.has(self.key)):
            return Truth.NO
        found = [
            min(compare(key, self.key), self._compare(value)) for key, value in labels.pairs
        ]
        found += [
            min(compare(each.key, self.key), each.present, each.compare(self.values))
            for each in labels.generated
        ]
        return max(found, default=Truth.NO)

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
