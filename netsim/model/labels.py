"""Labels and the selectors that match them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Self

from msgspec import Struct


class Labels(Struct, frozen=True):
    """The labels of an object: key and value pairs, sorted by key, each key once."""

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, mapping: Mapping[str, str]) -> Self:
        """Labels from a mapping."""
        return cls(tuple(sorted(mapping.items())))

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


class Requirement(Struct, frozen=True):
    """One condition on one key; ``values`` is sorted and only used by In and NotIn.

    NotIn and DoesNotExist match where the key is absent; In and Exists do not
    (apimachinery ``labels.Requirement.Matches``).
    """

    key: str
    operator: Operator
    values: tuple[str, ...] = ()

    def matches(self, labels: Labels) -> bool:
        """Whether these labels meet the condition."""
        value = labels.get(self.key)
        match self.operator:
            case Operator.IN:
                return value is not None and value in self.values
            case Operator.NOT_IN:
                return value is None or value not in self.values
            case Operator.EXISTS:
                return value is not None
            case Operator.DOES_NOT_EXIST:
                return value is None

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
    """A conjunction of requirements, sorted and without repetition; empty matches all."""

    requirements: tuple[Requirement, ...] = ()

    @classmethod
    def of(
        cls,
        match_labels: Mapping[str, str] | None = None,
        match_expressions: Iterable[Requirement] = (),
    ) -> Self:
        """A selector as the API writes it; ``{k: v}`` means the same as ``k In (v)``."""
        found = {
            Requirement(key, Operator.IN, (value,))
            for key, value in (match_labels or {}).items()
        }
        found.update(match_expressions)
        return cls(tuple(sorted(found, key=lambda r: (r.key, r.operator.value, r.values))))

    def matches(self, labels: Labels) -> bool:
        """Whether the labels meet every requirement."""
        return all(requirement.matches(labels) for requirement in self.requirements)

    def failing(self, labels: Labels) -> tuple[Requirement, ...]:
        """The requirements that these labels do not meet."""
        return tuple(r for r in self.requirements if not r.matches(labels))

    def __str__(self) -> str:
        return ",".join(str(r) for r in self.requirements) or "{}"
